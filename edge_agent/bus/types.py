"""What crosses the door of the bus room."""

from dataclasses import dataclass, field


class BusError(Exception):
    """The broker could not be reached, or would not do it: one sentence that says which and why."""


class UnreachableError(BusError):
    """Nobody answered: the broker may be there later."""


class NotAllowedError(BusError):
    """The broker answered, and its answer was no: it did not take what it was given."""


class AddressError(BusError):
    """What was given is no broker's address."""


@dataclass(frozen=True)
class Receipt:
    """The broker has it, since `at` (`time.monotonic`, s).

    `nobody_listens` tells that there was nobody to hand it on to. Only some brokers say so, to a
    client that speaks MQTT 5: True is certain, False is not.
    """

    at: float
    nobody_listens: bool = False


@dataclass(frozen=True)
class Message:
    """A message that arrived.

    `retained` tells that the broker had kept it from before the subscription: news that may be
    old. `identity` is the sender's name for it (MQTT 5 correlation data), None where it gave none.
    `answer_to` is the topic on which the sender wants an answer (MQTT 5 response topic).
    `arrived` is when it came (`time.monotonic`, s).
    """

    topic: str
    payload: bytes
    retained: bool = False
    identity: str | None = None
    answer_to: str | None = None
    arrived: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Will:
    """What the broker publishes, retained, if this client goes without a goodbye."""

    topic: str
    payload: bytes
