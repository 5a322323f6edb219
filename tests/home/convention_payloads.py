"""The payload sets of this folder, and what a convention makes of them."""

import json
from pathlib import Path

from edge_agent.bus.types import Message
from edge_agent.home.conventions.types import (
    Ask,
    Convention,
    Finding,
    Found,
    Gone,
    Listen,
    Order,
    Reachable,
    Refused,
    Reported,
)
from edge_agent.home.types import State

PAYLOADS = Path(__file__).parent / "payloads"


def message(topic: str, payload: object) -> Message:
    data = payload if isinstance(payload, str) else json.dumps(payload)
    return Message(topic, data.encode(errors="replace"))


def messages(path: str) -> list[Message]:
    """Return the messages of a payload set, in the order in which a broker hands them out."""
    listed = json.loads((PAYLOADS / path).read_text())
    return [message(entry["topic"], entry["payload"]) for entry in listed]


class Heard:
    """Reads messages with a convention and keeps what it found, as whoever owns the bus would."""

    def __init__(self, convention: Convention) -> None:
        self.convention = convention
        self.found: dict[str, Found] = {}
        self.states: dict[str, dict[str, object]] = {}
        self.reachable: dict[str, bool] = {}
        self.refused: dict[str, str] = {}
        self.listening: list[str] = []
        self.asked: list[Ask] = []

    def read(self, *received: Message) -> tuple[Finding, ...]:
        findings = tuple(f for each in received for f in self.convention.read(each))
        for finding in findings:
            self._keep(finding)
        return findings

    def _keep(self, finding: Finding) -> None:
        match finding:
            case Found():
                self.found[finding.key] = finding
            case Gone(key):
                del self.found[key]
            case Reported(key, state):
                assert key in self.found, "a state without a device"
                self.states.setdefault(key, {}).update(state)
            case Reachable(key, reachable):
                self.reachable[key] = reachable
            case Refused(key, reason):
                self.refused[key] = reason
            case Listen(topic_filter):
                self.listening.append(topic_filter)
            case Ask():
                self.asked.append(finding)

    @property
    def names(self) -> dict[str, str]:
        return {key: found.name for key, found in self.found.items()}

    def sends(self, key: str, wanted: State) -> list[tuple[str, str]] | None:
        order = self.convention.order(key, wanted)
        return None if order is None else [(c.topic, c.payload) for c in order.commands]

    def order(self, key: str, wanted: State) -> Order:
        order = self.convention.order(key, wanted)
        assert order is not None
        return order
