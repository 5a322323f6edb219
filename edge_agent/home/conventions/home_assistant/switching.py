"""On and off, which most components have in common."""

from collections.abc import Callable

from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import Reading, Setter, say, two


def power(
    config: Config,
    write: Callable[[str], str | None] = str,
    topic_key: str = "command_topic",
) -> Setter:
    """Return how a component is switched."""
    words = {"ON": config.text("payload_on", "ON"), "OFF": config.text("payload_off", "OFF")}
    return say(config.topic(topic_key), words, write)


def power_reading(config: Config, *templates: str) -> tuple[Reading, ...]:
    """Return how it tells whether it is on, in the words of its state or of its commands."""
    on = config.text("state_on") or config.text("payload_on", "ON")
    off = config.text("state_off") or config.text("payload_off", "OFF")
    return config.reading("state_topic", templates, two("state", {on: "ON", off: "OFF"}))
