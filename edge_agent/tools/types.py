"""What crosses the door of the tools room: calls come in, actions go out, outcomes come back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from edge_agent.home.conventions.types import Command, Order
from edge_agent.home.groups import Group
from edge_agent.home.types import Device, State


class Status(StrEnum):
    """How a call ended."""

    CONFIRMED = "confirmed"
    """The device itself reported what was wanted; for `get_state`, its state is known."""
    SENT = "sent"
    """It was published, and the device is one that never tells what it does."""
    UNCONFIRMED = "unconfirmed"
    """It was published, and the device did not confirm in time; it may yet do it."""
    ASKED = "asked"
    """It waits for a person's yes, and nothing was published; the words are the question."""
    REFUSED = "refused"
    """It was not allowed, or made no sense, and nothing was published."""
    FAILED = "failed"
    """It could not be done, or nobody knows whether it was: the words say which."""
    DRY_RUN = "dry-run"
    """It would have been published."""


@dataclass(frozen=True)
class Call:
    """A tool call with the device's id in it, not yet checked.

    `group` is what was named where the device is one of several. A `choice` says that it is not
    known what was meant: nothing is done before a person has said. Where nothing that was said
    speaks of the device, it is not `sure`: a person has to say yes.
    """

    tool: str
    arguments: Mapping[str, Any]
    group: Group | None = field(default=None, compare=False)
    choice: "Choice | None" = field(default=None, compare=False)
    sure: bool = field(default=True, compare=False)


@dataclass(frozen=True)
class Option:
    """One of several things that may be meant, the `words` it goes by, and what would be done."""

    words: frozenset[str]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Choice:
    """Which of several things is meant: the question for a person, options in its order."""

    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Request:
    """A call that makes sense: a tool that exists, on a device that can do it."""

    tool: str
    device: Device
    arguments: Mapping[str, Any]
    own: "OwnRequest | None" = None
    """What a tool of one's own adds; None for the tools of the contract."""


@dataclass(frozen=True)
class OwnRequest:
    """What a request of one's own tools brings along.

    `says` stands after "to" ("run the pump for 5 minutes"), `done` is a sentence or empty. `risk`
    is `allow`, `ask` or `deny`; `confirm_s` how long it may take. `run` is what a Python tool
    does: it returns what to say.
    """

    says: str
    done: str
    risk: str
    confirm_s: float
    run: Callable[[], str] | None = None


@dataclass(frozen=True)
class Action:
    """Something that is about to be done: it has an identity, and times in seconds since 1970.

    `order` holds the commands, in this order, and how the device confirms them; `before` is how
    the device was, as far as it had told, and `device_class` what its convention calls it more
    exactly (`garage`).
    """

    id: str
    request: Request
    wanted: State
    order: Order
    before: State
    created_at: float
    expires_at: float
    device_class: str = ""
    sure: bool = True


@dataclass(frozen=True)
class Refusal:
    """Why a call or an action is not carried out: a word for programs, a sentence for people."""

    reason: str
    words: str


@dataclass(frozen=True)
class Outcome:
    """How one call ended. `words` tells a person, in one sentence; `reason` tells a program.

    `commands` are what was, or would have been, published. `publish_ms` is the time until the
    broker had acknowledged all of them, `confirm_ms` until the device had confirmed on
    `confirmed_on`, both from the moment of publishing; None where it did not come to that.
    """

    status: Status
    tool: str
    words: str
    device_id: str | None = None
    device_name: str | None = None
    reason: str | None = None
    state: State | None = None
    action_id: str | None = None
    commands: tuple[Command, ...] = ()
    confirmed_on: str | None = None
    publish_ms: float | None = None
    confirm_ms: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the fields that hold something, ready for `json.dumps`."""
        fields = {**vars(self), "commands": [vars(command) for command in self.commands] or None}
        return {name: value for name, value in fields.items() if value is not None}
