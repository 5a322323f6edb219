"""Topic names and filters, as MQTT 5.0 section 4.7 defines them."""

from edge_agent.bus.types import BusError

_LONGEST_BYTES = 65_535


def require_topic(topic: str) -> None:
    """Raise `BusError` unless a message can be published on `topic`."""
    if "+" in topic or "#" in topic:
        raise BusError(f"'{topic}' has a wildcard: a message goes to one topic.")
    _require_text(topic)


def require_filter(topic_filter: str) -> None:
    """Raise `BusError` unless `topic_filter` can be subscribed to."""
    levels = topic_filter.split("/")
    for position, level in enumerate(levels):
        alone = len(level) == 1
        if ("+" in level or "#" in level) and not alone:
            raise BusError(f"'{topic_filter}': a wildcard stands for a whole level.")
        if level == "#" and position != len(levels) - 1:
            raise BusError(f"'{topic_filter}': '#' stands at the end.")
    _require_text(topic_filter)


def matches(topic_filter: str, topic: str) -> bool:
    """Tell whether a message on `topic` is for a subscriber to `topic_filter`."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in {"+", "#"}:
        return False
    for position, level in enumerate(wanted):
        if level == "#":
            return True
        if position == len(levels) or level not in {"+", levels[position]}:
            return False
    return len(wanted) == len(levels)


def unshared(topic_filter: str) -> str:
    """Return the filter within `$share/GROUP/FILTER`, which several clients share."""
    if topic_filter.startswith("$share/"):
        return topic_filter.split("/", 2)[2]
    return topic_filter


def _require_text(topic: str) -> None:
    if not topic or "\0" in topic or len(topic.encode(errors="replace")) > _LONGEST_BYTES:
        raise BusError("A topic has 1 to 65,535 bytes and no NUL.")
