"""Zigbee2MQTT: https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html .

| topic (below the base topic)   | retained | payload                                            |
|--------------------------------|----------|----------------------------------------------------|
| `bridge/devices`               | yes      | every device with its `definition.exposes`         |
| `bridge/groups`                | yes      | every group with its members and scenes            |
| `bridge/state`                 | yes      | `online`, or `{"state": "online"}`                 |
| `bridge/logging`               | no       | `{"level": "error", "message": "Publish 'set' …"}` |
| `FRIENDLY_NAME`                | maybe    | the state, `{"state": "ON", "brightness": 215}`    |
| `FRIENDLY_NAME/availability`   | yes      | as `bridge/state`                                  |
| `FRIENDLY_NAME/set`            | never    | the command, `{"state": "ON"}`                     |

A friendly name may contain `/`; `kitchen/floor_light` is read as "floor light" in the kitchen.
Where it is the address, because nobody has named the device, its description is read instead.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from edge_agent.bus.types import Message
from edge_agent.home.conventions.types import (
    Command,
    Finding,
    Found,
    Gone,
    Listen,
    Order,
    Reachable,
    Refused,
    Reported,
)
from edge_agent.home.conventions.untrusted import (
    MOST_DEVICES,
    MOST_SUBSCRIPTIONS,
    clean,
    json_object,
    json_value,
    mapping,
    objects,
    string,
    text,
    topic,
)
from edge_agent.home.conventions.zigbee2mqtt_parts import Part, parts_of
from edge_agent.home.types import Kind, State

DEFAULT_BASE = "zigbee2mqtt"
_LARGEST_DEVICE_LIST_BYTES = 64 * 1024 * 1024
"""A definition has up to 30 kB, so that 2,000 devices fit."""
_LONGEST_REASON = 160


@dataclass(frozen=True)
class _Thing:
    """A part of a device, a group, or a scene, and the topic (below the base) that it has."""

    found: Found
    address: str
    topic: str
    part: Part
    scene: int | None = None


class Zigbee2Mqtt:
    """Reads and drives what one Zigbee2MQTT has under its base topic."""

    name = "zigbee2mqtt"

    def __init__(self, base: str = DEFAULT_BASE) -> None:
        """Take the base topic of `mqtt.base_topic` in its configuration."""
        self._base = base
        self._of_bridge = {
            "bridge/state": self._read_bridge_state,
            "bridge/devices": self._read_devices,
            "bridge/groups": self._read_groups,
            "bridge/logging": self._read_log,
        }
        self._devices: dict[str, _Thing] = {}
        self._groups: dict[str, _Thing] = {}
        self._announced_groups: list[dict[str, Any]] = []
        self._by_topic: dict[str, list[str]] = {}
        self._available: dict[str, bool] = {}
        self._bridge_online = True
        self._listening: set[str] = set()

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the topics of the bridge, then those of the devices."""
        bridge = tuple(f"{self._base}/{name}" for name in self._of_bridge)
        return (*bridge, f"{self._base}/+", f"{self._base}/+/availability")

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what a message below the base topic tells."""
        before, _, below = message.topic.partition(f"{self._base}/")
        if before or not below:
            return ()
        name = below.removesuffix("/availability")
        if below in self._of_bridge:
            findings = self._of_bridge[below](message.payload)
        elif name != below and name in self._by_topic:
            findings = self._read_availability(name, message.payload)
        else:
            findings = self._read_state(below, message.payload)
        return tuple(findings)

    def order(self, key: str, wanted: State) -> Order | None:
        """Return the one message on `FRIENDLY_NAME/set` that asks for all of `wanted`."""
        thing = self._thing(key)
        if thing is None:
            return None
        if thing.scene is not None:
            payload: dict[str, Any] = {"scene_recall": thing.scene}
            return self._command(thing, payload, {}) if "scene" in wanted else None
        asked = thing.part.payload(wanted)
        return None if asked is None else self._command(thing, *asked)

    def _command(self, thing: _Thing, payload: dict[str, Any], confirmed_by: State) -> Order:
        told_on = f"{self._base}/{thing.topic}"
        command = Command(f"{told_on}/set", json.dumps(payload))
        return Order((command,), confirmed_by, (told_on,) if confirmed_by else ())

    def _read_devices(self, payload: bytes) -> Iterator[Finding]:
        listed = json_value(payload, _LARGEST_DEVICE_LIST_BYTES)
        if not isinstance(listed, list):
            return
        things: dict[str, _Thing] = {}
        for device in objects(listed)[:MOST_DEVICES]:
            things |= _things_of_device(self._base, device)
        yield from _changes(self._devices, things)
        self._devices = things
        yield from self._regroup()

    def _read_groups(self, payload: bytes) -> Iterator[Finding]:
        listed = json_value(payload)
        if isinstance(listed, list):
            self._announced_groups = objects(listed)[:MOST_DEVICES]
            yield from self._regroup()

    def _regroup(self) -> Iterator[Finding]:
        """Work out the groups anew: what they can do follows from their members."""
        members: dict[str, list[_Thing]] = {}
        for thing in self._devices.values():
            members.setdefault(thing.address, []).append(thing)
        groups: dict[str, _Thing] = {}
        for group in self._announced_groups:
            groups |= _things_of_group(self._base, group, members)
        yield from _changes(self._groups, groups)
        self._groups = groups
        self._by_topic = {}
        for key, thing in (self._devices | self._groups).items():
            self._by_topic.setdefault(thing.topic, []).append(key)
        yield from self._listen()

    def _listen(self) -> Iterator[Finding]:
        """Subscribe to friendly names with a slash, which the filters do not cover."""
        for name in self._by_topic:
            fresh = name not in self._listening and len(self._listening) < MOST_SUBSCRIPTIONS
            if "/" in name and fresh:
                self._listening.add(name)
                yield Listen(f"{self._base}/{name}")
                yield Listen(f"{self._base}/{name}/availability")

    def _read_bridge_state(self, payload: bytes) -> Iterator[Finding]:
        online = _is_online(payload)
        if online is None or online == self._bridge_online:
            return
        self._bridge_online = online
        for key, thing in (self._devices | self._groups).items():
            yield Reachable(key, online and self._available.get(thing.topic, True))

    def _read_availability(self, name: str, payload: bytes) -> Iterator[Finding]:
        online = _is_online(payload)
        if online is None:
            return
        self._available[name] = online
        for key in self._by_topic[name]:
            yield Reachable(key, online and self._bridge_online)

    def _read_state(self, name: str, payload: bytes) -> Iterator[Finding]:
        keys = self._by_topic.get(name)
        published = json_object(payload) if keys else None
        if not keys or published is None:
            return
        for key in keys:
            thing = self._thing(key)
            state = thing.part.state(published) if thing else {}
            if state:
                yield Reported(key, state)

    def _read_log(self, payload: bytes) -> Iterator[Finding]:
        """Read `Publish 'set' 'state' to 'NAME' failed: 'REASON'`."""
        log = json_object(payload)
        if log is None or log.get("level") != "error":
            return
        before, _, reason = string(log.get("message")).partition("' failed: ")
        name = before.partition("Publish 'set' ")[2].partition(" to '")[2]
        for key in self._by_topic.get(name, ()):
            yield Refused(key, clean(reason.rpartition(" failed (")[2], _LONGEST_REASON))

    def _thing(self, key: str) -> _Thing | None:
        return self._devices.get(key) or self._groups.get(key)


def _things_of_device(base: str, device: dict[str, Any]) -> dict[str, _Thing]:
    address, name = clean(device.get("ieee_address")), topic(device.get("friendly_name"))
    usable = device.get("type") != "Coordinator" and device.get("disabled") is not True
    if not (address and name and usable):
        return {}
    hardware = frozenset({f"ieee:{address.lower()}"})
    things = {}
    definition = mapping(device.get("definition"))
    unnamed = name.casefold() == address.casefold()
    spoken = (clean(definition.get("description")) if unnamed else "") or name
    for part in parts_of(definition.get("exposes")):
        place = f"/{clean(part.endpoint)}" if part.endpoint else ""
        found = _found(
            f"zigbee2mqtt:{address}{place}",
            spoken,
            part,
            identifiers=hardware,
            topics=_set_topics(base, name, part),
        )
        things[found.key] = _Thing(found, address, name, part)
    return things | _scenes(device, f"zigbee2mqtt:{address}", name)


def _things_of_group(
    base: str, group: dict[str, Any], members: dict[str, list[_Thing]]
) -> dict[str, _Thing]:
    """Return a group as one device, if all that is known of its members is of one kind."""
    name, number = topic(group.get("friendly_name")), group.get("id")
    if name is None or not isinstance(number, int):
        return {}
    parts = [
        thing.part
        for member in objects(group.get("members"))
        for thing in members.get(clean(member.get("ieee_address")), [])
        if thing.scene is None and thing.part.kind is not Kind.SENSOR
    ]
    own = "" if base == DEFAULT_BASE else f"{base}/"
    key = f"zigbee2mqtt:{own}group/{number}"
    scenes = _scenes(group, key, name)
    if not parts or len({part.kind for part in parts}) != 1:
        return scenes
    able = frozenset.intersection(*(part.can for part in parts))
    part = parts[0].as_group(able)
    found = _found(key, name, part, topics=_set_topics(base, name, part))
    return {key: _Thing(found, "", name, part)} | scenes


def _scenes(owner: dict[str, Any], key: str, name: str) -> dict[str, _Thing]:
    """Return the scenes that are stored in a device or a group."""
    nothing = Part(Kind.SCENE, "", ())
    things = {}
    for scene in objects(owner.get("scenes")):
        number, title = scene.get("id"), clean(scene.get("name"))
        if isinstance(number, int) and title:
            found = Found(f"{key}/scene/{number}", title, _area(name), Kind.SCENE, frozenset())
            things[found.key] = _Thing(found, "", name, nothing, scene=number)
    return things


def _found(
    key: str,
    name: str,
    part: Part,
    identifiers: frozenset[str] = frozenset(),
    topics: frozenset[str] = frozenset(),
) -> Found:
    spoken = f"{name.rpartition('/')[2]} {part.endpoint}"
    return Found(key, clean(spoken), _area(name), part.kind, part.can, identifiers, topics)


def _area(name: str) -> str:
    return clean(name.rpartition("/")[0].replace("/", " "))


def _set_topics(base: str, name: str, part: Part) -> frozenset[str]:
    """Return where its commands may go: the long way also names the endpoint or the property."""
    if part.kind is Kind.SENSOR:
        return frozenset()
    whole = f"{base}/{name}/set"
    if not part.endpoint:
        return frozenset({whole, *(f"{whole}/{f.property}" for _, f in part.aspects)})
    return frozenset({f"{base}/{name}/{part.endpoint}/set"})


def _changes(before: dict[str, _Thing], after: dict[str, _Thing]) -> Iterable[Finding]:
    for key in before.keys() - after.keys():
        yield Gone(key)
    for key, thing in after.items():
        if key not in before or before[key].found != thing.found:
            yield thing.found


def _is_online(payload: bytes) -> bool | None:
    """Read both forms, `online` and `{"state": "online"}`."""
    said = mapping(json_value(payload)).get("state") or text(payload, 64)
    return {"online": True, "offline": False}.get(said) if isinstance(said, str) else None
