"""What opens and closes: covers and valves.

Sources: https://www.home-assistant.io/integrations/cover.mqtt/ and
https://www.home-assistant.io/integrations/valve.mqtt/ .
"""

from collections.abc import Callable, Mapping

from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import (
    Entity,
    Setter,
    Told,
    by_setters,
    in_json,
    measure,
    say,
    told_by,
    two,
)
from edge_agent.home.conventions.types import Order
from edge_agent.home.conventions.units import from_percent, to_percent
from edge_agent.home.types import Capability, Kind, State

_OPEN, _CLOSED = 100, 0
_CAN = frozenset({Capability.POSITION, Capability.STATE})


def cover(config: Config) -> Entity | None:
    """Return a cover: its ends have a topic, and its positions, if it has them, another."""
    opens, moves = config.topic("command_topic"), config.topic("set_position_topic")
    ends = _ends(config)
    position = config.reading(
        "position_topic", ("position_template", "value_template"), _position(config)
    )
    state = config.reading("state_topic", ("value_template",), _at_an_end(config))
    readings = position or state
    confirmed = told_by(position=readings)
    whole = by_setters({"position": say(opens, ends)}, confirmed)
    partly = by_setters({"position": _mover(config, moves, "set_position_template")}, confirmed)

    def order(wanted: State) -> Order | None:
        at_an_end = opens and ends.get(wanted.get("position", ""))
        return whole(wanted) if at_an_end else partly(wanted) if moves else None

    topics = frozenset({opens, moves} - {""})
    return Entity(Kind.COVER, _CAN, readings, order, topics) if topics else None


def valve(config: Config) -> Entity | None:
    """Return a valve: one topic takes positions where it reports them, else words for its ends.

    Its class (`water`, `gas`) says what flows; that it is a valve is what makes it dangerous.
    """
    topic = config.topic("command_topic")
    if config.flag("reports_position"):
        setter = _mover(config, topic, "command_template")
        tell = in_json("position", _position(config))
    else:
        setter = say(topic, _ends(config), config.writer("command_template"))
        tell = in_json("state", _at_an_end(config))
    readings = config.reading("state_topic", ("value_template",), tell)
    order = by_setters({"position": setter}, told_by(position=readings))
    return Entity(Kind.COVER, _CAN, readings, order, frozenset({topic}), "valve") if topic else None


def _ends(config: Config) -> Mapping[Told, str]:
    return {
        _OPEN: config.payload("payload_open", "OPEN"),
        _CLOSED: config.payload("payload_close", "CLOSE"),
    }


def _at_an_end(config: Config) -> Callable[[str], State]:
    words = {
        config.text("state_open", "open"): _OPEN,
        config.text("state_closed", "closed"): _CLOSED,
    }
    return two("position", words)


def _position(config: Config) -> Callable[[str], State]:
    low, high = _range(config)
    return measure("position", lambda said: to_percent(said, low, high))


def _mover(config: Config, topic: str, template_key: str) -> Setter:
    low, high = _range(config)
    write = config.writer(template_key)

    def move(wish: Told) -> tuple[str, Told] | None:
        value = from_percent(float(wish), low, high)
        payload = write(value, position=wish, position_open=int(high), position_closed=int(low))
        return None if payload is None else (payload, to_percent(value, low, high) or 0)

    return Setter(topic, move)


def _range(config: Config) -> tuple[float, float]:
    return config.number("position_closed", 0), config.number("position_open", 100)
