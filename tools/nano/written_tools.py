"""Tools as people really declare them, from `own_tools_training.yaml`, varied at every drawing.

Nothing of an entry is to be learnt by heart: its things are swapped for others, its arguments and
values renamed, its description reworded, so that a tool has to be read where it is declared.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from edge_agent.model.types import ToolDeclaration, Value
from tools.nano.argument_values import allowed
from tools.nano.composed_tools import THINGS
from tools.nano.own_tool_types import OwnTool, WayToAsk

_SWAPPED, _ANY_WORD = 0.45, 0.35
"""The shares of tools whose things are swapped, and of these swaps those for any English word."""
_SWAPPED_KIN = 0.35
"""The share of tools that have a kin that differs in its thing alone."""
_OTHER_NAME, _VERB_LAST = 0.4, 0.15
_RENAMED, _DESCRIBED = 0.35, 0.3
_OTHER_VALUES, _OTHER_BOUND = 0.35, 0.3
_NO_DESCRIPTION, _NAME_AS_DESCRIPTION = 0.08, 0.1
_OTHER_VERB, _THIRD_PERSON, _AFTER_MORE = 0.2, 0.3, 0.06

_ARGUMENT_NAMES: Mapping[str, tuple[str, ...]] = {
    "minutes": ("duration", "duration_minutes", "time", "for_minutes", "length", "min"),
    "seconds": ("duration", "duration_seconds", "time", "length", "sec"),
    "hours": ("duration", "duration_hours", "time", "length"),
    "days": ("duration", "number_of_days", "period"),
    "percent": ("level", "value", "percentage", "amount"),
    "level": ("value", "step", "setting", "intensity", "strength"),
    "degrees": ("temperature", "temp", "celsius", "value"),
    "celsius": ("temperature", "temp", "degrees", "target"),
    "angle": ("degrees", "value", "position"),
    "count": ("number", "amount", "quantity", "how_many"),
    "amount": ("quantity", "count", "number", "value"),
    "copies": ("count", "number", "amount"),
    "cups": ("amount", "count", "number_of_cups"),
    "liters": ("amount", "volume", "quantity", "litres"),
    "grams": ("amount", "weight", "quantity", "portion"),
    "speed": ("pace", "value", "level", "rate"),
    "volume": ("level", "loudness", "percent"),
    "mode": ("program", "setting", "kind", "option", "style"),
    "program": ("mode", "setting", "cycle", "kind"),
    "kind": ("type", "sort", "variety", "option"),
    "size": ("format", "portion", "kind"),
    "color": ("colour", "shade", "hue"),
    "item": ("product", "thing", "entry", "what", "article"),
    "text": ("message", "content", "words", "note", "body"),
    "message": ("text", "content", "words", "body"),
    "title": ("name", "subject", "topic", "label"),
    "name": ("title", "who", "label", "person"),
    "person": ("name", "who", "contact", "member", "recipient"),
    "contact": ("person", "name", "to", "recipient"),
    "recipient": ("to", "person", "contact", "who"),
    "place": ("location", "where", "room", "spot"),
    "room": ("place", "location", "where", "area"),
    "zone": ("area", "section", "part", "bed"),
    "direction": ("way", "side", "heading", "to"),
    "day": ("weekday", "date", "when", "on_day"),
    "time": ("at", "when", "clock", "start"),
    "song": ("title", "track", "name", "tune"),
    "station": ("channel", "name", "sender"),
    "quantity": ("amount", "count", "number"),
}
_OTHER_VERBS: Mapping[str, tuple[str, ...]] = {
    "Start": ("Begin", "Launch"), "Stop": ("End", "Halt"), "Send": ("Dispatch",),
    "Set": ("Adjust",), "Close": ("Shut",), "Add": ("Put", "Append"),
    "Show": ("Display",), "Make": ("Prepare",), "Run": ("Operate",), "Book": ("Reserve",),
    "Note": ("Log", "Write down"), "Tell": ("Report", "Say"), "Delete": ("Remove", "Erase"),
    "Order": ("Buy",), "Take": ("Grab",), "Find": ("Look for",), "Move": ("Shift",),
}  # fmt: skip
_BEFORE = ("Use this to ", "Call this to ", "Lets you ", "Can ", "A tool to ")


@dataclass(frozen=True)
class WrittenTool:
    """An entry of the file.

    `also` are other names for the tool, `swap` the words that may be any others, and `texts` what
    people put into arguments of free text. Tools of one `family` are easily taken for one another.
    """

    declaration: ToolDeclaration
    ways: tuple[WayToAsk, ...]
    also: tuple[str, ...] = ()
    swap: tuple[str, ...] = ()
    family: str = ""
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def written_tools() -> tuple[WrittenTool, ...]:
    """Read the file."""
    texts = yaml.safe_load(_text_of("own_tools_texts.yaml"))
    entries = yaml.safe_load(_text_of("own_tools_training.yaml"))
    return tuple(_written(entry, texts) for entry in entries)


def vary_tool(words: tuple[str, ...], chance: random.Random) -> OwnTool:
    """Draw a tool of the file and vary it, and its kin with it."""
    tool = chance.choice(written_tools())
    family = [each for each in _families().get(tool.family, ()) if each is not tool]
    swaps = _draw_swaps((tool, *family), words, chance) if chance.random() < _SWAPPED else {}
    kin = [_vary(each, swaps, words, chance) for each in family]
    if tool.swap and chance.random() < _SWAPPED_KIN:
        kin.append(_vary(tool, _draw_swaps((tool,), words, chance), words, chance))
    varied = _vary(tool, swaps, words, chance)
    return replace(varied, kin=tuple(each for each in kin if not _same_name(each, varied)))


def slots(words: str) -> list[str]:
    """Return the arguments that have a slot in `words`."""
    return re.findall(r"{(\w+)}", words)


@cache
def _families() -> dict[str, tuple[WrittenTool, ...]]:
    families: dict[str, tuple[WrittenTool, ...]] = {}
    for tool in written_tools():
        if tool.family:
            families[tool.family] = (*families.get(tool.family, ()), tool)
    return families


def _text_of(file: str) -> str:
    return Path(__file__).with_name(file).read_text(encoding="utf-8")


def _written(entry: Mapping[str, Any], texts: Mapping[str, list[str]]) -> WrittenTool:
    tool = entry["tool"]
    schema = {"type": "object", "properties": tool["arguments"], "required": tool["required"]}
    return WrittenTool(
        ToolDeclaration(tool["name"], tool["description"], schema),
        tuple(_ways(entry)),
        also=tuple(entry.get("also", ())),
        swap=tuple(entry.get("swap", ())),
        family=entry.get("family", ""),
        texts={name: tuple(texts[pool]) for name, pool in entry.get("texts", {}).items()},
    )


def _ways(entry: Mapping[str, Any]) -> Iterator[WayToAsk]:
    for key in ("do", "say"):
        for line in entry.get(key, ()):
            if isinstance(line, str):
                yield WayToAsk(line, imperative=key == "do")
            else:
                yield WayToAsk(line[key], line["arguments"], imperative=key == "do")


def _vary(
    tool: WrittenTool, swaps: Mapping[str, str], words: tuple[str, ...], chance: random.Random
) -> OwnTool:
    swapped = _swapped(tool, {word: swaps[word] for word in tool.swap if word in swaps})
    called = replace(swapped.declaration, name=_draw_name(swapped, chance))
    varied = OwnTool(called, swapped.ways, swapped.texts)
    for argument in swapped.declaration.parameters["properties"]:
        varied = _vary_values(varied, argument, words, chance)
    varied = _rename_arguments(varied, chance)
    return replace(varied, declaration=_reword(varied.declaration, chance))


def _draw_swaps(
    tools: Iterable[WrittenTool], words: tuple[str, ...], chance: random.Random
) -> dict[str, str]:
    """Draw another word for all things of `tools` that can be swapped."""
    things = dict.fromkeys(word for tool in tools for word in tool.swap)
    return {
        thing: chance.choice(words if chance.random() < _ANY_WORD else THINGS) for thing in things
    }


def _swapped(tool: WrittenTool, swaps: Mapping[str, str]) -> WrittenTool:
    """Swap words wherever they stand; what is asked without them is left out then."""
    if not swaps:
        return tool
    declared = tool.declaration
    ways = [
        replace(way, words=_swap(way.words, swaps))
        for way in tool.ways
        if any(_word(thing).search(way.words) for thing in swaps)
    ]
    declaration = replace(
        declared,
        name=_swap_in_name(declared.name, swaps),
        description=_swap(declared.description, swaps),
    )
    also = tuple(
        _swap_in_name(name, swaps)
        for name in tool.also
        if _swap_in_name(name, swaps) != name
    )  # fmt: skip
    return replace(tool, declaration=declaration, ways=tuple(ways), also=also)


def _swap(text: str, swaps: Mapping[str, str]) -> str:
    for thing, other in swaps.items():
        article = "an " if other[0] in "aeio" else "a "
        text = re.sub(rf"\ban? (?={re.escape(thing)}\b)", article, text)
        text = _word(thing).sub(other, text)
    return text


def _swap_in_name(name: str, swaps: Mapping[str, str]) -> str:
    return _swap(name.replace("_", " "), swaps).replace(" ", "_")


@cache
def _word(thing: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(thing)}\b", re.IGNORECASE)


def _draw_name(tool: WrittenTool, chance: random.Random) -> str:
    name = tool.declaration.name
    if tool.also and chance.random() < _OTHER_NAME:
        name = chance.choice(tool.also)
    verb, _, rest = name.partition("_")
    return f"{rest}_{verb}" if rest and chance.random() < _VERB_LAST else name


def _vary_values(
    tool: OwnTool, argument: str, words: tuple[str, ...], chance: random.Random
) -> OwnTool:
    """Vary the values that `argument` can have, where enough ways to ask are left by that."""
    schema = tool.declaration.parameters["properties"][argument]
    fixed = any(argument in way.fixed for way in tool.ways)
    if "enum" in schema:
        other = {**schema, "enum": _other_values(schema["enum"], words, chance)}
    elif "maximum" in schema and not fixed and chance.random() < _OTHER_BOUND:
        low, high = schema.get("minimum", 0), schema["maximum"]
        other = {**schema, "maximum": max(low + 1, high * chance.choice((1, 2, 3)) // 2)}
    else:
        return tool
    ways = tuple(
        way
        for way in tool.ways
        if argument not in way.fixed or allowed(other, way.fixed[argument])
    )  # fmt: skip
    if len(ways) < min(2, len(tool.ways)):
        return tool
    return replace(_with_schema(tool, {argument: other}), ways=ways)


def _other_values(
    values: list[Value], words: tuple[str, ...], chance: random.Random
) -> list[Value]:
    """Shuffle `values`, and leave some out or put any words in the place of some."""
    values = chance.sample(values, len(values))
    if chance.random() < _OTHER_VALUES:
        values = values[: chance.randint(2, max(2, len(values)))]
        if isinstance(values[0], str):
            many = chance.randint(0, 2)
            values += [word for word in chance.sample(words, many) if word not in values]
            chance.shuffle(values)
    return values


def _with_schema(tool: OwnTool, schemas: Mapping[str, Any]) -> OwnTool:
    declared = tool.declaration
    properties = {**declared.parameters["properties"], **schemas}
    parameters = {**declared.parameters, "properties": properties}
    return replace(tool, declaration=replace(declared, parameters=parameters))


def _rename_arguments(tool: OwnTool, chance: random.Random) -> OwnTool:
    """Give some arguments other names; what such a one was called may describe it then."""
    schema = tool.declaration.parameters
    names: dict[str, str] = {}
    properties: dict[str, Any] = {}
    for name, about in schema["properties"].items():
        known = _ARGUMENT_NAMES.get(name, ())
        free = [each for each in known if each not in {*schema["properties"], *names.values()}]
        renamed = bool(free) and chance.random() < _RENAMED
        names[name] = chance.choice(free) if renamed else name
        described = renamed and chance.random() < _DESCRIBED
        more = {"description": name.replace("_", " ")} if described else {}
        properties[names[name]] = {**about, **more}
    required = [names[name] for name in schema["required"]]
    parameters = {"type": "object", "properties": properties, "required": required}
    ways = tuple(
        replace(
            way,
            words=re.sub(r"{(\w+)}", lambda slot: f"{{{names[slot[1]]}}}", way.words),
            fixed={names[name]: value for name, value in way.fixed.items()},
        )
        for way in tool.ways
    )
    texts = {names[name]: known for name, known in tool.texts.items()}
    return OwnTool(replace(tool.declaration, parameters=parameters), ways, texts)


def _reword(declared: ToolDeclaration, chance: random.Random) -> ToolDeclaration:
    said = declared.description.rstrip(".")
    first, _, rest = said.partition(" ")
    luck = chance.random()
    if luck < _NO_DESCRIPTION:
        return replace(declared, description="")
    if luck < _NO_DESCRIPTION + _NAME_AS_DESCRIPTION:
        return replace(declared, description=declared.name.replace("_", " ").capitalize())
    if first in _OTHER_VERBS and chance.random() < _OTHER_VERB:
        first, *more = chance.choice(_OTHER_VERBS[first]).split()
        rest = " ".join((*more, rest))
    said = f"{first} {rest}"
    way = chance.random() if first.lower() in _imperatives() else 1.0
    if way < _THIRD_PERSON:
        said = f"{_third_person(first)} {rest}"
    elif way < _THIRD_PERSON + _AFTER_MORE:
        said = chance.choice(_BEFORE) + said[:1].lower() + said[1:]
    return replace(declared, description=said + chance.choice(("", ".")))


@cache
def _imperatives() -> frozenset[str]:
    """Return the words that a request of the file begins with: verbs, as descriptions begin."""
    ways = (way for tool in written_tools() for way in tool.ways if way.imperative)
    return frozenset(way.words.partition(" ")[0].lower() for way in ways)


def _third_person(verb: str) -> str:
    if re.search("(s|x|sh|ch|o)$", verb):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search("[^aeiou]y$", verb) else f"{verb}s"


def _same_name(one: OwnTool, other: OwnTool) -> bool:
    return one.declaration.name == other.declaration.name
