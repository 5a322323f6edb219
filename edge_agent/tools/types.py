"""What crosses the door of the tools room: calls come in, actions go out, outcomes come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from edge_agent.home.types import Device, State


class Status(StrEnum):
    """How a call ended."""

    CONFIRMED = "confirmed"
    """The device itself reported what was wanted; for `get_state`, its state is known."""
    UNCONFIRMED = "unconfirmed"
    """It was published, and the device did not confirm in time; it may yet do it."""
    REFUSED = "refused"
    """It was not allowed, or made no sense, and nothing was published."""
    FAILED = "failed"
    """It could not be done, or nobody knows whether it was: the words say which."""
    DRY_RUN = "dry-run"
    """It would have been published."""


@dataclass(frozen=True)
class Call:
    """A tool call with the device's id in it, not yet checked."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """A call that makes sense: a tool that exists, on a device that can do it."""

    tool: str
    device: Device
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Action:
    """A command about to be given: it has an identity, and times in seconds since 1970."""

    id: str
    request: Request
    wanted: State
    topic: str
    payload: str
    created_at: float
    expires_at: float


@dataclass(frozen=True)
class Refusal:
    """Why a call or an action is not carried out: a word for programs, a sentence for people."""

    reason: str
    words: str


@dataclass(frozen=True)
class Outcome:
    """How one call ended. `words` tells a person, in one sentence; `reason` tells a program.

    `publish_ms` is the time until the broker had acknowledged, `confirm_ms` until the device had
    confirmed, both from the moment of publishing; None where it did not come to that.
    """

    status: Status
    tool: str
    words: str
    device_id: str | None = None
    device_name: str | None = None
    reason: str | None = None
    state: State | None = None
    action_id: str | None = None
    topic: str | None = None
    payload: str | None = None
    publish_ms: float | None = None
    confirm_ms: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the fields that hold something, ready for `json.dumps`."""
        return {name: value for name, value in vars(self).items() if value is not None}
