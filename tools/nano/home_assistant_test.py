"""Requests in the sentences that Home Assistant's community wrote, none of which is trained on.

The package `home-assistant-intents` (Apache-2.0) has them as templates, in groups: an intent, what
it is about, and for which sorts of devices. These are the groups that name one device and ask for
what a tool does. Some are meant to be matched rather than said ("the lamp to off").
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import hassil
from hassil.sample import sample_sentence
from home_assistant_intents import get_intents

from edge_agent.home.types import Device
from edge_agent.model.types import ToolCall, Value
from edge_agent.tools.contract import COLORS, TOOL_BY_NAME
from tools.nano.test_case import Case, named_calls

_ROW = "typed, in the sentences of Home Assistant"

_A_GROUP = 10
_STATES = {
    "on_off_states": ("on", "off"),
    "cover_states": ("open", "closed", "shut"),
    "lock_states": ("locked", "unlocked"),
}
_NUMBERS = {
    "set_brightness": "brightness", "set_position": "position", "set_speed": "fan_speed",
    "set_volume": "volume", "set_temperature": "temperature",
}  # fmt: skip


@dataclass(frozen=True)
class _Group:
    """Sentences of one intent for one sort of devices, and the tool that does what they ask."""

    intent: str
    combination: str
    domain: str
    tool: str


_GROUPS = (
    _Group("HassTurnOn", "name_only", "switch", "turn_on"),
    _Group("HassTurnOff", "name_only", "switch", "turn_off"),
    _Group("HassTurnOn", "name_only", "cover", "open"),
    _Group("HassTurnOff", "name_only", "cover", "close"),
    _Group("HassTurnOn", "name_only", "lock", "lock"),
    _Group("HassTurnOff", "name_only", "lock", "unlock"),
    _Group("HassTurnOn", "name_scene", "scene", "activate"),
    _Group("HassLightSet", "name_brightness", "light", "set_brightness"),
    _Group("HassLightSet", "name_color", "light", "set_color"),
    _Group("HassSetPosition", "name_only", "cover", "set_position"),
    _Group("HassFanSetSpeed", "name_only", "fan", "set_speed"),
    _Group("HassSetVolume", "name_only", "media_player", "set_volume"),
    _Group("HassMediaPause", "name_only", "media_player", "pause"),
    _Group("HassMediaUnpause", "name_only", "media_player", "play"),
    _Group("HassClimateSetTemperature", "name_temperature", "climate", "set_temperature"),
    _Group("HassClimateGetTemperature", "name_only", "climate", "get_state"),
    _Group("HassGetState", "name_only", "sensor", "get_state"),
    _Group("HassGetState", "name_state", "light", "get_state"),
    _Group("HassGetState", "name_state", "cover", "get_state"),
    _Group("HassGetState", "name_state", "lock", "get_state"),
)


def home_assistant_cases(homes: list[list[Device]], seed: str) -> Iterator[Case]:
    """Give ten typed requests of each group, each to a device of one of `homes`."""
    chance = random.Random(seed)
    found = hassil.Intents.from_dict(get_intents("en"))
    for position, group in enumerate(_GROUPS):
        sentences, domains = _sentences(group, found)
        for number in range(_A_GROUP):
            home, device = _device(group, domains, homes, chance)
            slots, values = _values(group.tool, chance)
            said = chance.choice(sentences)
            for slot, words in {"name": device.name, **slots}.items():
                said = said.replace(f"{{{slot}}}", words)
            call = ToolCall(group.tool, {"device": device.name, **values})
            name = f"{home:02d}-assistant-{position:02d}-{number}"
            yield Case(name, home, "", "", said, "", named_calls((call,)), _ROW)


def _sentences(group: _Group, intents: hassil.Intents) -> tuple[list[str], set[str]]:
    """Return the templates of a group, with the slots that a tool can fill, and its domains."""
    for data in intents.intents[group.intent].data:
        domains = {*(data.requires_context or {}).get("domain", ())}
        if data.metadata["slot_combination"] != group.combination or group.domain not in domains:
            continue
        known = {"name", _NUMBERS.get(group.tool, "color"), *_STATES}
        said = {
            re.sub(r"\b(\w+) \1\b", r"\1", " ".join(text.split()))
            for sentence in data.sentences
            for text in sample_sentence(sentence, {}, intents.expansion_rules, expand_lists=False)
        }
        fitting = [text for text in sorted(said) if {*_slots(text)} <= known]
        return fitting, domains
    raise LookupError(f"home-assistant-intents has no {group}")


def _slots(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]


def _device(
    group: _Group, domains: set[str], homes: list[list[Device]], chance: random.Random
) -> tuple[int, Device]:
    able = [
        (number, device)
        for number, home in enumerate(homes)
        for device in home
        if device.kind.value in domains and TOOL_BY_NAME[group.tool].fits(device)
    ]
    return chance.choice(able)


def _values(tool: str, chance: random.Random) -> tuple[dict[str, str], dict[str, Value]]:
    """Draw what a tool sets: as it is said, by slot, and as it is called."""
    said = {slot: chance.choice(words) for slot, words in _STATES.items()}
    if tool == "set_color":
        color = chance.choice([color for color in COLORS if "_" not in color])
        return {"color": color}, {"color": color}
    if tool in _NUMBERS:
        number = chance.randint(15, 28) if tool == "set_temperature" else chance.randint(1, 100)
        argument, _ = TOOL_BY_NAME[tool].argument
        return {_NUMBERS[tool]: f"{number}"}, {argument: number}
    return said, {}
