"""What the things of a home are called between people and the model: each name means one thing."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from itertools import chain, count

from edge_agent.home.groups import Group
from edge_agent.home.types import Device
from edge_agent.model.untrusted_text import defuse
from edge_agent.tools.contract import HomeTool

Named = Device | Group
Names = Mapping[str, Named]
"""Which thing is meant by each name that the model can say."""


def names_for(devices: Iterable[Device], groups: Iterable[Group] = ()) -> dict[str, Named]:
    """Name every device, by its aliases too, and those of `groups` whose name is still free.

    They are sorted, whatever the order of the devices.
    """
    spoken = spoken_names(devices)
    named: dict[str, Named] = {name: device for device, name in spoken.items()}
    taken = {name.casefold() for name in named}
    more: list[tuple[str, Named]] = []
    for device in sorted(spoken, key=lambda it: it.id):
        more += ((one_line(alias), device) for alias in device.aliases)
    more += ((one_line(group.name), group) for group in groups)
    for name, thing in more:
        if name and name.casefold() not in taken:
            named[name] = thing
            taken.add(name.casefold())
    return {name: named[name] for name in sorted(named)}


def able(tool: HomeTool, thing: Named) -> tuple[Device, ...]:
    """Return the devices that `tool` would act on; a group of which only one can do it has none."""
    if isinstance(thing, Device):
        return (thing,) if tool.fits(thing) else ()
    members = tuple(device for device in thing.devices if tool.fits(device))
    return members if len(members) > 1 else ()


def devices_of(thing: Named) -> tuple[Device, ...]:
    """Return the members of a group, and a device by itself."""
    return (thing,) if isinstance(thing, Device) else thing.devices


def names_of(device_id: str, names: Names) -> list[str]:
    """Return what a model can call the device with that id."""
    return [name for name, it in names.items() if isinstance(it, Device) and it.id == device_id]


def spoken_names(devices: Iterable[Device]) -> dict[Device, str]:
    """Give every device a name of its own: its name, with its area in front where two share one.

    Devices that would still share one are numbered in the order of their ids. Names are in lower
    case, as they are heard: a small model copies them more surely so. They are what people and
    devices made of them, so they are put on one line and cannot hold control tokens.
    """
    ordered = sorted(devices, key=lambda device: device.id)
    shared = Counter(_spoken(device).casefold() for device in ordered)
    taken: set[str] = set()
    names: dict[Device, str] = {}
    for device in ordered:
        name, area = _spoken(device), one_line(device.area)
        if shared[name.casefold()] > 1 and area.casefold() not in name.casefold():
            name = f"{area} {name}"
        names[device] = _not_taken(name, taken)
        taken.add(names[device].casefold())
    return names


def one_line(text: str) -> str:
    """Return `text` as it may stand in a prompt: lower case, one line, no control tokens."""
    return defuse(" ".join(text.lower().split()))


def _not_taken(name: str, taken: Container[str]) -> str:
    numbered = (f"{name} {number}" for number in count(2))
    return next(n for n in chain([name], numbered) if n.casefold() not in taken)


def _spoken(device: Device) -> str:
    return one_line(device.name) or device.kind.value
