"""On and off, which most components have in common."""

from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import Reading, Setter, say, two


def power(config: Config) -> Setter:
    """Return how a component is switched."""
    return say(
        config.topic("command_topic"),
        {"ON": config.text("payload_on", "ON"), "OFF": config.text("payload_off", "OFF")},
    )


def power_reading(config: Config, *templates: str) -> tuple[Reading, ...]:
    """Return how it tells whether it is on, in the words of its state or of its commands."""
    on = config.text("state_on") or config.text("payload_on", "ON")
    off = config.text("state_off") or config.text("payload_off", "OFF")
    return config.reading("state_topic", templates, two("state", {on: "ON", off: "OFF"}))
