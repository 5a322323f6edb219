"""Homie 5: https://homieiot.github.io/specification/ .

| topic                              | retained | payload                                         |
|------------------------------------|----------|-------------------------------------------------|
| `homie/5/DEVICE/$state`            | yes      | `init`, `ready`, `sleeping`, `lost`, …          |
| `homie/5/DEVICE/$description`      | yes      | nodes and properties: see `homie_properties`    |
| `homie/5/DEVICE/NODE/PROPERTY`     | yes      | the value, as text                              |
| `homie/5/DEVICE/NODE/PROPERTY/set` | never    | the wanted value, as text                       |

A property may have a `$target`, which says where the device is on its way to; it has obeyed only
when the value itself says so. A device exists from a valid `$state` to an empty one. The last will
is that of the root device alone, so a child is lost when its root is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edge_agent.bus.types import Message
from edge_agent.home.conventions.homie_properties import Part, parts_of
from edge_agent.home.conventions.types import (
    Command,
    Finding,
    Found,
    Gone,
    Order,
    Reachable,
    Reported,
)
from edge_agent.home.conventions.untrusted import (
    MOST_DEVICES,
    clean,
    json_object,
    string,
    text,
    topic,
)
from edge_agent.home.types import State

DEFAULT_DOMAIN = "homie"
_REACHABLE = {"init": False, "ready": True, "disconnected": False, "sleeping": True, "lost": False}
_LOST = "lost"


@dataclass
class _Device:
    """A device by its id: its `$state` and what its description says of it."""

    state: str = ""
    root: str = ""
    announced: bool = False
    parts: tuple[tuple[Found, Part], ...] = ()


class Homie:
    """Reads and drives the devices of one Homie domain."""

    name = "homie"

    def __init__(self, domain: str = DEFAULT_DOMAIN) -> None:
        """Know no device yet."""
        self._base = f"{domain}/5/"
        self._devices: dict[str, _Device] = {}

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the attributes of the devices, then the values of their properties."""
        return (f"{self._base}+/$state", f"{self._base}+/$description", f"{self._base}+/+/+")

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what an attribute or a value tells."""
        before, _, below = message.topic.partition(self._base)
        if before:
            return ()
        match below.split("/"):
            case [device, "$state"]:
                return tuple(self._read_state(device, message.payload))
            case [device, "$description"]:
                return tuple(self._read_description(device, message.payload))
            case [device, node, name]:
                return tuple(self._read_value(device, f"{node}/{name}", message.payload))
        return ()

    def order(self, key: str, wanted: State) -> Order | None:
        """Return a `set` for each property that has to change."""
        device = key.removeprefix("homie:").partition("/")[0]
        known = self._devices.get(device, _Device())
        part = next((part for found, part in known.parts if found.key == key), None)
        asked = part.order(wanted) if part else None
        if asked is None:
            return None
        values = {f"{self._base}{device}/{path}": value for path, value in asked.sent}
        commands = tuple(Command(f"{path}/set", value) for path, value in values.items())
        return Order(commands, asked.reported, tuple(values))

    def _device(self, device: str) -> _Device | None:
        if device not in self._devices and len(self._devices) < MOST_DEVICES and topic(device):
            self._devices[device] = _Device()
        return self._devices.get(device)

    def _read_state(self, name: str, payload: bytes) -> Iterator[Finding]:
        if not payload:
            gone = self._devices.pop(name, _Device())
            for found, _ in gone.parts if gone.announced else ():
                yield Gone(found.key)
            return
        state, device = text(payload, 64), self._device(name)
        if device is None or state not in _REACHABLE:
            return
        found_again = (device.state == _LOST) != (state == _LOST)
        device.state = state
        if not device.announced:
            device.announced = True
            yield from (found for found, _ in device.parts)
        yield from self._reachable(name)
        children = self._devices.items() if found_again else ()
        for child, known in tuple(children):
            if known.root == name:
                yield from self._reachable(child)

    def _read_description(self, name: str, payload: bytes) -> Iterator[Finding]:
        description, device = json_object(payload), self._device(name)
        if description is None or device is None:
            return
        before = {found.key: found for found, _ in device.parts}
        device.root = string(description.get("root"))
        device.parts = _parts(name, description)
        if not device.announced:
            return
        after = {found.key: found for found, _ in device.parts}
        for key in before.keys() - after.keys():
            yield Gone(key)
        yield from (found for key, found in after.items() if before.get(key) != found)
        yield from self._reachable(name)

    def _reachable(self, name: str) -> Iterator[Finding]:
        device = self._devices[name]
        root = self._devices.get(device.root, device)
        reachable = _REACHABLE.get(device.state, False) and root.state != _LOST
        for found, _ in device.parts if device.announced else ():
            yield Reachable(found.key, reachable)

    def _read_value(self, name: str, path: str, payload: bytes) -> Iterator[Finding]:
        device, value = self._devices.get(name), text(payload)
        if device is None or value is None or not device.announced:
            return
        for found, part in device.parts:
            state = part.tell(path, value)
            if state:
                yield Reported(found.key, state)


def _parts(device: str, description: dict[str, Any]) -> tuple[tuple[Found, Part], ...]:
    name = clean(description.get("name")) or clean(device.replace("-", " "))
    parts = parts_of(description)
    found = []
    for part in parts:
        spoken = f"{name} {part.name}" if len(parts) > 1 else name
        key = f"homie:{device}/{part.node}" if part.node else f"homie:{device}"
        found.append((Found(key, clean(spoken), "", part.kind, part.can), part))
    return tuple(found)
