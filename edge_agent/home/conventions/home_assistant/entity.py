"""What a component is made of: readings of its topics, and setters of its properties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.home.conventions.home_assistant.templates import (
    TemplateRefusedError,
    render_value,
)
from edge_agent.home.conventions.types import Command, Order
from edge_agent.home.conventions.untrusted import json_value, mapping
from edge_agent.home.types import Capability, Kind, State

Told = str | int | float | bool


@dataclass(frozen=True)
class Reading:
    """A topic, the template that takes a value out of its payload, and what the value tells."""

    topic: str
    template: str
    tell: Callable[[str], State]

    def read(self, payload: str) -> State:
        """Return what a payload tells; nothing if the template comes to no result."""
        if not self.template:
            return self.tell(payload)
        try:
            return self.tell(render_value(self.template, payload))
        except TemplateRefusedError:
            return {}


@dataclass(frozen=True)
class Setter:
    """Where a wish goes, and how it is written: the payload, and what is then reported.

    `qos` is that of its `Command`.
    """

    topic: str
    write: Callable[[Told], tuple[str, Told] | None]
    qos: int = 1


@dataclass(frozen=True)
class Entity:
    """What a component can do and tell.

    `device_class` is what it is by being such a component, whatever its payload calls it.
    """

    kind: Kind
    can: frozenset[Capability]
    readings: tuple[Reading, ...]
    order: Callable[[State], Order | None]
    topics: frozenset[str] = frozenset()
    device_class: str = ""


def two(name: str, words: Mapping[str, Told]) -> Callable[[str], State]:
    """Return how one of several words is read: `{"locked": "LOCKED", …}`."""
    return lambda said: {name: words[said]} if said in words else {}


def measure(name: str, read: Callable[[str], Told | None]) -> Callable[[str], State]:
    """Return how a value is read that may make no sense."""

    def tell(said: str) -> State:
        value = read(said)
        return {} if value is None else {name: value}

    return tell


def in_json(name: str, tell: Callable[[str], State]) -> Callable[[str], State]:
    """Return how a value is read that stands alone, or under `name` in an object."""
    return lambda said: tell(str(mapping(json_value(said)).get(name, said)))


def say(
    topic: str,
    words: Mapping[Any, str],
    write: Callable[[str], str | None] = str,
    qos: int = 1,
) -> Setter:
    """Return a setter for wishes that have a word each, which `write` makes a payload of."""

    def speak(wish: Told) -> tuple[str, Told] | None:
        payload = write(words[wish]) if words.get(wish) else None
        return None if payload is None else (payload, wish)

    return Setter(topic, speak, qos)


def built(
    kind: Kind,
    able: Mapping[str, tuple[Capability, Setter]],
    readings: tuple[Reading, ...],
    told: frozenset[str],
) -> Entity | None:
    """Put together what has a topic of its own for each property."""
    setters = {name: setter for name, (_, setter) in able.items() if setter.topic}
    if not setters:
        return None
    can = frozenset(able[name][0] for name in setters) | {Capability.STATE}
    topics = frozenset(setter.topic for setter in setters.values())
    return Entity(kind, can, readings, by_setters(setters, told), topics)


def told_by(**readings: tuple[Reading, ...]) -> frozenset[str]:
    """Return the names of the properties that there are readings for."""
    return frozenset(name for name, found in readings.items() if found)


def by_setters(
    setters: Mapping[str, Setter], told: frozenset[str]
) -> Callable[[State], Order | None]:
    """Return an order that sends each property to its own topic, the power last."""

    def order(wanted: State) -> Order | None:
        commands: list[Command] = []
        confirmed: dict[str, Told] = {}
        for name in sorted(wanted, key=lambda name: name == "state"):
            setter = setters.get(name)
            written = setter.write(wanted[name]) if setter else None
            if setter is None or written is None:
                return None
            commands.append(Command(setter.topic, written[0], setter.qos))
            if name in told:
                confirmed[name] = written[1]
        return Order(tuple(commands), confirmed)

    return order
