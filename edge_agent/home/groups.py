"""Devices that people speak of together: "the kitchen lights", "all blinds", "everything upstairs".

Nobody writes groups down: they follow from names, areas and kinds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from edge_agent.home.types import UNKNOWN_AREA, Device, Kind

Areas = Mapping[str, tuple[str, ...]]
"""Areas by another name, or wider ones: `{"upstairs": ("bedroom", "bathroom")}`."""

MOST_GROUPS = 24
"""How many are told of, so that a large home's prompt stays short."""
MOST_MEMBERS = 100
"""A group of more is none: so much should not be done by three words."""

_ALONE = frozenset({Kind.SENSOR, Kind.SCENE, Kind.TOOL})
_ADVERBS = frozenset({"upstairs", "downstairs", "inside", "outside", "outdoors", "indoors"})
_HISSING = ("ch", "sh", "x", "z")


@dataclass(frozen=True)
class Group:
    """At least two devices that go by one name, in lower case.

    `things` is what its members are in the plural, to stand after a number: "kitchen lights".
    """

    name: str
    things: str
    area: str
    devices: tuple[Device, ...]


def groups_of(
    devices: Iterable[Device], areas: Areas | None = None, at_most: int = MOST_GROUPS
) -> tuple[Group, ...]:
    """Return the groups of a home, sorted by their names; the widest where there are many.

    There is one for each area, and for the whole home, and each sort of thing of which there are
    two: lights, and whatever else has the same last word. A name that a device has is its own.
    """
    members = sorted((it for it in devices if it.kind not in _ALONE), key=lambda it: it.id)
    names = {_words(device.name) for device in members}
    found = {
        group.name: group
        for area, there in _places(members, areas or {}).items()
        for group in _groups_in(area, there)
        if group.name not in names and 1 < len(group.devices) <= MOST_MEMBERS
    }
    widest = sorted(found.values(), key=lambda it: (it.area != "", -len(it.devices), it.name))
    return tuple(sorted(widest[:at_most], key=lambda it: it.name))


def _places(members: list[Device], areas: Areas) -> dict[str, list[Device]]:
    """Return who is where, by area; "" is the whole home."""
    places: dict[str, list[Device]] = {"": members}
    for device in members:
        if device.area != UNKNOWN_AREA:
            places.setdefault(_words(device.area), []).append(device)
    for area, parts in areas.items():
        within = {_words(part) for part in (area, *parts)}
        places[_words(area)] = [it for it in members if _words(it.area) in within]
    return places


def _groups_in(area: str, there: list[Device]) -> Iterator[Group]:
    sorts: dict[str, list[Device]] = {}
    for device in there:
        sorts.setdefault(_plural(device), []).append(device)
    for things, devices in sorts.items():
        name = f"{area} {things}" if area else f"all {things}"
        yield Group(name, name if area else things, area, tuple(devices))
    where = f" {_inside(area)}" if area else ""
    yield Group(f"everything{where}", f"things{where}", area, tuple(there))


def _plural(device: Device) -> str:
    """Return what several such devices are called."""
    if device.kind is Kind.LIGHT:
        return "lights"
    named = [word for word in _words(device.name).split() if not word.isdigit()]
    word = named[-1] if named else device.kind.value.replace("_", " ")
    if word.endswith("s"):
        return word
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(_HISSING) else f"{word}s"


def _inside(area: str) -> str:
    return area if area in _ADVERBS else f"in the {area}"


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
