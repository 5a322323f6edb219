"""The components of Home Assistant: what each can do, tells, and is told.

One function a component, named as in https://www.home-assistant.io/integrations/mqtt/ , each
with the defaults of its page. A component that cannot be driven as announced is None.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import (
    Entity,
    Reading,
    Setter,
    Told,
    built,
    by_setters,
    in_json,
    measure,
    say,
    told_by,
    two,
)
from edge_agent.home.conventions.home_assistant.heating import climate, water_heater
from edge_agent.home.conventions.home_assistant.lights import light
from edge_agent.home.conventions.home_assistant.openings import cover, valve
from edge_agent.home.conventions.home_assistant.switching import power, power_reading
from edge_agent.home.conventions.units import to_celsius
from edge_agent.home.conventions.untrusted import number, told
from edge_agent.home.types import Capability, Kind

_OF_THE_DEVICE_ITSELF = {"identify", "restart", "update"}
"""Classes of buttons, https://www.home-assistant.io/integrations/button/#device-class ."""


def switch(config: Config) -> Entity | None:
    """Return a switch, https://www.home-assistant.io/integrations/switch.mqtt/ ."""
    state = power_reading(config, "value_template")
    able = {"state": (Capability.ON_OFF, power(config, config.writer("command_template")))}
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
        "state": (Capability.ON_OFF, power(config, config.writer("command_template"))),
        "speed": (Capability.SPEED, Setter(config.topic("percentage_command_topic"), speed)),
    }
    return built(Kind.FAN, able, (*state, *level), told_by(state=state, speed=level))


def lock(config: Config) -> Entity | None:
    """Return a lock, https://www.home-assistant.io/integrations/lock.mqtt/ ."""
    words = {
        "LOCKED": config.text("payload_lock", "LOCK"),
        "UNLOCKED": config.text("payload_unlock", "UNLOCK"),
    }
    turn = say(config.topic("command_topic"), words, config.writer("command_template"))
    states = {
        config.text("state_locked", "LOCKED"): "LOCKED",
        config.text("state_unlocked", "UNLOCKED"): "UNLOCKED",
        config.text("state_jammed", "JAMMED"): "JAMMED",
        config.text("state_locking", "LOCKING"): "LOCKING",
        config.text("state_unlocking", "UNLOCKING"): "UNLOCKING",
    }
    state = config.reading("state_topic", ("value_template",), two("lock", states))
    return built(Kind.LOCK, {"lock": (Capability.LOCK, turn)}, state, told_by(lock=state))


def humidifier(config: Config) -> Entity | None:
    """Return a humidifier, https://www.home-assistant.io/integrations/humidifier.mqtt/ .

    It is switched; no tool sets how humid it is to be.
    """
    state = power_reading(config, "state_value_template")
    current = config.reading(
        "current_humidity_topic", ("current_humidity_template",), measure("humidity", number)
    )
    able = {"state": (Capability.ON_OFF, power(config, config.writer("command_template")))}
    return built(Kind.SWITCH, able, (*state, *current), told_by(state=state))


def siren(config: Config) -> Entity | None:
    """Return a siren, https://www.home-assistant.io/integrations/siren.mqtt/ .

    Without a template its commands are JSON, `{"state": "ON"}`; it tells its state in either form.
    """

    def plainly(word: object) -> str:
        return json.dumps({"state": word})

    on = power(config, config.writer("command_template", plainly=plainly))
    off = power(config, config.writer("command_off_template", "command_template", plainly=plainly))
    sound = Setter(on.topic, lambda wish: (off if wish == "OFF" else on).write(wish))
    plain = power_reading(config, "state_value_template", "value_template")
    state = tuple(replace(it, tell=in_json("state", it.tell)) for it in plain)
    entity = built(Kind.SWITCH, {"state": (Capability.ON_OFF, sound)}, state, told_by(state=state))
    return entity and replace(entity, device_class="siren")


def scene(config: Config) -> Entity | None:
    """Return a scene, https://www.home-assistant.io/integrations/scene.mqtt/ ."""
    return _started(config, config.text("payload_on", "ON"))


def button(config: Config) -> Entity | None:
    """Return a button, https://www.home-assistant.io/integrations/button.mqtt/ .

    One that restarts or updates its device, or has it identify itself, is nothing to say to it.
    """
    if config.text("device_class") in _OF_THE_DEVICE_ITSELF:
        return None
    press = config.writer("command_template")(config.text("payload_press", "PRESS"))
    return _started(config, press, qos=2)


def _started(config: Config, payload: str | None, qos: int = 1) -> Entity | None:
    topic = config.topic("command_topic")
    if not topic or not payload:
        return None
    order = by_setters({"scene": say(topic, {"ACTIVE": payload}, qos=qos)}, frozenset())
    return Entity(Kind.SCENE, frozenset(), (), order, frozenset({topic}))


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
    "valve": valve,
    "climate": climate,
    "water_heater": water_heater,
    "humidifier": humidifier,
    "siren": siren,
    "scene": scene,
    "button": button,
}
"""What can be driven."""

SENSORS: Mapping[str, Callable[[Config, str], tuple[Reading, ...]]] = {
    "sensor": sensor,
    "binary_sensor": binary_sensor,
}
"""What only measures: it belongs to the device that it is on."""
