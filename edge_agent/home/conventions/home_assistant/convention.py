"""The convention as a whole: components come and go, and their topics are heard."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from edge_agent.bus.types import Message
from edge_agent.home.conventions.home_assistant.announcements import (
    Announced,
    Availability,
    components_of,
)
from edge_agent.home.conventions.home_assistant.templates import TemplateRefusedError, render_value
from edge_agent.home.conventions.types import (
    Finding,
    Found,
    Gone,
    Listen,
    Order,
    Reachable,
    Reported,
)
from edge_agent.home.conventions.untrusted import (
    MOST_DEVICES,
    MOST_SUBSCRIPTIONS,
    clean,
    json_object,
    text,
)
from edge_agent.home.types import Capability, Kind, State

DEFAULT_PREFIX = "homeassistant"
_LARGEST_CONFIG_BYTES = 128 * 1024
_MOST_COMPONENTS = 5 * MOST_DEVICES
_MOST_COMPONENTS_OF_A_DEVICE = 256
_LARGEST_REMEMBERED = 2_048


class HomeAssistant:
    """Reads and drives what devices announce to Home Assistant, ESPHome's among them.

    Each component that can be driven is a device; the sensors of the same device belong to the
    first of them, or, where there is none, are one sensor together.
    """

    name = "home_assistant"

    def __init__(self, prefix: str = DEFAULT_PREFIX) -> None:
        """Take the discovery prefix."""
        self._prefix = prefix
        self._announced: dict[str, dict[str, Announced]] = {}
        self._devices: dict[str, dict[str, Announced]] = {}
        self._found: dict[str, dict[str, Found]] = {}
        self._by_key: dict[str, Announced] = {}
        self._listeners: dict[str, dict[str, Announced]] = {}
        self._last: dict[str, str] = {}
        self._available: dict[str, dict[str, bool]] = {}
        self._payloads: dict[str, int] = {}
        self._count = 0

    @property
    def filters(self) -> tuple[str, ...]:
        """Return both forms of the discovery topic."""
        return (f"{self._prefix}/+/+/config", f"{self._prefix}/+/+/+/config")

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what a discovery payload, or a state of a known component, tells."""
        found: list[Finding] = []
        before, _, below = message.topic.partition(f"{self._prefix}/")
        if not before and below.endswith("/config"):
            found += self._read_config(below.removesuffix("/config"), message.payload)
        payload = text(message.payload) if message.topic in self._listeners else None
        if payload is not None:
            self._last[message.topic] = payload if len(payload) <= _LARGEST_REMEMBERED else ""
            for announced in tuple(self._listeners[message.topic].values()):
                found += self._read_state(announced, message.topic, payload)
        return tuple(found)

    def order(self, key: str, wanted: State) -> Order | None:
        """Return the commands of a component."""
        announced = self._by_key.get(key)
        entity = announced.entity if announced else None
        order = entity.order(wanted) if entity else None
        if entity is None or order is None or not order.confirmed_by:
            return order
        return replace(order, told_on=tuple(dict.fromkeys(it.topic for it in entity.readings)))

    def _read_config(self, path: str, payload: bytes) -> Iterator[Finding]:
        config = json_object(payload, _LARGEST_CONFIG_BYTES)
        if (config is None and payload) or self._payloads.get(path) == hash(payload):
            return
        before = self._announced.pop(path, {})
        self._payloads.pop(path, None)
        for announced in before.values():
            self._take_back(announced)
        after = {a.path: a for a in components_of(path, config or {}) if self._take(a)}
        if after:
            self._announced[path] = after
            self._payloads[path] = hash(payload)
        for gone in before.keys() - after.keys():
            self._available.pop(gone, None)
        for device in {a.device: None for a in (*before.values(), *after.values())}:
            known = self._found.get(device, {}).keys()
            yield from self._refresh(device)
            fresh = self._found.get(device, {}).keys() - known
            for announced in tuple(self._devices.get(device, {}).values()):
                yield from self._listen(announced) if announced.path in after else ()
                if fresh or announced.path in after.keys() - before.keys():
                    yield from self._recall(announced)

    def _take(self, announced: Announced) -> bool:
        """Keep a component, unless there are more than any house or device has."""
        components = self._devices.get(announced.device, {})
        if self._count >= _MOST_COMPONENTS or len(components) >= _MOST_COMPONENTS_OF_A_DEVICE:
            return False
        self._count += 1
        self._devices.setdefault(announced.device, components)[announced.path] = announced
        return True

    def _take_back(self, announced: Announced) -> None:
        self._count -= 1
        _drop(self._devices, announced.device, announced.path)
        for topic in _topics(announced):
            _drop(self._listeners, topic, announced.path)

    def _refresh(self, device: str) -> Iterator[Finding]:
        """Work out a device anew from its components."""
        before = self._found.pop(device, {})
        found = dict(_found(device, self._devices.get(device, {})))
        for key in before.keys() - found.keys():
            self._by_key.pop(key, None)
            yield Gone(key)
        for key, (new, announced) in found.items():
            self._by_key[key] = announced
            if before.get(key) != new:
                yield new
        if found:
            self._found[device] = {key: new for key, (new, _) in found.items()}

    def _listen(self, announced: Announced) -> Iterator[Finding]:
        for topic in _topics(announced):
            self._listeners.setdefault(topic, {})[announced.path] = announced
            if topic not in self._last and len(self._last) < MOST_SUBSCRIPTIONS:
                self._last[topic] = ""
                yield Listen(topic)

    def _recall(self, announced: Announced) -> Iterator[Finding]:
        """Read what was heard before on topics that the component shares with earlier ones."""
        for topic in _topics(announced):
            payload = self._last.get(topic)
            for finding in self._read_state(announced, topic, payload) if payload else ():
                yield (
                    replace(finding, remembered=True) if isinstance(finding, Reported) else finding
                )

    def _read_state(self, announced: Announced, topic: str, payload: str) -> Iterator[Finding]:
        key = self._key_of(announced)
        for availability in announced.availability:
            if availability.topic == topic:
                yield from self._read_availability(announced, availability, payload)
        readings = announced.entity.readings if announced.entity else announced.readings
        state: dict[str, str | int | float | bool] = {}
        for reading in readings:
            if reading.topic == topic:
                state |= reading.read(payload)
        if state and key:
            yield Reported(key, state)

    def _read_availability(
        self, announced: Announced, availability: Availability, payload: str
    ) -> Iterator[Finding]:
        said = _said(availability, payload)
        if said not in (availability.available, availability.not_available):
            return
        known = self._available.setdefault(announced.path, {})
        known[availability.topic] = said == availability.available
        topics = {entry.topic for entry in announced.availability}
        match announced.availability_mode:
            case "all":
                reachable = all(known.get(topic, False) for topic in topics)
            case "any":
                reachable = any(known.values())
            case _:
                reachable = known[availability.topic]
        key = self._key_of(announced)
        driven = self._by_key.get(key)
        if driven and (announced.entity or driven.entity is None):
            yield Reachable(key, reachable)

    def _key_of(self, announced: Announced) -> str:
        """Return the device that a component is, or whose sensor it is."""
        own = f"{self.name}:{announced.path}"
        found = self._found.get(announced.device, {})
        return own if own in found else next(iter(found), "")


def _found(
    device: str, components: Mapping[str, Announced]
) -> Iterator[tuple[str, tuple[Found, Announced]]]:
    """Return what stands for a device: each component that can be driven, or its sensors."""
    driven = sorted((a for a in components.values() if a.entity), key=lambda a: a.path)
    for announced in driven:
        entity = announced.entity
        if entity:
            key = f"{HomeAssistant.name}:{announced.path}"
            described = _describe(key, announced, entity.kind, entity.can, topics=entity.topics)
            yield key, (described, announced)
    if not driven and components:
        first = min(components.values(), key=lambda a: a.path)
        key = f"{HomeAssistant.name}:sensors/{device}"
        can = frozenset({Capability.STATE})
        alone = len(components) == 1 and not first.device_name
        name = first.name if alone else first.device_name or first.name
        described = _describe(key, first, Kind.SENSOR, can, name=name)
        yield key, (described, first)


def _describe(
    key: str,
    announced: Announced,
    kind: Kind,
    can: frozenset[Capability],
    *,
    topics: frozenset[str] = frozenset(),
    name: str = "",
) -> Found:
    spoken = name or _spoken(announced)
    return Found(
        key=key,
        name=spoken or clean(announced.path.rpartition("/")[2]),
        area=announced.area,
        kind=kind,
        can=can,
        identifiers=announced.identifiers,
        topics=topics,
        device_class=announced.device_class,
    )


def _spoken(announced: Announced) -> str:
    """Return the name of the device with that of the component, which may repeat it or be none."""
    device, own = announced.device_name, announced.name
    if not device or own.casefold().startswith(device.casefold()):
        return own or device
    return clean(f"{device} {own}")


def _drop(kept: dict[str, dict[str, Announced]], key: str, path: str) -> None:
    """Take `path` out of `kept[key]`, and that away when nothing is left in it."""
    components = kept.get(key, {})
    components.pop(path, None)
    if not components:
        kept.pop(key, None)


def _topics(announced: Announced) -> dict[str, None]:
    """Return what a component is heard on, availability last."""
    readings = announced.entity.readings if announced.entity else announced.readings
    heard = [reading.topic for reading in readings]
    return dict.fromkeys([*heard, *(entry.topic for entry in announced.availability)])


def _said(availability: Availability, payload: str) -> str:
    if not availability.template:
        return payload
    try:
        return render_value(availability.template, payload)
    except TemplateRefusedError:
        return ""
