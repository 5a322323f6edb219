"""One turn, from what was asked to what was done: the page that the whole program turns round."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from edge_agent.eyes import Eyes, Seen
from edge_agent.follow_up import calls_after, turn_after
from edge_agent.home_conversation import HomeConversation
from edge_agent.look_tool import LOOK, looked
from edge_agent.model.errors import ImageError, ModelError
from edge_agent.model.session import TurnOptions
from edge_agent.model.types import Audio, Exchange, Part, Reply, Timings, ToolCall
from edge_agent.recollection import Recollection
from edge_agent.senses.types import Utterance
from edge_agent.strain import UNSTRAINED, Allowance
from edge_agent.tools.choices import chooses_by_place
from edge_agent.tools.consents import Agreement
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal
from edge_agent.tools.types import Call, Outcome
from edge_agent.tools.words_of_groups import told
from edge_agent.understanding.ending import Ending, ending_of
from edge_agent.understanding.reference import as_said

_NOTHING_ASKED = "I have not asked which one."
_NO_MODEL_NEEDED = Reply("", "", (), "stop", Timings())


@dataclass(frozen=True)
class Asked:
    """What somebody asked: in words, by voice, or by voice with words about it.

    `source` says by which way it came: `text`, `voice` or `mqtt`. A request about what is `seen` is
    answered in words alone: it cannot lead to an action. Who goes on speaking asks anew, and it is
    still the same `request`.
    """

    source: str
    text: str = ""
    sound: Utterance | None = None
    seen: Seen | None = None
    request: str = ""


@dataclass(frozen=True)
class _Answered:
    """What a person decided by answering: what to do, and what they agreed to.

    `retort` is what they are told who answer where nothing was asked.
    """

    calls: tuple[Call, ...]
    agreement: Agreement | None = None
    retort: str = ""


@dataclass(frozen=True)
class Decision:
    """What is to be done about a request, of which nothing is done yet.

    `heard` and `calls` are as in `Answer`; `reply` is all that the model said. `took_s` is how
    long it was thought about. `ending` tells whether there may be more to come.
    """

    asked: Asked
    turn_id: str
    reply: Reply
    heard: str
    calls: tuple[Call, ...]
    took_s: float
    answered: _Answered | None = None
    allowance: Allowance = UNSTRAINED
    ending: Ending = Ending.OPEN


@dataclass(frozen=True)
class Answer:
    """What came of it.

    `heard` is the request in words, as far as the model wrote them down. `calls` name devices by
    id. `timings` are in milliseconds and tokens.
    """

    heard: str
    reply: str
    calls: tuple[Call, ...]
    outcomes: tuple[Outcome, ...]
    timings: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the answer as scripts read it."""
        return {
            "heard": self.heard,
            "reply": self.reply,
            "calls": [{"tool": c.tool, "arguments": dict(c.arguments)} for c in self.calls],
            "outcomes": [outcome.as_json() for outcome in self.outcomes],
            "timings": dict(self.timings),
        }


class Agent:
    """Answers requests about one home. One thread at a time: it owns the model."""

    def __init__(
        self,
        conversation: HomeConversation,
        dispatcher: Dispatcher,
        journal: Journal,
        on_answer: Callable[[str, Answer], None] = lambda _source, _answer: None,
        eyes: Eyes | None = None,
    ) -> None:
        """Take what the model knows of the home: every turn starts from there.

        With `eyes` it can look, at what it is shown and through their camera.

        `on_answer` is given the source of each turn that came to its end, and its answer.
        """
        self._on_answer = on_answer
        self._conversation = conversation
        self._dispatcher = dispatcher
        self._journal = journal
        self._eyes = eyes
        self._recollection = Recollection()

    def answer(self, asked: Asked, cancel: threading.Event | None = None) -> Answer:
        """Hear, decide, act, and say what the devices themselves confirmed.

        See `decide` and `act`, which this does one after the other.
        """
        return self.act(self.decide(asked, cancel), cancel)

    def decide(
        self,
        asked: Asked,
        cancel: threading.Event | None = None,
        allowance: Allowance = UNSTRAINED,
    ) -> Decision:
        """Hear a request and think about it; nothing is done until `act`.

        An answer to what the agent has just asked is no request to the model.

        `cancel` (best a `Cancellation`) breaks off the model's part, and then there is nothing to
        do. A decision that is not wanted after all goes to `leave`. `allowance` is what the turn
        may take. Raises `ModelError` for sound and pictures that the model cannot take, and
        `JournalError`.
        """
        began = time.perf_counter()
        turn_id = self._journal.begin_turn(asked.source, asked.text, asked.request)
        earlier = self._recollection.before(asked.source, asked.request)
        answered, reply = None, _NO_MODEL_NEEDED
        if asked.sound is None and asked.seen is None:
            answered = self._answered(asked.source, asked.text)
        if answered is None:
            try:
                reply = self._thought(asked, earlier, cancel, allowance)
            except ModelError as error:
                self._journal.end_turn(turn_id, str(error))
                raise
        heard = asked.text if asked.sound is None else _heard_in(reply, asked)
        calls = answered.calls if answered else self._calls_of(reply, asked, heard, earlier)
        took_s = time.perf_counter() - began
        ending = self._ending(asked, reply, heard)
        return Decision(asked, turn_id, reply, heard, calls, took_s, answered, allowance, ending)

    def may_act_at_once(self, decision: Decision) -> bool:
        """Tell whether a decision may be acted on although more might be said.

        That takes a whole request, and nothing in it that would be a loss if it were not meant.
        """
        source = decision.asked.source
        return decision.ending is Ending.WHOLE and self._dispatcher.are_harmless(
            decision.calls, source
        )

    def leave(self, decision: Decision, why: str = "") -> None:
        """Do nothing about a request: for a reason that was told, or since it was asked anew."""
        if why:
            self._journal.end_turn(decision.turn_id, why)
        else:
            self._journal.drop_turn(decision.turn_id)

    def act(self, decision: Decision, cancel: threading.Event | None = None) -> Answer:
        """Do what was decided, and say what the devices themselves confirmed.

        `cancel` breaks off a look; what the devices are told is not taken back.
        Raises `JournalError` where the journal cannot be written: then nothing is done, since it
        could not be accounted for.
        """
        began = time.perf_counter()
        asked, answered, calls = decision.asked, decision.answered, decision.calls
        if asked.sound is not None and asked.seen is None:
            answered = self._answered(asked.source, decision.heard)
            calls = answered.calls if answered else calls
        self._journal.decide(decision.turn_id, calls, decision.heard or None)
        self._remember(decision, calls, answered)
        agreement = answered.agreement if answered else None
        outcomes = self._done(decision, calls, agreement, cancel)
        retort = answered.retort if answered else ""
        said = retort or told(calls, outcomes) or decision.reply.text
        self._journal.end_turn(decision.turn_id, said)
        total_s = decision.took_s + time.perf_counter() - began
        timings = _timings(decision.reply, outcomes, decision.took_s, total_s)
        answer = Answer(decision.heard, said, calls, outcomes, timings)
        self._on_answer(asked.source, answer)
        return answer

    def _thought(
        self,
        asked: Asked,
        earlier: Exchange | None,
        cancel: threading.Event | None,
        allowance: Allowance,
    ) -> Reply:
        if asked.seen is None:
            options = TurnOptions(budget=allowance.reply_tokens)
            conversation = self._conversation
            session = conversation.session()
            return turn_after(
                earlier,
                session,
                _parts(asked),
                conversation.names,
                conversation.more_tools,
                options=options,
                cancel=cancel,
            )
        if self._eyes is None:
            raise ImageError("this agent was put together without eyes: it cannot look at pictures")
        return self._eyes.answer(asked.seen, _parts(asked), cancel).reply

    def _remember(
        self, decision: Decision, calls: tuple[Call, ...], answered: _Answered | None
    ) -> None:
        """Keep what was done for the next request to refer to."""
        asked, named = decision.asked, as_said(calls, self._conversation.names)
        if answered and not answered.retort:
            self._recollection.decided(asked.source, named)
        elif calls and decision.heard:
            exchange = Exchange(decision.heard, named)
            self._recollection.keep(asked.source, exchange, asked.request)

    def _done(
        self,
        decision: Decision,
        calls: tuple[Call, ...],
        agreement: Agreement | None,
        cancel: threading.Event | None,
    ) -> tuple[Outcome, ...]:
        """Have the devices do their part, then look; outcomes stand in the order of `calls`."""
        home = tuple(call for call in calls if call.tool != LOOK)
        turn_id, source = decision.turn_id, decision.asked.source
        done = iter(self._dispatcher.dispatch(turn_id, home, source, agreement))
        share = decision.allowance.frames
        return tuple(
            looked(self._eyes, call, share, cancel) if call.tool == LOOK else next(done)
            for call in calls
        )

    def _answered(self, source: str, said: str) -> _Answered | None:
        """Return what a person decides by what they said, where they were asked something."""
        agreement = self._dispatcher.agreement(source, said)
        chosen = self._dispatcher.chosen(source, said)
        if agreement is not None:
            return _Answered(agreement.calls, agreement)
        if chosen:
            return _Answered(chosen)
        return _Answered((), retort=_NOTHING_ASKED) if chooses_by_place(said) else None

    def _ending(self, asked: Asked, reply: Reply, heard: str) -> Ending:
        """Return how what was said ends: open, where it may answer a question of the agent's."""
        if self._dispatcher.is_asking(asked.source):
            return Ending.OPEN
        return ending_of(heard, reply.calls if reply.finish == "stop" else ())

    def _calls_of(
        self, reply: Reply, asked: Asked, heard: str, earlier: Exchange | None
    ) -> tuple[Call, ...]:
        """Return the model's calls, about devices by their ids."""
        wanted = () if reply.finish == "cancelled" else each_once(reply.calls)
        names, states = self._conversation.names, self._dispatcher.state_of
        return calls_after(earlier, wanted, names, heard, states, in_own_words=asked.sound is None)


def each_once(calls: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    """Leave out a call that the same reply has already made: saying it twice asks for no more."""
    unlike: list[ToolCall] = []
    for call in calls:
        if call not in unlike:
            unlike.append(call)
    return tuple(unlike)


def _parts(asked: Asked) -> tuple[Part, ...]:
    sound = () if asked.sound is None else (Audio(asked.sound.samples),)
    return (*sound, asked.text) if asked.text else sound


def _heard_in(reply: Reply, asked: Asked) -> str:
    """Return what was heard: a thought about what is seen is another."""
    return reply.thought if asked.seen is None else ""


def _timings(
    reply: Reply, outcomes: Iterable[Outcome], decided_s: float, total_s: float
) -> dict[str, float]:
    """Gather where the time went; publishing and confirming happen for all calls together."""
    measured = {
        **asdict(reply.timings),
        "decided_ms": decided_s * 1e3,
        "publish_ms": max((o.publish_ms or 0.0 for o in outcomes), default=0.0),
        "confirm_ms": max((o.confirm_ms or 0.0 for o in outcomes), default=0.0),
        "total_ms": total_s * 1e3,
    }
    return {name: round(value, 2) for name, value in measured.items()}
