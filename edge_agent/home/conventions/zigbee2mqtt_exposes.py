"""The features that Zigbee2MQTT exposes, and what each stands for here.

Format: https://www.zigbee2mqtt.io/guide/usage/exposes.html . `access` is a bit mask: 1 published,
2 settable, 4 gettable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.home.color import hex_of_hs, hex_of_xy
from edge_agent.home.conventions.units import (
    brightness_from_percent,
    from_celsius,
    from_percent,
    to_celsius,
    to_percent,
)
from edge_agent.home.conventions.untrusted import identifier, mapping, number, objects, string, told
from edge_agent.home.types import Capability

PUBLISHED, SETTABLE = 1, 2

Told = str | int | float | bool
Wish = Told
Sent = tuple[Any, Told]
"""The value that goes into the command, and what the device reports when it has obeyed."""

_FAN_MODES = ("low", "medium", "high")


@dataclass(frozen=True)
class Feature:
    """A generic expose: `property` is its key in the JSON of the device."""

    name: str
    property: str
    access: int
    low: float
    high: float
    on: Any
    off: Any
    values: tuple[str, ...]
    unit: str

    @classmethod
    def read(cls, expose: Mapping[str, Any]) -> "Feature":
        """Read one; what is missing gets the range of a dimmer or a percentage."""
        name = string(expose.get("name"))
        low, high = number(expose.get("value_min")), number(expose.get("value_max"))
        values = expose.get("values")
        words = tuple(v for v in values if isinstance(v, str)) if isinstance(values, list) else ()
        return cls(
            name=name,
            property=string(expose.get("property"), name),
            access=_access(expose),
            low=0 if low is None else low,
            high=(254 if name == "brightness" else 100) if high is None else high,
            on=expose.get("value_on", "OPEN" if "OPEN" in words else None),
            off=expose.get("value_off", "CLOSE" if "CLOSE" in words else None),
            values=words,
            unit=string(expose.get("unit")),
        )


@dataclass(frozen=True)
class Aspect:
    """How a feature stands for a property of ours; `send` is None where it only tells."""

    property: str
    capability: Capability | None
    tell: Callable[[Feature, object], Told | None]
    send: Callable[[Feature, Wish], Sent | None] | None = None


def _tell_two(on: Told, off: Told) -> Callable[[Feature, object], Told | None]:
    def tell(feature: Feature, value: object) -> Told | None:
        if value is None:
            return None
        return on if value == feature.on else off if value == feature.off else None

    return tell


def _send_two(on: Told, off: Told) -> Callable[[Feature, Wish], Sent | None]:
    def send(feature: Feature, wish: Wish) -> Sent | None:
        value = feature.on if wish == on else feature.off if wish == off else None
        return None if value is None else (value, wish)

    return send


def _tell_color(_: Feature, value: object) -> Told | None:
    color = mapping(value)
    x, y = number(color.get("x")), number(color.get("y"))
    if x is not None and y is not None:
        return hex_of_xy(x, y)
    hue, saturation = number(color.get("hue")), number(color.get("saturation"))
    return None if hue is None or saturation is None else hex_of_hs(hue, saturation)


def _send_brightness(feature: Feature, wish: Wish) -> Sent:
    return brightness_from_percent(float(wish), feature.high), wish


def _send_percent(feature: Feature, wish: Wish) -> Sent:
    value = from_percent(float(wish), feature.low, feature.high)
    return value, to_percent(value, feature.low, feature.high) or 0


def _speeds(feature: Feature) -> tuple[str, ...]:
    return tuple(mode for mode in _FAN_MODES if mode in feature.values)


def _tell_fan_mode(feature: Feature, value: object) -> Told | None:
    speeds = _speeds(feature)
    return round(100 * (speeds.index(value) + 1) / len(speeds)) if value in speeds else None


def _send_fan_mode(feature: Feature, wish: Wish) -> Sent | None:
    speeds = _speeds(feature)
    if not speeds:
        return None
    mode = speeds[min(len(speeds) - 1, int(float(wish) * len(speeds) / 100.01))]
    return mode, _tell_fan_mode(feature, mode) or 0


def _send_mode(feature: Feature, wish: Wish) -> Sent | None:
    running = [mode for mode in ("heat", "auto", "cool", *feature.values) if mode in feature.values]
    chosen = "off" if wish == "OFF" else next((mode for mode in running if mode != "off"), None)
    return (chosen, wish) if chosen in feature.values else None


_ON_OFF = Aspect("state", Capability.ON_OFF, _tell_two("ON", "OFF"), _send_two("ON", "OFF"))
_SETPOINT = Aspect(
    "target_temperature",
    Capability.TEMPERATURE,
    lambda feature, value: to_celsius(value, feature.unit),
    lambda feature, wish: (from_celsius(float(wish), feature.unit), wish),
)
_COLOR = Aspect(
    "color", Capability.COLOR, _tell_color, lambda _, wish: ({"hex": str(wish).upper()}, wish)
)

ASPECTS: Mapping[str, Mapping[str, Aspect]] = {
    "light": {
        "state": _ON_OFF,
        "brightness": Aspect(
            "brightness",
            Capability.BRIGHTNESS,
            lambda feature, value: to_percent(value, 0, feature.high),
            _send_brightness,
        ),
        "color_xy": _COLOR,
        "color_hs": _COLOR,
    },
    "switch": {"state": _ON_OFF},
    "fan": {
        "state": _ON_OFF,
        "speed": Aspect(
            "speed",
            Capability.SPEED,
            lambda feature, value: to_percent(value, feature.low, feature.high),
            _send_percent,
        ),
        "mode": Aspect("speed", Capability.SPEED, _tell_fan_mode, _send_fan_mode),
    },
    "cover": {
        "state": Aspect("position", Capability.POSITION, _tell_two(100, 0), _send_two(100, 0)),
        "position": Aspect(
            "position",
            Capability.POSITION,
            lambda feature, value: to_percent(value, feature.low, feature.high),
            _send_percent,
        ),
    },
    "lock": {
        "state": Aspect(
            "lock",
            Capability.LOCK,
            _tell_two("LOCKED", "UNLOCKED"),
            _send_two("LOCKED", "UNLOCKED"),
        ),
        "lock_state": Aspect("lock", None, lambda _, value: identifier(value).upper() or None),
    },
    "climate": {
        "system_mode": Aspect(
            "state",
            Capability.ON_OFF,
            lambda feature, value: (
                ("OFF" if value == "off" else "ON") if value in feature.values else None
            ),
            _send_mode,
        ),
        "current_heating_setpoint": _SETPOINT,
        "occupied_heating_setpoint": _SETPOINT,
        "local_temperature": Aspect(
            "temperature", None, lambda feature, value: to_celsius(value, feature.unit)
        ),
    },
}
"""By expose type and name of the feature; where two tell the same property, the later one wins."""


def measured(feature: Feature, value: object) -> Told | None:
    """Return what a sensor tells."""
    if feature.on is not None and not isinstance(value, bool):
        return _tell_two(on=True, off=False)(feature, value)
    return to_celsius(value, feature.unit) if feature.unit in {"°C", "°F"} else told(value)


def _access(expose: Mapping[str, Any]) -> int:
    """Return the access bits; a composite has none of its own, so those of its features count."""
    own = expose.get("access")
    if isinstance(own, int):
        return own
    bits = 0
    for feature in objects(expose.get("features")):
        access = feature.get("access")
        bits |= access if isinstance(access, int) else 0
    return bits
