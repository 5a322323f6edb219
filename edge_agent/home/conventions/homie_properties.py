"""What the nodes of a Homie device can do, read from its description.

Homie leaves the meaning of a property to its id, datatype, format and unit; `ROLES` says which of
them are understood, by the ids that are in use. A node with such a property is a part that people
name; what only measures belongs to the first part, or is a sensor.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.home.color import hex_of, hex_of_hs, hex_of_xy, hs_of, rgb_of, xy_of
from edge_agent.home.conventions.units import from_celsius, to_celsius, to_percent
from edge_agent.home.conventions.untrusted import clean, identifier, mapping, number, string, told
from edge_agent.home.types import Capability, Kind, State

_MOST_NODES = 64
_MOST_SENSORS = 16
_LONGEST_NODE_ID = 64
Told = str | int | float | bool


@dataclass(frozen=True)
class Property:
    """A property of the description; `path` is `NODE/PROPERTY`."""

    path: str
    name: str
    datatype: str
    format: str
    unit: str
    settable: bool

    @property
    def range(self) -> tuple[float, float]:
        """Return `[min]:[max][:step]`, 0 to 100 where it is open."""
        low, high, *_ = (*self.format.split(":"), "", "")
        least, most = number(low), number(high)
        return (0 if least is None else least, 100 if most is None else most)

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the values of an enum."""
        return tuple(self.format.split(",")) if self.datatype == "enum" else ()


@dataclass(frozen=True)
class Role:
    """How a property stands for one of ours: `tell` reads its value, `send` writes a wish.

    `send` returns the text to set and what is then reported, or None if there is none for it.
    """

    property: str
    capability: Capability
    kind: Kind
    ids: frozenset[str]
    datatypes: frozenset[str]
    tell: Callable[[Property, str], Told | None]
    send: Callable[[Property, Told], tuple[str, Told] | None]


def _tell_two(on: Told, off: Told) -> Callable[[Property, str], Told | None]:
    """Read a boolean, or an enum whose values are the words of `_WORDS`."""

    def tell(prop: Property, value: str) -> Told | None:
        if prop.datatype == "boolean":
            means = {_true(prop, on, off): on, _false(prop, on, off): off}
            return means.get(value)
        return on if value.lower() in _WORDS[on] else off if value.lower() in _WORDS[off] else None

    return tell


def _send_two(on: Told, off: Told) -> Callable[[Property, Told], tuple[str, Told] | None]:
    def send(prop: Property, wish: Told) -> tuple[str, Told] | None:
        if wish not in (on, off):
            return None
        if prop.datatype == "boolean":
            return (_true(prop, on, off) if wish == on else _false(prop, on, off)), wish
        word = next((choice for choice in prop.choices if choice.lower() in _WORDS[wish]), None)
        return None if word is None else (word, wish)

    return send


def _true(prop: Property, on: Told, off: Told) -> str:
    """Return the payload for `on`: `true`, unless the format says that this is `off`.

    The format of a boolean describes `false` and `true`, in this order: `locked,unlocked` makes
    `false` the one that is locked.
    """
    labels = prop.format.lower().split(",")
    turned = len(labels) == len((on, off)) and labels[0] in _WORDS[on] and labels[1] in _WORDS[off]
    return "false" if turned else "true"


def _false(prop: Property, on: Told, off: Told) -> str:
    return "false" if _true(prop, on, off) == "true" else "true"


_WORDS: Mapping[Told, tuple[str, ...]] = {
    "ON": ("on",),
    "OFF": ("off",),
    "LOCKED": ("lock", "locked"),
    "UNLOCKED": ("unlock", "unlocked"),
    100: ("open", "up", "opened"),
    0: ("close", "down", "closed"),
}
"""How enums say it, both as a command and as a state."""


def _tell_percent(prop: Property, value: str) -> Told | None:
    return to_percent(value, *prop.range)


def _send_percent(prop: Property, wish: Told) -> tuple[str, Told]:
    low, high = prop.range
    value = low + (high - low) * float(wish) / 100
    written = f"{round(value)}" if prop.datatype == "integer" else f"{round(value, 3):g}"
    return written, to_percent(written, low, high) or 0


def _tell_color(_: Property, value: str) -> Told | None:
    """Read `rgb,255,0,0`, `hsv,300,50,75` or `xyz,0.25,0.34`."""
    space, *written = value.split(",", 3)
    numbers = [n for n in map(number, written) if n is not None]
    match space, numbers:
        case "rgb", [red, green, blue]:
            return hex_of(red, green, blue)
        case "hsv", [hue, saturation, _]:
            return hex_of_hs(hue, saturation)
        case "xyz", [x, y]:
            return hex_of_xy(x, y)
    return None


def _send_color(prop: Property, wish: Told) -> tuple[str, Told] | None:
    """Write the color in the space that the device prefers, which comes first in its format."""
    rgb = rgb_of(str(wish))
    if rgb is None:
        return None
    match prop.format.split(",")[0]:
        case "rgb":
            return "rgb," + ",".join(str(value) for value in rgb), wish
        case "hsv":
            return "hsv,{:g},{:g},100".format(*hs_of(rgb)), wish
        case "xyz":
            return "xyz,{:g},{:g}".format(*xy_of(rgb)), wish
    return None


def _ids(*names: str) -> frozenset[str]:
    return frozenset(names)


_NUMBERS, _SWITCHES, _COLORS = _ids("integer", "float"), _ids("boolean", "enum"), _ids("color")

ROLES = (
    Role("state", Capability.ON_OFF, Kind.SWITCH, _ids("on", "power", "state", "switch", "onoff"),
         _SWITCHES, _tell_two("ON", "OFF"), _send_two("ON", "OFF")),
    Role("brightness", Capability.BRIGHTNESS, Kind.LIGHT,
         _ids("brightness", "dim", "dimmer", "intensity", "level"),
         _NUMBERS, _tell_percent, _send_percent),
    Role("color", Capability.COLOR, Kind.LIGHT, _ids("color", "colour"),
         _COLORS, _tell_color, _send_color),
    Role("position", Capability.POSITION, Kind.COVER, _ids("position", "opening"),
         _NUMBERS, _tell_percent, _send_percent),
    Role("position", Capability.POSITION, Kind.COVER,
         _ids("action", "open", "shutter", "cover", "door"),
         _SWITCHES, _tell_two(100, 0), _send_two(100, 0)),
    Role("lock", Capability.LOCK, Kind.LOCK, _ids("lock", "locked"),
         _SWITCHES, _tell_two("LOCKED", "UNLOCKED"), _send_two("LOCKED", "UNLOCKED")),
    Role("speed", Capability.SPEED, Kind.FAN, _ids("speed", "fan-speed"),
         _NUMBERS, _tell_percent, _send_percent),
    Role("volume", Capability.VOLUME, Kind.MEDIA_PLAYER, _ids("volume"),
         _NUMBERS, _tell_percent, _send_percent),
    Role("target_temperature", Capability.TEMPERATURE, Kind.CLIMATE,
         _ids("setpoint", "set-temperature", "target-temperature", "desired-temperature"),
         _NUMBERS, lambda prop, value: to_celsius(value, prop.unit),
         lambda prop, wish: (f"{from_celsius(float(wish), prop.unit):g}", wish)),
)  # fmt: skip
"""The last one that fits says what a node is, so that a dimmed relay is a light."""


@dataclass(frozen=True)
class Asked:
    """What to set, as path and text, and what is then reported."""

    sent: tuple[tuple[str, str], ...]
    reported: State


@dataclass(frozen=True)
class Part:
    """A node that people name, or all that only measures (with no node)."""

    node: str
    name: str
    kind: Kind
    roles: tuple[tuple[Role, Property], ...]
    sensors: tuple[Property, ...] = ()

    @property
    def can(self) -> frozenset[Capability]:
        """Return what it can be asked for."""
        return frozenset(role.capability for role, _ in self.roles) | {Capability.STATE}

    def tell(self, path: str, value: str) -> State:
        """Return what a value tells of this part."""
        for role, prop in self.roles:
            if prop.path == path:
                said = role.tell(prop, value)
                return {} if said is None else {role.property: said}
        for prop in self.sensors:
            if prop.path == path:
                measured = _measured(prop, value)
                return {} if measured is None else {identifier(prop.name): measured}
        return {}

    def order(self, wanted: State) -> Asked | None:
        """Return what has to be set; a dimmer without a switch is on when it shines."""
        sent, reported = [], {}
        by_property = {role.property: (role, prop) for role, prop in self.roles}
        for name, wish in wanted.items():
            if name == "state" and name not in by_property and len(wanted) > 1:
                continue
            role, prop = by_property.get(name, (None, None))
            written = role.send(prop, wish) if role and prop else None
            if prop is None or written is None:
                return None
            sent.append((prop.path, written[0]))
            reported[name] = written[1]
        return Asked(tuple(sent), reported)


def parts_of(description: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of a device."""
    parts: list[Part] = []
    sensors: list[Property] = []
    for node_id, node in list(mapping(description.get("nodes")).items())[:_MOST_NODES]:
        if not _usable_id(node_id) or not isinstance(node, dict):
            continue
        properties = list(_properties(node_id, node))
        roles = tuple((r, p) for r in ROLES for p in properties if p.settable and _fits(r, p))
        sensors += [prop for prop in properties if not prop.settable]
        if roles:
            name = clean(node.get("name")) or clean(node_id.replace("-", " "))
            parts.append(Part(node_id, name, _kind(node_id, node, roles), roles))
    measured = tuple(sensors[:_MOST_SENSORS])
    if parts:
        first = parts[0]
        return (Part(first.node, first.name, first.kind, first.roles, measured), *parts[1:])
    return (Part("", "", Kind.SENSOR, (), measured),) if measured else ()


def _properties(node_id: str, node: Mapping[str, Any]) -> Iterator[Property]:
    for name, prop in list(mapping(node.get("properties")).items())[:_MOST_NODES]:
        if _usable_id(name) and isinstance(prop, dict):
            yield Property(
                path=f"{node_id}/{name}",
                name=name,
                datatype=string(prop.get("datatype")),
                format=string(prop.get("format"))[:512],
                unit=string(prop.get("unit")),
                settable=prop.get("settable") is True,
            )


def _fits(role: Role, prop: Property) -> bool:
    return prop.name in role.ids and prop.datatype in role.datatypes


def _kind(node_id: str, node: Mapping[str, Any], roles: tuple[tuple[Role, Property], ...]) -> Kind:
    kind = roles[-1][0].kind
    described = f"{node_id} {string(node.get('type'))} {string(node.get('name'))}".lower()
    lamp = any(word in described for word in ("light", "lamp"))
    return Kind.LIGHT if kind is Kind.SWITCH and lamp else kind


def _usable_id(name: str) -> bool:
    """Tell whether this is a topic id: lower-case letters, digits and hyphens."""
    usable = 0 < len(name) <= _LONGEST_NODE_ID and name.isascii()
    return usable and name.replace("-", "a").isalnum() and name == name.lower()


def _measured(prop: Property, value: str) -> Told | None:
    if prop.datatype == "boolean":
        return {"true": True, "false": False}.get(value)
    if prop.datatype in _NUMBERS:
        return to_celsius(value, prop.unit) if prop.unit in {"°C", "°F"} else number(value)
    return told(value)
