"""The components of Home Assistant: what each can do, tells, and is told.

One function a component, named as in https://www.home-assistant.io/integrations/mqtt/ , each
with the defaults of its page. A component that cannot be driven as announced is None.
"""

from collections.abc import Callable, Mapping

from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import (
    Entity,
    Reading,
    Setter,
    Told,
    built,
    by_setters,
    measure,
    say,
    told_by,
    two,
)
from edge_agent.home.conventions.home_assistant.lights import light
from edge_agent.home.conventions.home_assistant.switching import power, power_reading
from edge_agent.home.conventions.types import Order
from edge_agent.home.conventions.units import from_celsius, from_percent, to_celsius, to_percent
from edge_agent.home.conventions.untrusted import identifier, number, told
from edge_agent.home.types import Capability, Kind, State

_OPEN, _CLOSED = 100, 0


def switch(config: Config) -> Entity | None:
    """Return a switch, https://www.home-assistant.io/integrations/switch.mqtt/ ."""
    state = power_reading(config, "value_template")
    able = {"state": (Capability.ON_OFF, power(config))}
    return built(Kind.SWITCH, able, state, told_by(state=state))


def fan(config: Config) -> Entity | None:
    """Return a fan, https://www.home-assistant.io/integrations/fan.mqtt/ ."""
    low, high = config.number("speed_range_min", 1), config.number("speed_range_max", 100)
    steps = high - low + 1
    write = config.writer("percentage_command_template")

    def percent(value: float) -> int:
        return int((value - low + 1) * 100 // steps)

    def speed(wish: Told) -> tuple[str, Told] | None:
        value = max(low, round(low - 1 + steps * float(wish) / 100))
        payload = write(int(value))
        return None if payload is None else (payload, percent(value))

    def read(said: str) -> Told | None:
        value = number(said)
        return None if value is None or not 0 <= percent(value) <= 100 else percent(value)  # noqa: PLR2004 - percent

    if steps < 1:
        return None
    state = power_reading(config, "state_value_template")
    level = config.reading(
        "percentage_state_topic", ("percentage_value_template",), measure("speed", read)
    )
    able = {
        "state": (Capability.ON_OFF, power(config)),
        "speed": (Capability.SPEED, Setter(config.topic("percentage_command_topic"), speed)),
    }
    return built(Kind.FAN, able, (*state, *level), told_by(state=state, speed=level))


def cover(config: Config) -> Entity | None:
    """Return a cover, https://www.home-assistant.io/integrations/cover.mqtt/ ."""
    low, high = config.number("position_closed", 0), config.number("position_open", 100)
    write = config.writer("set_position_template")
    opens, moves = config.topic("command_topic"), config.topic("set_position_topic")
    ends = {
        _OPEN: config.text("payload_open", "OPEN"),
        _CLOSED: config.text("payload_close", "CLOSE"),
    }

    def move(wish: Told) -> tuple[str, Told] | None:
        value = from_percent(float(wish), low, high)
        payload = write(value, position=wish, position_open=int(high), position_closed=int(low))
        return None if payload is None else (payload, to_percent(value, low, high) or 0)

    position = config.reading(
        "position_topic",
        ("position_template", "value_template"),
        measure("position", lambda said: to_percent(said, low, high)),
    )
    words = {
        config.text("state_open", "open"): _OPEN,
        config.text("state_closed", "closed"): _CLOSED,
    }
    state = config.reading("state_topic", ("value_template",), two("position", words))
    readings = position or state
    confirmed = told_by(position=readings)
    whole = by_setters({"position": say(opens, ends)}, confirmed)
    partly = by_setters({"position": Setter(moves, move)}, confirmed)

    def order(wanted: State) -> Order | None:
        at_an_end = wanted.get("position") in ends and opens
        return whole(wanted) if at_an_end else partly(wanted) if moves else None

    topics = frozenset({opens, moves} - {""})
    can = frozenset({Capability.POSITION, Capability.STATE})
    return Entity(Kind.COVER, can, readings, order, topics) if topics else None


def lock(config: Config) -> Entity | None:
    """Return a lock, https://www.home-assistant.io/integrations/lock.mqtt/ ."""
    words: Mapping[Told, str] = {
        "LOCKED": config.text("payload_lock", "LOCK"),
        "UNLOCKED": config.text("payload_unlock", "UNLOCK"),
    }
    write = config.writer("command_template")

    def turn(wish: Told) -> tuple[str, Told] | None:
        payload = write(words[wish]) if wish in words else None
        return None if payload is None else (payload, wish)

    states = {
        config.text("state_locked", "LOCKED"): "LOCKED",
        config.text("state_unlocked", "UNLOCKED"): "UNLOCKED",
        config.text("state_jammed", "JAMMED"): "JAMMED",
        config.text("state_locking", "LOCKING"): "LOCKING",
        config.text("state_unlocking", "UNLOCKING"): "UNLOCKING",
    }
    state = config.reading("state_topic", ("value_template",), two("lock", states))
    able = {"lock": (Capability.LOCK, Setter(config.topic("command_topic"), turn))}
    return built(Kind.LOCK, able, state, told_by(lock=state))


def climate(config: Config) -> Entity | None:
    """Return a thermostat, https://www.home-assistant.io/integrations/climate.mqtt/ ."""
    unit = config.text("temperature_unit", "C")
    write = config.writer("temperature_command_template")

    def setpoint(wish: Told) -> tuple[str, Told] | None:
        payload = write(f"{from_celsius(float(wish), unit):g}")
        return None if payload is None else (payload, wish)

    def celsius(said: str) -> Told | None:
        return to_celsius(said, unit)

    target = config.reading(
        "temperature_state_topic",
        ("temperature_state_template",),
        measure("target_temperature", celsius),
    )
    current = config.reading(
        "current_temperature_topic",
        ("current_temperature_template",),
        measure("temperature", celsius),
    )
    mode = config.reading(
        "mode_state_topic",
        ("mode_state_template",),
        lambda said: {"state": "OFF" if said == "off" else "ON"} if identifier(said) else {},
    )
    able = {
        "target_temperature": (
            Capability.TEMPERATURE,
            Setter(config.topic("temperature_command_topic"), setpoint),
        ),
        "state": (Capability.ON_OFF, _climate_power(config)),
    }
    confirmed = told_by(target_temperature=target, state=mode)
    return built(Kind.CLIMATE, able, (*target, *current, *mode), confirmed)


def _climate_power(config: Config) -> Setter:
    """Return how it is switched: by a power topic, or by a mode."""
    topic = config.topic("power_command_topic")
    if topic:
        on, off = config.text("payload_on", "ON"), config.text("payload_off", "OFF")
        return say(topic, {"ON": on, "OFF": off})
    modes = config.texts("modes") or ("auto", "off", "cool", "heat", "dry", "fan_only")
    preferred = ("heat", "auto", "heat_cool", "cool", *modes)
    running = next((mode for mode in preferred if mode in modes and mode != "off"), "")
    write = config.writer("mode_command_template")

    def switch_mode(wish: Told) -> tuple[str, Told] | None:
        mode = running if wish == "ON" else "off" if "off" in modes else ""
        payload = write(mode) if mode else None
        return None if payload is None else (payload, wish)

    return Setter(config.topic("mode_command_topic") if "off" in modes else "", switch_mode)


def scene(config: Config) -> Entity | None:
    """Return a scene, https://www.home-assistant.io/integrations/scene.mqtt/ ."""
    topic = config.topic("command_topic")
    start = say(topic, {"ACTIVE": config.text("payload_on", "ON")})
    order = by_setters({"scene": start}, frozenset())
    return Entity(Kind.SCENE, frozenset(), (), order, frozenset({topic})) if topic else None


def sensor(config: Config, name: str) -> tuple[Reading, ...]:
    """Return a reading, https://www.home-assistant.io/integrations/sensor.mqtt/ ."""
    unit = config.text("unit_of_measurement")

    def read(said: str) -> Told | None:
        if unit in {"°C", "°F"}:
            return to_celsius(said, unit)
        found = number(said)
        return told(said) if found is None else found

    return config.reading("state_topic", ("value_template",), measure(name, read))


def binary_sensor(config: Config, name: str) -> tuple[Reading, ...]:
    """Return a reading, https://www.home-assistant.io/integrations/binary_sensor.mqtt/ ."""
    words = {config.text("payload_on", "ON"): True, config.text("payload_off", "OFF"): False}
    return config.reading("state_topic", ("value_template",), two(name, words))


COMPONENTS: Mapping[str, Callable[[Config], Entity | None]] = {
    "light": light,
    "switch": switch,
    "fan": fan,
    "cover": cover,
    "lock": lock,
    "climate": climate,
    "scene": scene,
}
"""What can be driven."""

SENSORS: Mapping[str, Callable[[Config, str], tuple[Reading, ...]]] = {
    "sensor": sensor,
    "binary_sensor": binary_sensor,
}
"""What only measures: it belongs to the device that it is on."""
