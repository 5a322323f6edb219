"""What every convention offers, and what it has to tell: messages in, findings out.

A convention touches no socket. Whoever owns the bus subscribes to its `filters`, hands each message
to `read`, does what `Listen` and `Ask` say, gives the findings to the `Directory`, and publishes
what `order` returns.
"""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from edge_agent.bus.types import Message
from edge_agent.home.types import Capability, Kind, State


@dataclass(frozen=True)
class Found:
    """A device is there, or is now as told here. `key` stays when it is renamed.

    `identifiers` are those of its hardware (`mac:a8032abe54dc`, `ieee:0x00158d00018255df`), and
    `topics` are where it takes commands: by them a device that two conventions announce is known
    to be one. `device_class` is what the convention says the thing is more exactly (`garage`).
    """

    key: str
    name: str
    area: str
    kind: Kind
    can: frozenset[Capability]
    identifiers: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    device_class: str = ""


@dataclass(frozen=True)
class Gone:
    """A device was removed."""

    key: str


@dataclass(frozen=True)
class Reported:
    """A device told these of its properties, in the names and units of `edge_agent.home.wanted`.

    It may be a part of its state, as long as the message had no more. `remembered` tells that
    the device said so before the message that led here: it confirms nothing.
    """

    key: str
    state: State
    remembered: bool = False


@dataclass(frozen=True)
class Reachable:
    """A device can be reached, or cannot."""

    key: str
    reachable: bool


@dataclass(frozen=True)
class Refused:
    """A device, or its bridge, said that it did not do what it was told."""

    key: str
    reason: str


@dataclass(frozen=True)
class Listen:
    """Subscribe to this filter too: its messages belong to the convention that says so."""

    topic_filter: str


@dataclass(frozen=True)
class Ask:
    """Publish this, not retained: a question, which changes nothing on any device."""

    topic: str
    payload: str


Finding = Found | Gone | Reported | Reachable | Refused | Listen | Ask


@dataclass(frozen=True)
class Command:
    """A message that makes a device do something. It is never retained.

    `qos` is 1 for what names a state, which may arrive twice without harm, and 2 for what may not.
    """

    topic: str
    payload: str
    qos: int = 1


@dataclass(frozen=True)
class Order:
    """How a device is told to be as wanted: the commands, in this order.

    `confirmed_by` is what the device reports once it has obeyed: the wish in the steps that the
    device has (a fan of three speeds answers 67 to 60 percent), and `told_on` are the topics on
    which it does. Both are empty where it never tells, so that "sent" is all that can be known.
    """

    commands: tuple[Command, ...]
    confirmed_by: State = field(default_factory=dict)
    told_on: tuple[str, ...] = ()


@runtime_checkable
class Knowing(Protocol):
    """A convention whose devices are not announced, but known from the start."""

    def known(self) -> tuple[Finding, ...]:
        """Return them."""


class Convention(Protocol):
    """One way in which devices are announced, driven and heard on a broker.

    It has one owner: its methods are called from one thread at a time.
    """

    @property
    def name(self) -> str:
        """Return what people call it."""

    @property
    def filters(self) -> tuple[str, ...]:
        """Return what to subscribe to, in this order: announcements come before states."""

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what `message` tells. It never raises: what makes no sense tells nothing."""

    def order(self, key: str, wanted: State) -> Order | None:
        """Return how the device `key` is told to be as `wanted`; None if it has no way to."""
