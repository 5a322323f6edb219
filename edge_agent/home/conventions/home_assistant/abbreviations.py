"""The short keys of discovery payloads, and the base topic `~`.

Source: https://www.home-assistant.io/integrations/mqtt/#discovery-payload . Only keys that are
used here stand in the table; a payload may mix short and long ones.
"""

from collections.abc import Mapping
from typing import Any

from edge_agent.home.conventions.untrusted import mapping

_SHORT: Mapping[str, str] = {
    # any component
    "cmps": "components", "p": "platform", "dev": "device", "o": "origin",
    "name": "name", "uniq_id": "unique_id", "dev_cla": "device_class",
    "unit_of_meas": "unit_of_measurement", "ent_cat": "entity_category",
    "en": "enabled_by_default", "ops": "options", "schema": "schema", "t": "topic",
    "cmd_t": "command_topic", "cmd_tpl": "command_template",
    "stat_t": "state_topic", "stat_tpl": "state_template",
    "stat_val_tpl": "state_value_template", "val_tpl": "value_template",
    "pl_on": "payload_on", "pl_off": "payload_off",
    "stat_on": "state_on", "stat_off": "state_off",
    "avty": "availability", "avty_mode": "availability_mode",
    "avty_t": "availability_topic", "avty_tpl": "availability_template",
    "pl_avail": "payload_available", "pl_not_avail": "payload_not_available",
    # light
    "bri_cmd_t": "brightness_command_topic", "bri_cmd_tpl": "brightness_command_template",
    "bri_stat_t": "brightness_state_topic", "bri_val_tpl": "brightness_value_template",
    "bri_tpl": "brightness_template", "bri_scl": "brightness_scale",
    "rgb_cmd_t": "rgb_command_topic", "rgb_cmd_tpl": "rgb_command_template",
    "rgb_stat_t": "rgb_state_topic", "rgb_val_tpl": "rgb_value_template",
    "hs_cmd_t": "hs_command_topic", "hs_cmd_tpl": "hs_command_template",
    "hs_stat_t": "hs_state_topic", "hs_val_tpl": "hs_value_template",
    "xy_cmd_t": "xy_command_topic", "xy_cmd_tpl": "xy_command_template",
    "xy_stat_t": "xy_state_topic", "xy_val_tpl": "xy_value_template",
    "r_tpl": "red_template", "g_tpl": "green_template", "b_tpl": "blue_template",
    "cmd_on_tpl": "command_on_template", "cmd_off_tpl": "command_off_template",
    "on_cmd_type": "on_command_type", "sup_clrm": "supported_color_modes",
    # fan
    "pct_cmd_t": "percentage_command_topic", "pct_cmd_tpl": "percentage_command_template",
    "pct_stat_t": "percentage_state_topic", "pct_val_tpl": "percentage_value_template",
    "spd_rng_min": "speed_range_min", "spd_rng_max": "speed_range_max",
    # cover, valve
    "pl_open": "payload_open", "pl_cls": "payload_close",
    "stat_open": "state_open", "stat_clsd": "state_closed",
    "pos_t": "position_topic", "pos_tpl": "position_template",
    "set_pos_t": "set_position_topic", "set_pos_tpl": "set_position_template",
    "pos_open": "position_open", "pos_clsd": "position_closed", "pos": "reports_position",
    # lock
    "pl_lock": "payload_lock", "pl_unlk": "payload_unlock",
    "stat_locked": "state_locked", "stat_unlocked": "state_unlocked",
    # button
    "pl_prs": "payload_press",
    # climate, water heater
    "temp_cmd_t": "temperature_command_topic", "temp_cmd_tpl": "temperature_command_template",
    "temp_stat_t": "temperature_state_topic", "temp_stat_tpl": "temperature_state_template",
    "curr_temp_t": "current_temperature_topic", "curr_temp_tpl": "current_temperature_template",
    "temp_unit": "temperature_unit",
    "mode_cmd_t": "mode_command_topic", "mode_cmd_tpl": "mode_command_template",
    "mode_stat_t": "mode_state_topic", "mode_stat_tpl": "mode_state_template",
    "pow_cmd_t": "power_command_topic", "pow_cmd_tpl": "power_command_template",
}  # fmt: skip

_SHORT_IN_DEVICE: Mapping[str, str] = {
    "ids": "identifiers", "cns": "connections", "name": "name", "sa": "suggested_area",
    "mf": "manufacturer", "mdl": "model", "sn": "serial_number",
}  # fmt: skip


def expand(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload with long keys alone, and with its topics written out."""
    base = payload.get("~")
    config = _with_topics(_renamed(payload, _SHORT), base)
    config["device"] = _renamed(mapping(config.get("device")), _SHORT_IN_DEVICE)
    listed = config.get("availability")
    if isinstance(listed, dict):
        listed = [listed]
    if isinstance(listed, list):
        entries = (_renamed(entry, _SHORT) for entry in listed if isinstance(entry, dict))
        config["availability"] = [_with_topics(entry, base) for entry in entries]
    return config


def _renamed(config: Mapping[str, Any], short: Mapping[str, str]) -> dict[str, Any]:
    return {short.get(key, key): value for key, value in config.items()}


def _with_topics(config: dict[str, Any], base: object) -> dict[str, Any]:
    """Put `base` for a `~` at the beginning or the end of every topic."""
    if not isinstance(base, str):
        return config
    for key, value in config.items():
        if isinstance(value, str) and (key.endswith("_topic") or key == "topic"):
            if value.startswith("~"):
                config[key] = base + value[1:]
            elif value.endswith("~"):
                config[key] = value[:-1] + base
    return config
