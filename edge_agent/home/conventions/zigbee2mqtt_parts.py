"""The parts of a Zigbee device that people name, made of what Zigbee2MQTT exposes.

A specific expose (`light`, `cover`, …) is a part that can be driven; a multi-gang switch has one
for each endpoint. Generic exposes are what the device measures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from edge_agent.home.conventions.untrusted import identifier, objects, string
from edge_agent.home.conventions.zigbee2mqtt_exposes import (
    ASPECTS,
    PUBLISHED,
    SETTABLE,
    Aspect,
    Feature,
    Told,
    Wish,
    measured,
)
from edge_agent.home.types import Capability, Kind, State

_MOST_SENSORS = 16
_KIND = {
    "light": Kind.LIGHT,
    "switch": Kind.SWITCH,
    "fan": Kind.FAN,
    "cover": Kind.COVER,
    "lock": Kind.LOCK,
    "climate": Kind.CLIMATE,
}
_NEVER_A_PART = {"child_lock"}
"""Settings that are exposed as a lock or a switch, and that nobody means when saying so."""
_NOT_MEASURED = {"linkquality", "action", "update", "update_available", "identify", "effect"}
_NOT_WORTH_A_DEVICE = {
    "battery",
    "battery_low",
    "voltage",
    "power_outage_count",
    "device_temperature",
}


@dataclass(frozen=True)
class Part:
    """A part of a device that people name: its aspects, and what it measures."""

    kind: Kind
    endpoint: str
    aspects: tuple[tuple[Aspect, Feature], ...]
    sensors: tuple[Feature, ...] = ()

    @property
    def can(self) -> frozenset[Capability]:
        """Return what it can be asked for."""
        able = {a.capability for a, f in self.aspects if a.send and f.access & SETTABLE}
        return frozenset(c for c in able if c) | {Capability.STATE}

    def state(self, published: Mapping[str, Any]) -> State:
        """Return what the JSON of the device tells of this part."""
        state: dict[str, Told] = {}
        for feature in self.sensors:
            value = measured(feature, published.get(feature.property))
            if value is not None:
                state[identifier(feature.name)] = value
        for aspect, feature in self.aspects:
            value = aspect.tell(feature, published.get(feature.property))
            if value is not None:
                state[aspect.property] = value
        return state

    def payload(self, wanted: State) -> tuple[dict[str, Any], State] | None:
        """Return the JSON that makes it so, and what it will then report; None if it cannot."""
        command: dict[str, Any] = {}
        reported: dict[str, Told] = {}
        for name, wish in wanted.items():
            sent = self._sent(name, wish)
            if sent is None:
                return None
            property_name, command[property_name], reported[name] = sent
        return command, reported

    def as_group(self, able: frozenset[Capability]) -> "Part":
        """Return the part that stands for a group, whose members are all `able` to do this."""
        aspects = tuple(
            (aspect, replace(feature, property=feature.property.removesuffix(f"_{self.endpoint}")))
            for aspect, feature in self.aspects
            if aspect.capability is None or aspect.capability in able
        )
        return Part(self.kind, "", aspects)

    def _sent(self, name: str, wish: Wish) -> tuple[str, Any, Told] | None:
        for aspect, feature in reversed(self.aspects):
            if aspect.property == name and aspect.send and feature.access & SETTABLE:
                sent = aspect.send(feature, wish)
                if sent is not None:
                    return feature.property, *sent
        return None


def parts_of(exposes: object) -> tuple[Part, ...]:
    """Return the parts of a device; what it measures belongs to the first, or is a sensor."""
    parts, sensors = [], []
    for expose in objects(exposes):
        kind = _KIND.get(string(expose.get("type")))
        if kind is None:
            sensors += _sensor(expose)
        else:
            parts += _driven(kind, expose)
    measures = tuple(sensors[:_MOST_SENSORS])
    if parts:
        first = parts[0]
        return (Part(first.kind, first.endpoint, first.aspects, measures), *parts[1:])
    if {feature.name for feature in measures} - _NOT_WORTH_A_DEVICE:
        return (Part(Kind.SENSOR, "", (), measures),)
    return ()


def _driven(kind: Kind, expose: Mapping[str, Any]) -> list[Part]:
    features = {f.name: f for f in map(Feature.read, objects(expose.get("features")))}
    if any(feature.property in _NEVER_A_PART for feature in features.values()):
        return []
    rows = ASPECTS[string(expose.get("type"))]
    aspects = tuple((aspect, features[name]) for name, aspect in rows.items() if name in features)
    part = Part(kind, string(expose.get("endpoint")), aspects)
    return [part] if part.can > {Capability.STATE} else []


def _sensor(expose: Mapping[str, Any]) -> list[Feature]:
    feature = Feature.read(expose)
    if string(expose.get("type")) not in {"numeric", "binary", "enum", "text"}:
        return []
    unwanted = feature.name in _NOT_MEASURED or expose.get("category") == "config"
    if unwanted or not identifier(feature.name) or not feature.access & PUBLISHED:
        return []
    return [] if feature.access & SETTABLE else [feature]
