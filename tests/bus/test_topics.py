import pytest

from edge_agent.bus.topics import matches, require_filter, require_topic
from edge_agent.bus.types import BusError


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("home/lamp", "home/lamp", True),
        ("home/lamp", "home/lamp/set", False),
        ("home/+", "home/lamp", True),
        ("home/+", "home/lamp/set", False),
        ("home/+", "home", False),
        ("home/+/set", "home/lamp/set", True),
        ("home/+/set", "home//set", True),
        ("home/#", "home", True),
        ("home/#", "home/lamp/set", True),
        ("#", "home/lamp", True),
        ("#", "$SYS/uptime", False),
        ("+/uptime", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
        ("home/lamp/set", "home/lamp", False),
    ],
)
def test_filters_match_as_the_standard_says(topic_filter: str, topic: str, expected: bool) -> None:
    assert matches(topic_filter, topic) is expected


@pytest.mark.parametrize("topic", ["", "home/+", "home/#", "a\0b", "x" * 65_536])
def test_what_is_no_topic_is_refused(topic: str) -> None:
    with pytest.raises(BusError):
        require_topic(topic)


@pytest.mark.parametrize("topic_filter", ["", "home/la+", "home/#/set", "#x", "a\0b"])
def test_what_is_no_filter_is_refused(topic_filter: str) -> None:
    with pytest.raises(BusError):
        require_filter(topic_filter)
