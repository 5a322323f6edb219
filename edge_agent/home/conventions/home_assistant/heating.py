"""What keeps a temperature: thermostats and water heaters.

Sources: https://www.home-assistant.io/integrations/climate.mqtt/ and
https://www.home-assistant.io/integrations/water_heater.mqtt/ .
"""

from collections.abc import Sequence

from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import (
    Entity,
    Setter,
    Told,
    built,
    measure,
    say,
    told_by,
)
from edge_agent.home.conventions.home_assistant.switching import power
from edge_agent.home.conventions.units import from_celsius, to_celsius
from edge_agent.home.conventions.untrusted import identifier
from edge_agent.home.types import Capability, Kind

_CLIMATE_MODES = ("auto", "off", "cool", "heat", "dry", "fan_only")
_WATER_HEATER_MODES = (
    "off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance",
)  # fmt: skip
"""The modes of one that announces none."""
_PREFERRED = ("heat", "auto", "heat_cool", "cool")
"""What a person means by on, where there are several."""


def climate(config: Config) -> Entity | None:
    """Return a thermostat."""
    return _heating(config, _CLIMATE_MODES)


def water_heater(config: Config) -> Entity | None:
    """Return a water heater; one without a target temperature is none that a person sets."""
    has_target = config.topic("temperature_command_topic")
    return _heating(config, _WATER_HEATER_MODES) if has_target else None


def _heating(config: Config, modes: Sequence[str]) -> Entity | None:
    unit = config.text("temperature_unit", "C")
    write = config.writer("temperature_command_template")

    def setpoint(wish: Told) -> tuple[str, Told] | None:
        payload = write(f"{from_celsius(float(wish), unit):g}")
        return None if payload is None else (payload, wish)

    def celsius(said: str) -> Told | None:
        return to_celsius(said, unit)

    target = config.reading(
        "temperature_state_topic",
        ("temperature_state_template", "value_template"),
        measure("target_temperature", celsius),
    )
    current = config.reading(
        "current_temperature_topic",
        ("current_temperature_template", "value_template"),
        measure("temperature", celsius),
    )
    mode = config.reading(
        "mode_state_topic",
        ("mode_state_template", "value_template"),
        lambda said: {"state": "OFF" if said == "off" else "ON"} if identifier(said) else {},
    )
    able = {
        "target_temperature": (
            Capability.TEMPERATURE,
            Setter(config.topic("temperature_command_topic"), setpoint),
        ),
        "state": (Capability.ON_OFF, _power(config, modes)),
    }
    confirmed = told_by(target_temperature=target, state=mode)
    return built(Kind.CLIMATE, able, (*target, *current, *mode), confirmed)


def _power(config: Config, default_modes: Sequence[str]) -> Setter:
    """Return how it is switched: by a power topic, or by a mode."""
    if config.topic("power_command_topic"):
        return power(config, config.writer("power_command_template"), "power_command_topic")
    modes = config.texts("modes") or default_modes
    running = (mode for mode in (*_PREFERRED, *modes) if mode in modes and mode != "off")
    topic = config.topic("mode_command_topic") if "off" in modes else ""
    words = {"ON": next(running, ""), "OFF": "off"}
    return say(topic, words, config.writer("mode_command_template"))
