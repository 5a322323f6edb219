"""Sentences for people: what was done, what was tried, and how a device is."""

from collections.abc import Callable, Mapping
from typing import Any

from edge_agent.home.states import LAST_SEEN
from edge_agent.home.types import Device, Kind, State
from edge_agent.home.wanted import COLOR_HEX, OFF
from edge_agent.tools.types import Request

Given = Mapping[str, Any]

_INFINITIVE: Mapping[str, Callable[[str, Given], str]] = {
    "turn_on": lambda it, _: f"turn on {it}",
    "turn_off": lambda it, _: f"turn off {it}",
    "set_brightness": lambda it, given: f"set {it} to {given['percent']} percent",
    "set_color": lambda it, given: f"make {it} {_color(given['color'])}",
    "open": lambda it, _: f"open {it}",
    "close": lambda it, _: f"close {it}",
    "set_position": lambda it, given: f"open {it} to {given['percent']} percent",
    "lock": lambda it, _: f"lock {it}",
    "unlock": lambda it, _: f"unlock {it}",
    "set_temperature": lambda it, given: f"set {it} to {given['celsius']:g} degrees",
    "set_speed": lambda it, given: f"run {it} at {given['percent']} percent",
    "set_volume": lambda it, given: f"set the volume of {it} to {given['percent']} percent",
    "play": lambda it, _: f"start playing on {it}",
    "pause": lambda it, _: f"pause {it}",
    "activate": lambda it, _: f"start {it}",
    "get_state": lambda it, _: f"ask {it}",
}

_DONE: Mapping[str, Callable[[Given], str]] = {
    "turn_on": lambda _: "is on",
    "turn_off": lambda _: "is off",
    "set_brightness": lambda given: f"is {_at(given['percent'])}",
    "set_color": lambda given: f"is {_color(given['color'])}",
    "open": lambda _: "is open",
    "close": lambda _: "is closed",
    "set_position": lambda given: f"is {_open(given['percent'])}",
    "lock": lambda _: "is locked",
    "unlock": lambda _: "is unlocked",
    "set_temperature": lambda given: f"is set to {given['celsius']:g} degrees",
    "set_speed": lambda given: f"is {_at(given['percent'])}",
    "set_volume": lambda given: f"is at volume {given['percent']}",
    "play": lambda _: "is playing",
    "pause": lambda _: "is paused",
    "activate": lambda _: "has started",
}

_HAVE_NO_ARTICLE = frozenset({"the", "my", "our", "your", "all", "everything"})
_PLURAL: Mapping[str, str] = {"is": "are", "has": "have", "says": "say"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def the(device: Device) -> str:
    """Return the device's name as it stands inside a sentence: "the kitchen light"."""
    return device.name if device.kind is Kind.SCENE else with_article(device.name)


def with_article(name: str) -> str:
    """Return a name with "the" in front, where it can have one: "the fan", "Anna's radio"."""
    first = name.partition(" ")[0].casefold()
    alone = first.endswith(("'s", "\u2019s")) or first in _HAVE_NO_ARTICLE
    return name if alone else f"the {name}"


def infinitive(request: Request) -> str:
    """Return what is asked for, to stand after "to": "turn on the kitchen light"."""
    if request.own is not None:
        return request.own.says
    return wish_for(request.tool, the(request.device), request.arguments)


def wish_for(tool: str, whom: str, given: Given) -> str:
    """Return what `tool` would do with `whom`, to stand after "to"."""
    return _INFINITIVE[tool](whom, given)


def done(request: Request) -> str:
    """Say that the device has confirmed: "The kitchen light is on."."""
    if request.own is not None:
        return sentence(request.own.done or f"done: {request.own.says}")
    return sentence(_clause(request.device, done_by(request.tool, request.arguments)))


def done_by(tool: str, given: Given) -> str:
    """Return how a thing is that has done it: "is on"."""
    return _DONE[tool](given)


def in_plural(predicate: str) -> str:
    """Return what is said of one thing as it is said of several: "are on"."""
    verb, _, rest = predicate.partition(" ")
    return f"{_PLURAL[verb]} {rest}"


def state_of(device: Device, state: State) -> str:
    """Say how a device is, without a full stop: "the front door is locked"."""
    condition = _condition(device.kind, state)
    if condition:
        return _clause(device, f"is {condition}")
    return _clause(device, f"says {_properties(state) or 'nothing of itself'}")


def condition_of(device: Device, state: State) -> str:
    """Return how a device is, in words that stand for themselves: "on, at 40 percent"."""
    return _condition(device.kind, state) or _properties(state)


def ago(age_s: float) -> str:
    """Return how long ago something was: "5 minutes ago"."""
    for unit, seconds in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)):
        if age_s >= seconds:
            count = int(age_s // seconds)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def sentence(text: str) -> str:
    """Give `text` a capital letter and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _clause(device: Device, predicate: str) -> str:
    """Join the two, the verb in the plural for "the blinds"."""
    last = device.name.casefold()
    if last.endswith("s") and not last.endswith(("ss", "us", "is", "'s", "\u2019s")):
        predicate = in_plural(predicate)
    return f"{the(device)} {predicate}"


def _condition(kind: Kind, state: State) -> str:
    return ", ".join(part for part in (_main(state), *_details(kind, state)) if part)


def _properties(state: State) -> str:
    known = [f"{name} {_said(value)}" for name, value in sorted(state.items()) if name != LAST_SEEN]
    return ", ".join(known)


def _main(state: State) -> str:
    match state:
        case {"lock": str(lock)}:
            return lock.casefold()
        case {"position": int() | float() as position}:
            return _open(position)
        case {"playback": str(playback)}:
            return playback.casefold()
        case {"scene": str(scene)}:
            return scene.casefold()
        case {"state": str(on_off)}:
            return on_off.casefold()
    return ""


def _details(kind: Kind, state: State) -> list[str]:
    on = state.get("state") != OFF
    details = []
    if on and "brightness" in state:
        details.append(f"at {state['brightness']} percent")
    if on and "speed" in state:
        details.append(f"at {state['speed']} percent")
    if on and "color" in state and kind is Kind.LIGHT:
        details.append(_color_of(str(state["color"])))
    if "volume" in state:
        details.append(f"at volume {state['volume']}")
    if "target_temperature" in state:
        details.append(f"set to {state['target_temperature']} degrees")
    if "temperature" in state:
        details.append(f"measuring {state['temperature']} degrees")
    if "humidity" in state:
        details.append(f"at {state['humidity']} percent humidity")
    return details


def _at(percent: float) -> str:
    return f"at {percent:g} percent" if percent else "off"


def _open(percent: float) -> str:
    if percent <= 0:
        return "closed"
    return "open" if percent >= 100 else f"{percent:g} percent open"  # noqa: PLR2004 - percent


def _color(name: str) -> str:
    return name.replace("_", " ")


def _color_of(code: str) -> str:
    names = {value: name for name, value in COLOR_HEX.items()}
    return _color(names.get(code.casefold(), code))


def _said(value: str | float) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
