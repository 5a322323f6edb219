"""Lights, in the three schemas of https://www.home-assistant.io/integrations/light.mqtt/ .

`default` has a topic for each property, `json` and `template` one message for all of them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from edge_agent.home.color import RGB, hex_of, hex_of_hs, hex_of_xy, hs_of, rgb_of, xy_of
from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import (
    Entity,
    Reading,
    Setter,
    Told,
    built,
    measure,
    told_by,
)
from edge_agent.home.conventions.home_assistant.switching import power, power_reading
from edge_agent.home.conventions.home_assistant.templates import (
    TemplateRefusedError,
    allowed,
    render,
)
from edge_agent.home.conventions.types import Command, Order
from edge_agent.home.conventions.units import brightness_from_percent, to_percent
from edge_agent.home.conventions.untrusted import json_value, mapping, number
from edge_agent.home.types import Capability, Kind, State

_COLORED = ("rgb", "hs", "xy", "rgbw", "rgbww")
_WHITES: Mapping[str, Mapping[str, int]] = {"rgb": {}, "rgbw": {"w": 0}, "rgbww": {"c": 0, "w": 0}}


def light(config: Config) -> Entity | None:
    """Return a light of any schema."""
    schema = config.text("schema", "default")
    if schema == "json":
        return _json_light(config)
    return _template_light(config) if schema == "template" else _default_light(config)


def _default_light(config: Config) -> Entity | None:
    scale = config.number("brightness_scale", 255)
    write = config.writer("brightness_command_template")

    def brightness(wish: Told) -> tuple[str, Told] | None:
        payload = write(brightness_from_percent(float(wish), scale))
        return None if payload is None else (payload, wish)

    state = power_reading(config, "state_value_template", "value_template")
    level = config.reading(
        "brightness_state_topic",
        ("brightness_value_template",),
        measure("brightness", lambda said: to_percent(said, 0, scale)),
    )
    color, told_color = _color(config)
    able = {
        "state": (Capability.ON_OFF, power(config)),
        "brightness": (
            Capability.BRIGHTNESS,
            Setter(config.topic("brightness_command_topic"), brightness),
        ),
        "color": (Capability.COLOR, color),
    }
    readings = (*state, *level, *told_color)
    told = told_by(state=state, brightness=level, color=told_color)
    entity = built(Kind.LIGHT, able, readings, told)
    if entity and config.text("on_command_type") == "brightness":
        plain = entity.order
        return replace(entity, order=lambda wanted: plain(_by_brightness(wanted)))
    return entity


def _by_brightness(wanted: State) -> State:
    """Return a wish for a light that is turned on by its brightness, and by nothing else."""
    if wanted.get("state") != "ON":
        return wanted
    return {"brightness": 100, **{name: wish for name, wish in wanted.items() if name != "state"}}


_SPACES: Mapping[str, tuple[Callable[[RGB], tuple[float, ...]], Callable[..., str | None], str]] = {
    "rgb": (lambda rgb: rgb, hex_of, "red green blue"),
    "hs": (hs_of, hex_of_hs, "hue sat"),
    "xy": (xy_of, hex_of_xy, "x y"),
}
"""The color spaces: to numbers, back from them, and what a template calls them."""


def _color(config: Config) -> tuple[Setter, tuple[Reading, ...]]:
    """Return how the color is set and read in the first space that the light has a topic for."""
    for space, (numbers_of, back, names) in _SPACES.items():
        topic = config.topic(f"{space}_command_topic")
        if not topic:
            continue
        write = config.writer(f"{space}_command_template")

        def color(
            wish: Told,
            numbers_of: Callable[[RGB], tuple[float, ...]] = numbers_of,
            write: Callable[..., str | None] = write,
            names: str = names,
        ) -> tuple[str, Told] | None:
            rgb = rgb_of(str(wish))
            values = numbers_of(rgb) if rgb else ()
            plain = ",".join(f"{value:g}" for value in values)
            payload = write(plain, **dict(zip(names.split(), values, strict=False)))
            return (payload, wish) if rgb and payload is not None else None

        def read(
            said: str, back: Callable[..., str | None] = back, count: int = len(names.split())
        ) -> str | None:
            values = [value for value in map(number, said.split(",", count)) if value is not None]
            return back(*values) if len(values) == count else None

        readings = config.reading(
            f"{space}_state_topic", (f"{space}_value_template",), measure("color", read)
        )
        return Setter(topic, color), readings
    return Setter("", lambda _: None), ()


def _json_light(config: Config) -> Entity | None:
    """Return a light that speaks `{"state": "ON", "brightness": 128, "color": {"r": 255, …}}`."""
    topic = config.topic("command_topic")
    if not topic:
        return None
    modes = set(config.texts("supported_color_modes"))
    space = next((s for s in _COLORED if s in modes or config.flag(s)), "")
    dims = config.flag("brightness") or bool(modes - {"onoff"})
    scale = config.number("brightness_scale", 255)
    readings = config.reading("state_topic", (), lambda said: _tell_json(said, scale))

    def order(wanted: State) -> Order | None:
        payload: dict[str, Any] = {}
        for name, wish in wanted.items():
            if name == "state":
                payload["state"] = wish
            elif name == "brightness" and dims:
                payload["brightness"] = brightness_from_percent(float(wish), scale)
            elif name == "color" and space and (rgb := rgb_of(str(wish))):
                payload["color"] = _json_color(space, rgb)
            else:
                return None
        return Order((Command(topic, json.dumps(payload)),), dict(wanted) if readings else {})

    return Entity(
        Kind.LIGHT, _can(dims=dims, colored=bool(space)), readings, order, frozenset({topic})
    )


def _json_color(space: str, rgb: tuple[int, int, int]) -> Mapping[str, float]:
    if space == "hs":
        return dict(zip("hs", hs_of(rgb), strict=True))
    if space == "xy":
        return dict(zip("xy", xy_of(rgb), strict=True))
    return {**dict(zip("rgb", rgb, strict=True)), **_WHITES[space]}


def _tell_json(said: str, scale: float) -> State:
    reported = mapping(json_value(said))
    state: dict[str, str | int] = {}
    if reported.get("state") in ("ON", "OFF"):
        state["state"] = reported["state"]
    brightness = to_percent(reported.get("brightness"), 0, scale)
    if brightness is not None:
        state["brightness"] = brightness
    color = _tell_color(mapping(reported.get("color")))
    return {**state, "color": color} if color else state


def _tell_color(color: Mapping[str, Any]) -> str | None:
    for keys, (_, back, _) in _SPACES.items():
        numbers = [n for n in (number(color.get(key)) for key in keys) if n is not None]
        if len(numbers) == len(keys):
            return back(*numbers)
    return None


def _template_light(config: Config) -> Entity | None:
    """Return a light whose commands are templates over `state`, `brightness`, `red`, …."""
    topic, on = config.topic("command_topic"), config.text("command_on_template")
    off = config.text("command_off_template")
    if not (topic and on and off and allowed(on) and allowed(off)):
        return None
    dims, colored = "brightness" in on, all(name in on for name in ("red", "green", "blue"))
    readings = _template_readings(config)
    told = {"state": bool(readings), "brightness": len(readings) > 1}

    def order(wanted: State) -> Order | None:
        variables: dict[str, object] = {"state": "off" if wanted.get("state") == "OFF" else "on"}
        for name, wish in wanted.items():
            if name == "brightness" and dims:
                variables["brightness"] = brightness_from_percent(float(wish), 255)
            elif name == "color" and colored and (rgb := rgb_of(str(wish))):
                variables |= dict(zip(("red", "green", "blue"), rgb, strict=True))
            elif name != "state":
                return None
        try:
            payload = render(off if variables["state"] == "off" else on, variables)
        except TemplateRefusedError:
            return None
        confirmed = {name: wish for name, wish in wanted.items() if told.get(name)}
        return Order((Command(topic, payload),), confirmed)

    return Entity(Kind.LIGHT, _can(dims=dims, colored=colored), readings, order, frozenset({topic}))


def _template_readings(config: Config) -> tuple[Reading, ...]:
    def on_or_off(said: str) -> State:
        return {"state": said.upper()} if said in ("on", "off") else {}

    def brightness(said: str) -> State:
        level = to_percent(said, 0, 255)
        return {} if level is None else {"brightness": level}

    state = config.reading("state_topic", ("state_template",), on_or_off)
    level = config.reading("state_topic", ("brightness_template",), brightness)
    return (*state, *level) if state and config.text("brightness_template") else state


def _can(*, dims: bool, colored: bool) -> frozenset[Capability]:
    able = {Capability.STATE, Capability.ON_OFF}
    able |= {Capability.BRIGHTNESS} if dims else set()
    return frozenset(able | ({Capability.COLOR} if colored else set()))
