"""One convention that is spoken in several places of a broker, as by two Zigbee2MQTTs."""

from collections.abc import Iterable

from edge_agent.bus.types import Message
from edge_agent.home.conventions.types import Convention, Finding, Order
from edge_agent.home.types import State


class Several:
    """Reads and drives what all of its parts find; their keys differ."""

    def __init__(self, name: str, parts: Iterable[Convention]) -> None:
        """Take parts that speak the convention `name`, each on topics of its own."""
        self.name = name
        self._parts = tuple(parts)

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the topics of all."""
        return tuple(it for part in self._parts for it in part.filters)

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what the message tells, whichever it is for."""
        return tuple(it for part in self._parts for it in part.read(message))

    def order(self, key: str, wanted: State) -> Order | None:
        """Return the commands of the one that knows the device."""
        orders = (part.order(key, wanted) for part in self._parts)
        return next((order for order in orders if order is not None), None)
