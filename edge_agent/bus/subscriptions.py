"""Who wants which messages: found at once for a topic, searched only for wildcards."""

from collections.abc import Callable

from edge_agent.bus.topics import matches, unshared
from edge_agent.bus.types import Message

OnMessage = Callable[[Message], None]


class Subscriptions:
    """Callbacks by topic filter. Thousands of filters without a wildcard cost a message nothing."""

    def __init__(self) -> None:
        """Want nothing."""
        self._exact: dict[str, list[OnMessage]] = {}
        self._wild: dict[str, list[OnMessage]] = {}

    @property
    def filters(self) -> tuple[str, ...]:
        """Return every filter once."""
        return (*self._wild, *self._exact)

    def add(self, topic_filter: str, on_message: OnMessage) -> None:
        """Have `on_message` called for what matches `topic_filter`."""
        self._kept(topic_filter).setdefault(topic_filter, []).append(on_message)

    def remove(self, topic_filter: str, on_message: OnMessage) -> None:
        """Take one back that was added."""
        kept = self._kept(topic_filter)
        kept[topic_filter].remove(on_message)
        if not kept[topic_filter]:
            del kept[topic_filter]

    def for_topic(self, topic: str) -> list[OnMessage]:
        """Return whom a message on `topic` is for."""
        wanted = list(self._exact.get(topic, ()))
        for topic_filter, found in self._wild.items():
            if matches(unshared(topic_filter), topic):
                wanted += found
        return wanted

    def _kept(self, topic_filter: str) -> dict[str, list[OnMessage]]:
        wild = "+" in topic_filter or "#" in topic_filter or topic_filter != unshared(topic_filter)
        return self._wild if wild else self._exact
