"""Devices and what they can do, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

UNKNOWN_AREA = "home"
"""The area of a device of which nobody has said where it is."""


class Kind(StrEnum):
    """What a person would call the thing."""

    LIGHT = "light"
    SWITCH = "switch"
    FAN = "fan"
    COVER = "cover"
    LOCK = "lock"
    CLIMATE = "climate"
    MEDIA_PLAYER = "media_player"
    SENSOR = "sensor"
    SCENE = "scene"
    TOOL = "tool"
    """No device: what a tool of one's own acts on."""


class Capability(StrEnum):
    """One thing that a device can be asked for."""

    ON_OFF = "on_off"
    BRIGHTNESS = "brightness"
    COLOR = "color"
    POSITION = "position"
    LOCK = "lock"
    TEMPERATURE = "temperature"
    SPEED = "speed"
    VOLUME = "volume"
    PLAYBACK = "playback"
    STATE = "state"


@dataclass(frozen=True)
class Device:
    """A thing in the home. `id` names it on the bus; people call it by `name` or `aliases`."""

    id: str
    name: str
    area: str
    kind: Kind
    can: frozenset[Capability]
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return all that people call it."""
        return (self.name, *self.aliases)


State = Mapping[str, str | int | float | bool]
"""What a device last said of itself, by property: `{"state": "ON", "brightness": 40}`."""
