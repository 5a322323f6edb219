"""What is asked of several devices by one name: "the kitchen lights", "everything upstairs"."""

import random
from collections import Counter
from dataclasses import replace

from edge_agent.home.groups import Group, groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools.contract import HOME_TOOLS
from tools.nano.requests import Request, Style, ask_for

_EVERYTHING = "everything"
_DOING = tuple(tool for tool in HOME_TOOLS if tool.name != "get_state")


def askable_groups(home: list[Device]) -> list[Group]:
    """Return the groups of `home` that can be told to do something as one."""
    return [
        group for group in groups_of(home) if any(tool.fits(as_device(group)) for tool in _DOING)
    ]


def draw_group(groups: list[Group], chance: random.Random) -> Group:
    """Draw one of `groups`; things of one sort are asked for more often than everything."""
    weights = [1.0 if group.name.startswith(_EVERYTHING) else 3.0 for group in groups]
    return chance.choices(groups, weights)[0]


def ask_for_group(group: Group, style: Style, chance: random.Random, *, digits: bool) -> Request:
    """Ask something of all that is in `group`, as one would of a device with its name."""
    device = as_device(group)
    device = replace(device, name=_said(group, chance))
    asked = ask_for((device,), style, chance, digits=digits)
    while asked.calls[0].name == "get_state":
        asked = ask_for((device,), style, chance, digits=digits)
    calls = tuple(
        replace(call, arguments=call.arguments | {"device": group.name}) for call in asked.calls
    )
    return Request(asked.text, calls, group.devices)


def as_device(group: Group) -> Device:
    """Return a device that can do what at least two of the group can do; its state is not asked."""
    counted = Counter(ability for device in group.devices for ability in device.can)
    can = frozenset(it for it, count in counted.items() if count > 1) - {Capability.STATE}
    kinds = {device.kind for device in group.devices}
    if len(kinds) > 1:
        return Device("group", group.name, group.area, Kind.SWITCH, can & {Capability.ON_OFF})
    return Device("group", group.name, group.area, kinds.pop(), can)


def _said(group: Group, chance: random.Random) -> str:
    """Name a group as people do: "the kitchen lights", "all the lights in the kitchen"."""
    things = group.name.removeprefix(f"{group.area.lower()} ") if group.area else group.things
    if group.name.startswith(_EVERYTHING):
        said = chance.choice(
            (_EVERYTHING, _EVERYTHING, "all things") if group.area else (_EVERYTHING,)
        )
        return group.name.replace(_EVERYTHING, said)
    if not group.area:
        things = things.removeprefix("all ")
        return chance.choice((f"all {things}", f"all the {things}", f"all of the {things}", things))
    where = chance.choice((f"in the {group.area}", f"of the {group.area}", f"in {group.area}"))
    return chance.choice(
        (
            group.name,
            group.name,
            f"all {group.name}",
            f"all the {group.name}",
            f"all {things} {where}",
            f"all the {things} {where}",
            f"{things} {where}",
            f"every one of the {group.name}",
        )
    )
