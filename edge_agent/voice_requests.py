"""Requests that are spoken: into the inbox, and their replies out aloud or over Wyoming.

with voice_requests(source_named("microphone"), HearingSettings(), inbox, button):
answer_all(agent, inbox, stopping)
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from edge_agent.agent import Answer, Asked
from edge_agent.inbox import Inbox, Letter
from edge_agent.senses.hearing.hearing import Hearing, HearingSettings
from edge_agent.senses.listening import Listening
from edge_agent.senses.sources.source import Source
from edge_agent.senses.speaking.earcons import Earcon
from edge_agent.senses.speaking.gate import SpeakingGate
from edge_agent.senses.speaking.voice import Voice
from edge_agent.senses.types import Heard, NothingSaid, Said, Settled, Utterance, WentOn, Woken
from edge_agent.senses.wyoming import answers as wyoming
from edge_agent.tools.types import Status

_NOT_DONE = {Status.UNCONFIRMED, Status.REFUSED, Status.FAILED}


@contextmanager
def voice_requests(
    source: Source, settings: HearingSettings, inbox: Inbox, button: threading.Event
) -> Iterator[None]:
    """Put what is said to the agent into `inbox`, and speak the replies.

    Setting `button` calls the agent as a wake word does. Raises `SoundError` for a wake word that
    is none; a microphone or loudspeaker that is missing is waited for.
    """
    gate = SpeakingGate()
    hearing = Hearing(source.name, settings, gate, button)
    with Voice(gate) as voice, Listening(source, hearing, SpokenRequests(inbox, voice).take):
        yield


class SpokenRequests:
    """Acts on what the hearing says, one thing at a time."""

    def __init__(self, inbox: Inbox, voice: Voice) -> None:
        """Put requests into `inbox`, and answer them by `voice`."""
        self._inbox = inbox
        self._voice = voice
        self._said: Utterance | None = None

    def take(self, heard: Heard) -> None:
        """Take the next thing that was heard. Never waits."""
        match heard:
            case Woken():
                self._said = None
                self._voice.be_silent()
                self._voice.play(Earcon.HEARD)
            case Said(utterance=utterance):
                self._said = utterance
            case WentOn() | NothingSaid():
                self._said = None
            case Settled():
                self._ask()

    def _ask(self) -> None:
        if self._said is None:
            return
        asked, self._said = Asked("voice", sound=self._said), None
        if not self._inbox.put(Letter(asked, self._tell)):
            self._voice.play(Earcon.FAILED)
            self._voice.say("Too many requests are waiting.")

    def _tell(self, answer: Answer | Exception) -> None:
        self._voice.play(earcon_of(answer))
        self._voice.say(str(answer) if isinstance(answer, Exception) else answer.reply)


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
