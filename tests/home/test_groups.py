"""Which groups a home has, and what they are called."""

import random

from edge_agent.home.groups import MOST_GROUPS, MOST_MEMBERS, groups_of
from edge_agent.home.types import UNKNOWN_AREA, Capability, Device, Kind

ON_OFF = frozenset({Capability.ON_OFF})


def thing(id_: str, name: str, area: str, kind: Kind = Kind.LIGHT) -> Device:
    return Device(id_, name, area, kind, ON_OFF)


HOME = (
    thing("k1", "ceiling light", "Kitchen"),
    thing("k2", "hob lamp", "kitchen"),
    thing("k3", "kettle", "kitchen", Kind.SWITCH),
    thing("b1", "bedside lamp", "bedroom"),
    thing("b2", "left blind", "bedroom", Kind.COVER),
    thing("b3", "right blind", "bedroom", Kind.COVER),
    thing("g1", "battery", "garden", Kind.SENSOR),
    thing("g2", "good night", "garden", Kind.SCENE),
)


def members(*devices: Device, areas=None) -> dict[str, list[str]]:
    return {it.name: [d.id for d in it.devices] for it in groups_of(devices, areas)}


def test_there_is_one_for_each_sort_and_area_with_two() -> None:
    assert members(*HOME) == {
        "all blinds": ["b2", "b3"],
        "all lights": ["b1", "k1", "k2"],
        "bedroom blinds": ["b2", "b3"],
        "everything": ["b1", "b2", "b3", "k1", "k2", "k3"],
        "everything in the bedroom": ["b1", "b2", "b3"],
        "everything in the kitchen": ["k1", "k2", "k3"],
        "kitchen lights": ["k1", "k2"],
    }


def test_an_area_can_go_by_another_name_or_hold_others() -> None:
    areas = {"Upstairs": ("bedroom", "loft"), "cookhouse": ("kitchen",), "nowhere": ("moon",)}
    found = members(*HOME, thing("l1", "lamp", "Loft"), areas=areas)
    assert found["upstairs lights"] == ["b1", "l1"]
    assert found["everything upstairs"] == ["b1", "b2", "b3", "l1"]
    assert found["cookhouse lights"] == found["kitchen lights"]
    assert not any("nowhere" in name for name in found)


def test_what_is_in_no_known_area_makes_no_group_there() -> None:
    lamps = (thing("1", "lamp 1", UNKNOWN_AREA), thing("2", "lamp 2", UNKNOWN_AREA))
    assert set(members(*lamps)) == {"all lights", "everything"}


def test_a_device_keeps_its_name() -> None:
    strip = thing("k0", "Kitchen  lights", "kitchen")
    assert "kitchen lights" not in members(*HOME, strip)


def test_sorts_are_told_by_their_last_word() -> None:
    switches = ("old switch", "new switch", "big battery", "small battery", "plug 1", "plug 2")
    named = members(*(thing(n, n, "den", Kind.SWITCH) for n in switches))
    assert {"den switches", "den batteries", "den plugs"} <= set(named)


def test_large_homes_have_few_groups_and_none_is_huge() -> None:
    home = [thing(f"{n:04}", f"lamp {n}", f"room {n % 90}") for n in range(900)]
    found = groups_of(home)
    assert len(found) == MOST_GROUPS
    assert max(len(group.devices) for group in found) <= MOST_MEMBERS
    assert len(groups_of(home, at_most=3)) == 3


def test_the_order_of_devices_does_not_matter() -> None:
    shuffled = list(HOME)
    random.Random(1).shuffle(shuffled)
    assert groups_of(shuffled) == groups_of(HOME)
