"""What each tool wants of a device: one row a tool.

A tool is a wish for a state: `turn_on` wants `state` to be `ON`. The wish is what a device of the
plain convention is sent, and the device has obeyed when it reports the same. The names of the
properties follow Zigbee2MQTT; numbers are in the units that people say (percent, °C).
"""

from collections.abc import Callable, Mapping
from typing import Any

from edge_agent.home.types import State

Arguments = Mapping[str, Any]

ON, OFF = "ON", "OFF"

COLOR_HEX: Mapping[str, str] = {
    "red": "#ff0000",
    "green": "#00ff00",
    "blue": "#0000ff",
    "white": "#ffffff",
    "yellow": "#ffff00",
    "orange": "#ff8000",
    "purple": "#8000ff",
    "pink": "#ff69b4",
    "warm_white": "#ffc58f",
    "cold_white": "#d6e4ff",
    "cyan": "#00ffff",
    "magenta": "#ff00ff",
    "turquoise": "#40e0d0",
    "gold": "#ffd700",
    "violet": "#ee82ee",
}
"""The colors that can be said, as sRGB."""

WANTED: Mapping[str, Callable[[Arguments], State]] = {
    "turn_on": lambda _: {"state": ON},
    "turn_off": lambda _: {"state": OFF},
    "set_brightness": lambda given: _running("brightness", given["percent"]),
    "set_color": lambda given: {"state": ON, "color": COLOR_HEX[given["color"]]},
    "open": lambda _: {"position": 100},
    "close": lambda _: {"position": 0},
    "set_position": lambda given: {"position": given["percent"]},
    "lock": lambda _: {"lock": "LOCKED"},
    "unlock": lambda _: {"lock": "UNLOCKED"},
    "set_temperature": lambda given: {"target_temperature": given["celsius"]},
    "set_speed": lambda given: _running("speed", given["percent"]),
    "set_volume": lambda given: {"volume": given["percent"]},
    "play": lambda _: {"playback": "PLAYING"},
    "pause": lambda _: {"playback": "PAUSED"},
    "activate": lambda _: {"scene": "ACTIVE"},
}

TOLERANCE: Mapping[str, float] = {
    "brightness": 1,
    "speed": 1,
    "volume": 1,
    "position": 2,
    "target_temperature": 0.25,
}
"""How far a reported number may lie from the wanted one: devices count in steps of their own."""


def shows(state: State, wanted: State) -> bool:
    """Tell whether `state` has every property of `wanted`, numbers within their tolerance."""
    return all(
        name in state and _agrees(name, state[name], value) for name, value in wanted.items()
    )


def contradicts(one: State, other: State) -> bool:
    """Tell whether no state could show both wishes."""
    return any(name in other and other[name] != value for name, value in one.items())


def _running(name: str, percent: int) -> State:
    """Want a device to run at `percent`: at 0 it is simply off."""
    return {"state": ON, name: percent} if percent else {"state": OFF}


def _agrees(name: str, reported: object, wanted: object) -> bool:
    if isinstance(reported, str) and isinstance(wanted, str):
        return reported.casefold() == wanted.casefold()
    if isinstance(reported, int | float) and isinstance(wanted, int | float):
        return abs(reported - wanted) <= TOLERANCE.get(name, 0)
    return False
