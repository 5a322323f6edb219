"""One turn, from what was asked to what was done: the page that the whole program turns round."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from edge_agent.home_conversation import HomeConversation
from edge_agent.model.types import Audio, Part, Reply, ToolCall
from edge_agent.senses.types import Utterance
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal
from edge_agent.tools.types import Call, Outcome


@dataclass(frozen=True)
class Asked:
    """What somebody asked: in words, by voice, or by voice with words about it.

    `source` says by which way it came: `text`, `voice` or `mqtt`.
    """

    source: str
    text: str = ""
    sound: Utterance | None = None


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
        self, conversation: HomeConversation, dispatcher: Dispatcher, journal: Journal
    ) -> None:
        """Take what the model knows of the home: every turn starts from there."""
        self._conversation = conversation
        self._dispatcher = dispatcher
        self._journal = journal

    def answer(self, asked: Asked, cancel: threading.Event | None = None) -> Answer:
        """Hear, decide, act, and say what the devices themselves confirmed.

        `cancel` (best a `Cancellation`) breaks off the model's part, and then nothing is done.
        Raises `ModelError` for sound that the model cannot take, and `JournalError` where the
        journal cannot be written: then nothing is done, since it could not be accounted for.
        """
        began = time.perf_counter()
        turn_id = self._journal.begin_turn(asked.source, asked.text)
        reply = self._conversation.session().turn(_parts(asked), cancel=cancel)
        decided = time.perf_counter()
        heard = asked.text if asked.sound is None else reply.thought
        wanted = () if reply.finish == "cancelled" else reply.calls
        calls = tuple(self._by_id(call) for call in wanted)
        self._journal.decide(turn_id, calls, heard or None)
        outcomes = self._dispatcher.dispatch(turn_id, calls)
        said = " ".join(outcome.words for outcome in outcomes) or reply.text
        self._journal.end_turn(turn_id, said)
        timings = _timings(reply, outcomes, decided - began, time.perf_counter() - began)
        return Answer(heard, said, calls, outcomes, timings)

    def _by_id(self, call: ToolCall) -> Call:
        """Put the device's id in the place of the name that the prompt gives it."""
        arguments = dict(call.arguments)
        name = arguments.get("device")
        if isinstance(name, str):
            arguments["device"] = self._conversation.device_ids.get(name, name)
        return Call(call.name, arguments)


def _parts(asked: Asked) -> tuple[Part, ...]:
    sound = () if asked.sound is None else (Audio(asked.sound.samples),)
    return (*sound, asked.text) if asked.text else sound


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
