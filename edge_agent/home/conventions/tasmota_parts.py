"""What a Tasmota device consists of, read from its discovery config.

Keys of the config that count here: `dn` device name, `fn` friendly names, one a relay, `rl` what
each relay is (0 nothing, 1 relay, 2 light, 3 shutter, two relays each), `lt_st` light type
(1 dimmer, 2 white spectrum, 3 RGB, 4 RGBW, 5 RGBCW), `so` options, `if` is an iFan, `state` the
words for off and on, `t` topic, `ft` full topic, `tp` prefixes, `mac`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_agent.home.color import hex_of, hex_of_hs, rgb_of
from edge_agent.home.conventions.types import Found
from edge_agent.home.conventions.units import to_celsius, to_percent
from edge_agent.home.conventions.untrusted import clean, identifier, mapping, number, string
from edge_agent.home.types import Capability, Kind, State

CMND, STAT, TELE = 0, 1, 2
_RELAY, _LIGHT, _SHUTTER = 1, 2, 3
_RGB = 3
_MOST_RELAYS = 32
_MOST_SENSORS = 16
_FAN_STEPS = 3
_SHUTTER_RELAYS = 2
_CHANNELS_APART = "68"
"""SetOption68: every PWM channel is a light of its own."""

_MEASURED: Mapping[str, str] = {
    "Temperature": "temperature",
    "Humidity": "humidity",
    "Pressure": "pressure",
    "Illuminance": "illuminance",
    "CarbonDioxide": "co2",
    "Power": "power",
    "Voltage": "voltage",
    "Current": "current",
    "Total": "energy",
}
"""Readings in `sn`, and what they are called here."""


@dataclass(frozen=True)
class Wish:
    """What makes one property so: the command, its payload, and what is then reported."""

    command: str
    payload: str
    reported: str | int | float


Send = Callable[[str | int | float | bool], Wish | None]


@dataclass(frozen=True)
class Part:
    """A relay, a light, a shutter, a fan, or the sensors of one module."""

    found: Found
    send: Mapping[str, Send]
    tell: Callable[[Mapping[str, Any]], State]


@dataclass
class Module:
    """One Tasmota device: its topics, its parts, and what `sensors` said."""

    mac: str
    config: Mapping[str, Any]
    parts: tuple[Part, ...] = ()
    sensors: Mapping[str, Any] = field(default_factory=dict)
    reachable: bool | None = None

    def topic(self, prefix: int, name: str) -> str:
        """Return a topic by the full topic pattern, with the prefix CMND, STAT or TELE."""
        prefixes = self.config["tp"]
        pattern = string(self.config.get("ft"), "%prefix%/%topic%/").rstrip("/")
        filled = pattern.replace("%prefix%", prefixes[prefix])
        filled = filled.replace("%topic%", string(self.config.get("t")))
        filled = filled.replace("%hostname%", string(self.config.get("hn")))
        return f"{filled.replace('%id%', self.mac[-6:])}/{name}"


def parts_of(module: Module) -> tuple[Part, ...]:
    """Return the relays, lights, shutters and fan of a device, or what it measures."""
    listed = module.config.get("rl")
    relays = listed[:_MOST_RELAYS] if isinstance(listed, list) else []
    many = sum(1 for relay in relays if relay) > 1
    parts = [_fan(module)] if module.config.get("if") == 1 else []
    for position, kind in enumerate(relays, start=1):
        if kind == _RELAY and module.config.get("if") != 1:
            parts.append(_switch(module, position, f"POWER{position}" if many else "POWER"))
        elif kind == _LIGHT:
            parts.append(_light(module, position, f"POWER{position}" if many else "POWER"))
    shutters = sum(1 for relay in relays if relay == _SHUTTER) // _SHUTTER_RELAYS
    first = next((p for p, kind in enumerate(relays, start=1) if kind == _SHUTTER), 1)
    parts += [_shutter(module, n + 1, first + n * _SHUTTER_RELAYS) for n in range(shutters)]
    if not parts and _measured(module.sensors):
        parts.append(_sensor(module))
    return tuple(parts)


def _found(
    module: Module, place: str, position: int, kind: Kind, can: set[Capability], *, command: str
) -> Found:
    """Describe a part; its name is its friendly name, or that of the device."""
    friendly = module.config.get("fn")
    names = friendly if isinstance(friendly, list) else []
    own = clean(names[position - 1]) if 0 < position <= len(names) else ""
    return Found(
        key=f"tasmota:{module.mac}{place}",
        name=own or clean(module.config.get("dn")) or clean(module.mac),
        area="",
        kind=kind,
        can=frozenset(can | {Capability.STATE}),
        identifiers=frozenset({f"mac:{identifier(module.mac).replace('_', '')}"}),
        topics=frozenset({module.topic(CMND, command)}) if command else frozenset(),
    )


def _power(module: Module, command: str) -> tuple[Send, Callable[[Mapping[str, Any]], State]]:
    """Return how a relay is switched and told of, in the words that the device has for it."""
    words = module.config.get("state")
    off, on, *_ = words if isinstance(words, list) and len(words) > 1 else ("OFF", "ON")

    def send(value: object) -> Wish:
        return Wish(command, "ON" if value == "ON" else "OFF", "ON" if value == "ON" else "OFF")

    def tell(said: Mapping[str, Any]) -> State:
        power = said.get(command, said.get("POWER1") if command == "POWER" else None)
        return {"state": "ON"} if power == on else {"state": "OFF"} if power == off else {}

    return send, tell


def _switch(module: Module, position: int, command: str) -> Part:
    send, power = _power(module, command)
    found = _found(
        module, f"/{position}", position, Kind.SWITCH, {Capability.ON_OFF}, command=command
    )

    def tell(said: Mapping[str, Any]) -> State:
        return {**(_measured(said) if position == 1 else {}), **power(said)}

    return Part(found, {"state": send}, tell)


def _light(module: Module, position: int, command: str) -> Part:
    send, power = _power(module, command)
    apart = mapping(module.config.get("so")).get(_CHANNELS_APART) == 1
    subtype = module.config.get("lt_st")
    colored = isinstance(subtype, int) and subtype >= _RGB and not apart
    dimmer, dims = (f"Channel{position}", apart) if apart else ("Dimmer", bool(subtype))
    can = {Capability.ON_OFF}
    sends: dict[str, Send] = {"state": send}
    if colored:
        can.add(Capability.COLOR)
        sends["color"] = lambda value: Wish("Color2", str(value), str(value))
    if dims:
        can.add(Capability.BRIGHTNESS)
        sends["brightness"] = lambda value: Wish(dimmer, f"{value}", float(value))

    def tell(said: Mapping[str, Any]) -> State:
        state = dict(power(said))
        level = to_percent(said.get(dimmer), 0, 100) if dims else None
        color = _color(said) if colored else None
        if level is not None:
            state["brightness"] = level
        return state if color is None else {**state, "color": color}

    return Part(
        _found(module, f"/{position}", position, Kind.LIGHT, can, command=command), sends, tell
    )


def _color(said: Mapping[str, Any]) -> str | None:
    """Read `HSBColor` (`120,100,50`), or `Color` as hex or as decimals (SetOption17)."""
    hue, saturation, *_ = (*string(said.get("HSBColor")).split(",", 2), "", "")
    degrees, share = number(hue), number(saturation)
    if degrees is not None and share is not None:
        return hex_of_hs(degrees, share)
    said_color = string(said.get("Color"))
    channels = rgb_of(said_color[:6])
    if channels is None:
        red, green, blue, *_ = (*said_color.split(",", 3), "", "", "")
        numbers = [number(value) for value in (red, green, blue)]
        return None if None in numbers else hex_of(*(value or 0 for value in numbers))
    return hex_of(*channels)


def _shutter(module: Module, index: int, position: int) -> Part:
    command = f"ShutterPosition{index}"
    found = _found(
        module, f"/shutter{index}", position, Kind.COVER, {Capability.POSITION}, command=command
    )

    def tell(said: Mapping[str, Any]) -> State:
        place = to_percent(mapping(said.get(f"Shutter{index}")).get("Position"), 0, 100)
        return {} if place is None else {"position": place}

    return Part(found, {"position": lambda value: Wish(command, f"{value}", float(value))}, tell)


def _fan(module: Module) -> Part:
    """Return an iFan: `FanSpeed` 0 to 3."""

    def step(value: str | float) -> Wish:
        share = float(value) / 100
        steps = max(1, round(share * _FAN_STEPS)) if share else 0
        return Wish("FanSpeed", f"{steps}", to_percent(steps, 0, _FAN_STEPS) or 0)

    def power(value: object) -> Wish:
        steps = _FAN_STEPS if value == "ON" else 0
        return Wish("FanSpeed", f"{steps}", "ON" if steps else "OFF")

    def tell(said: Mapping[str, Any]) -> State:
        speed = to_percent(said.get("FanSpeed"), 0, _FAN_STEPS)
        return {} if speed is None else {"state": "ON" if speed else "OFF", "speed": speed}

    able = {Capability.ON_OFF, Capability.SPEED}
    found = _found(module, "/fan", 1, Kind.FAN, able, command="FanSpeed")
    return Part(found, {"state": power, "speed": step}, tell)


def _sensor(module: Module) -> Part:
    found = _found(module, "/sensors", 0, Kind.SENSOR, set(), command="")
    return Part(found, {}, _measured)


def _measured(said: Mapping[str, Any]) -> State:
    """Return the readings of every sensor in a SENSOR message; the first of a kind counts."""
    unit = string(said.get("TempUnit"), "C")
    state: dict[str, int | float] = {}
    for readings in list(said.values())[:_MOST_SENSORS]:
        for reading, value in mapping(readings).items():
            name = _MEASURED.get(reading)
            told = to_celsius(value, unit if name == "temperature" else "")
            if name and told is not None:
                state.setdefault(name, told)
    return state
