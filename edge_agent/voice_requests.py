"""Requests that are spoken: thought about while they are still said, and answered aloud."""

import threading
import uuid
from collections.abc import Callable

from edge_agent.agent import Answer, Asked, Decision
from edge_agent.inbox import Inbox, Letter, Settling
from edge_agent.senses.speaking.earcons import Earcon
from edge_agent.senses.speaking.voice import Voice
from edge_agent.senses.types import Heard, NothingSaid, Said, Settled, Utterance, WentOn, Woken
from edge_agent.senses.wyoming import answers as wyoming
from edge_agent.states import State, States
from edge_agent.tools.types import Status
from edge_agent.understanding.ending import Ending

_NOT_DONE = {Status.UNCONFIRMED, Status.REFUSED, Status.FAILED}


OnAnswer = Callable[[Answer | Exception], None]


def not_shown(_answer: Answer | Exception) -> None:
    """Show an answer to nobody: what is said in a house is in no log."""


class SpokenRequests:
    """Acts on what the hearing says, one thing at a time.

    A request is thought about as soon as it may be over; what the model then makes of it tells the
    hearing how long to wait for more. Who goes on has it thought about anew;
    who calls the agent while it thinks or speaks silences it, and it thinks of that no more.
    """

    def __init__(
        self,
        inbox: Inbox,
        voice: Voice,
        states: States,
        button: threading.Event,
        understood: threading.Event,
        *,
        show: OnAnswer = not_shown,
    ) -> None:
        """Put requests into `inbox`, and answer them by `voice`; `show` is given all answers.

        After a question `button` is set, so that the person need not call before they answer.
        `understood` is set when what was said so far makes a request.
        """
        self._show = show
        self._inbox = inbox
        self._voice = voice
        self._states = states
        self._button = button
        self._understood = understood
        self._calls = 0
        self._letter: Letter | None = None
        self._said: Utterance | None = None
        self._request = _new_request()

    def take(self, heard: Heard) -> None:
        """Take the next thing that was heard. Never waits."""
        match heard:
            case Woken():
                self._calls += 1
                self._take_back()
                self._request = _new_request()
                self._voice.be_silent()
                self._voice.play(Earcon.HEARD)
                self._states.begin(State.LISTENING)
            case Said(utterance=utterance):
                self._take_back_unsettled()
                self._said = utterance
                self._letter = self._put(Settling())
            case WentOn():
                self._take_back_unsettled()
            case NothingSaid():
                self._take_back_unsettled()
                self._request = _new_request()
                self._states.end(State.LISTENING)
            case Settled():
                self._states.end(State.LISTENING)
                self._settle()
                self._request = _new_request()

    def _put(self, settling: Settling) -> Letter | None:
        """Have what was said thought about; None where the inbox is full."""
        said, call = self._said, self._calls

        def judge(decision: Decision) -> None:
            if self._said is said and decision.ending is not Ending.UNFINISHED:
                self._understood.set()

        asked = Asked("voice", sound=said, request=self._request)
        letter = Letter(asked, lambda answer: self._tell(call, answer), judge, settling=settling)
        return letter if self._inbox.put(letter) else None

    def _take_back_unsettled(self) -> None:
        if self._said is not None:
            self._take_back()

    def _take_back(self) -> None:
        if self._letter is not None:
            self._letter.take_back()
        self._letter = self._said = None

    def _settle(self) -> None:
        if self._letter is not None:
            self._letter.settling.settle()
        elif self._said is not None:
            self._letter = self._put(Settling().settle())
            if self._letter is None:
                self._voice.play(Earcon.FAILED)
                self._voice.say("Too many requests are waiting.")
        self._said = None

    def _tell(self, call: int, answer: Answer | Exception) -> None:
        """Speak an answer, unless somebody has called since: they are not to be talked over."""
        self._show(answer)
        if call != self._calls:
            return
        earcon = earcon_of(answer)
        self._voice.play(earcon)
        self._voice.say(str(answer) if isinstance(answer, Exception) else answer.reply)
        if earcon is Earcon.ASK:
            self._voice.then(self._button.set)


def _new_request() -> str:
    return str(uuid.uuid4())


def earcon_of(answer: Answer | Exception) -> Earcon:
    """Return the sound of an answer: done if nothing failed, a question if something is asked."""
    if isinstance(answer, Exception):
        return Earcon.FAILED
    if any(outcome.status in _NOT_DONE for outcome in answer.outcomes):
        return Earcon.FAILED
    return Earcon.ASK if answer.reply.endswith("?") else Earcon.DONE


def asking(inbox: Inbox) -> wyoming.Ask:
    """Return what a `WyomingServer` hands its clients' requests to."""

    def ask(
        request: Utterance | str, on_answer: Callable[[wyoming.Asked | Exception], None]
    ) -> bool:
        if isinstance(request, str):
            asked = Asked("wyoming", request)
        else:
            asked = Asked("wyoming", sound=request)
        return inbox.put(Letter(asked, lambda answer: on_answer(_heard_and_said(answer))))

    return ask


def _heard_and_said(answer: Answer | Exception) -> wyoming.Asked | Exception:
    if isinstance(answer, Exception):
        return answer
    return wyoming.Asked(answer.heard, answer.reply)
