"""The components of a Shelly: what each can do, how it is called, and what its status tells.

Source: https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/ , one page a component.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.home.color import hex_of, rgb_of
from edge_agent.home.conventions.units import to_celsius, to_percent
from edge_agent.home.conventions.untrusted import mapping, number, told
from edge_agent.home.types import Capability, Kind, State

_OPEN, _CLOSED = 100, 0
_CHANNELS = 3
Params = dict[str, Any]


@dataclass(frozen=True)
class Component:
    """`call` returns method and parameters for a wish, or None; `tell` reads a status."""

    kind: Kind
    can: frozenset[Capability]
    call: Callable[[State], tuple[str, Params] | None]
    tell: Callable[[Mapping[str, Any]], State]


def _output(status: Mapping[str, Any]) -> State:
    """Read `{"output": true, "apower": 8.9}`."""
    output, power = status.get("output"), number(status.get("apower"))
    state: dict[str, str | float] = {}
    if isinstance(output, bool):
        state["state"] = "ON" if output else "OFF"
    return state if power is None else {**state, "power": power}


def _lamp(status: Mapping[str, Any]) -> State:
    """Read `{"output": true, "brightness": 50, "rgb": [255, 128, 0]}`."""
    state = dict(_output(status))
    brightness, rgb = to_percent(status.get("brightness"), 0, 100), status.get("rgb")
    if brightness is not None:
        state["brightness"] = brightness
    if isinstance(rgb, list) and len(rgb) == _CHANNELS:
        channels = [number(value) for value in rgb]
        color = None if None in channels else hex_of(*(value or 0 for value in channels))
        state |= {"color": color} if color else {}
    return state


def _set(method: str, able: frozenset[str]) -> Callable[[State], tuple[str, Params] | None]:
    """Return a call of `METHOD.Set`, which takes `on`, and what else is `able`."""

    def call(wanted: State) -> tuple[str, Params] | None:
        params: Params = {}
        for name, value in wanted.items():
            if name == "state":
                params["on"] = value == "ON"
            elif name == "brightness" and name in able:
                params["brightness"] = value
            elif name == "color" and name in able and (rgb := rgb_of(str(value))):
                params["rgb"] = list(rgb)
            else:
                return None
        return f"{method}.Set", params

    return call


def _cover_call(wanted: State) -> tuple[str, Params] | None:
    """Open and close work on every cover; a position needs one that is calibrated."""
    if set(wanted) != {"position"}:
        return None
    position = wanted["position"]
    if position == _OPEN:
        return "Cover.Open", {}
    if position == _CLOSED:
        return "Cover.Close", {}
    return "Cover.GoToPosition", {"pos": position}


def _cover(status: Mapping[str, Any]) -> State:
    """Read `{"state": "open", "current_pos": 100}`; without a position, only the ends are known."""
    position = to_percent(status.get("current_pos"), 0, 100)
    if position is None:
        ends = [
            end
            for word, end in (("open", _OPEN), ("closed", _CLOSED))
            if status.get("state") == word
        ]
        return {"position": ends[0]} if ends else {}
    return {"position": position}


def _able(*capabilities: Capability) -> frozenset[Capability]:
    return frozenset({Capability.STATE, *capabilities})


_ON_OFF, _DIMMED = _able(Capability.ON_OFF), _able(Capability.ON_OFF, Capability.BRIGHTNESS)
_COLORED = _DIMMED | {Capability.COLOR}
_BRIGHTNESS, _COLOR = frozenset({"brightness"}), frozenset({"brightness", "color"})

COMPONENTS: Mapping[str, Component] = {
    "switch": Component(Kind.SWITCH, _ON_OFF, _set("Switch", frozenset()), _output),
    "light": Component(Kind.LIGHT, _DIMMED, _set("Light", _BRIGHTNESS), _lamp),
    "cct": Component(Kind.LIGHT, _DIMMED, _set("CCT", _BRIGHTNESS), _lamp),
    "rgb": Component(Kind.LIGHT, _COLORED, _set("RGB", _COLOR), _lamp),
    "rgbw": Component(Kind.LIGHT, _COLORED, _set("RGBW", _COLOR), _lamp),
    "cover": Component(Kind.COVER, _able(Capability.POSITION), _cover_call, _cover),
}

_MEASURED: Mapping[str, tuple[str, str]] = {
    "temperature": ("tC", "temperature"),
    "humidity": ("rh", "humidity"),
    "illuminance": ("lux", "illuminance"),
    "flood": ("alarm", "water_leak"),
    "smoke": ("alarm", "smoke"),
    "devicepower": ("battery", "battery"),
}
"""Components that measure: the key in their status, and what it is called here."""


def measures(config: Mapping[str, Any]) -> bool:
    """Tell whether a device has a sensor that is worth a name, which its battery alone is not."""
    return any(place.partition(":")[0] in _MEASURED.keys() - {"devicepower"} for place in config)


def measured(status: Mapping[str, Any]) -> State:
    """Return what the sensors in a status tell."""
    state: dict[str, str | int | float | bool] = {}
    for place, component in status.items():
        source, name = _MEASURED.get(place.partition(":")[0], ("", ""))
        value = mapping(component).get(source)
        if name == "battery":
            value = mapping(value).get("percent")
        reading = to_celsius(value, "C") if name == "temperature" else told(value)
        if name and reading is not None:
            state.setdefault(name, reading)
    return state
