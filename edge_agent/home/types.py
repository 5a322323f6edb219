"""Devices and what they can do, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
    """A thing in the home. `id` names it on the bus, `name` is what people call it."""

    id: str
    name: str
    area: str
    kind: Kind
    can: frozenset[Capability]


State = Mapping[str, str | int | float | bool]
"""What a device last said of itself, by property: `{"state": "ON", "brightness": 40}`."""
