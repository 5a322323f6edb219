"""Tools that people declare themselves, drawn at random, and how they are asked for.

Some of them are composed of any words, most are as people write them; no two homes share them.
"""

import random
import re
from collections.abc import Sequence

from edge_agent.model.calls import sort_keys
from edge_agent.model.types import ToolCall, Value
from tools.nano.argument_values import draw_value
from tools.nano.composed_tools import compose_tool
from tools.nano.own_tool_types import OwnTool
from tools.nano.spans import in_a_span
from tools.nano.ways import Ways
from tools.nano.written_tools import slots, vary_tool

_COMPOSED = 0.3
_KIN_TOO, _KIN_ABSENT = 0.6, 0.6
"""The shares of tools that stand beside their kin, and of absent tools that are kin of a home's."""
_WRAPPED, _OPENED = 0.6, 0.15
_IN_A_SPAN = 0.15
_SINGULARS = {
    f"{word}s": word
    for word in (
        "minute", "second", "hour", "day", "week", "night", "cup", "liter", "litre", "gram",
        "meter", "metre", "degree", "page", "round", "lap", "time", "slice", "spoon", "scoop",
        "bag", "bottle", "piece", "row", "step", "track", "chapter", "point", "kilo", "kilometer",
        "seat", "ticket", "egg", "roll", "sheet", "can", "shot", "portion", "person", "card",
        "player", "guest", "question", "word", "plate", "bucket", "load", "click", "turn",
    )
} | {"copies": "copy", "glasses": "glass", "boxes": "box", "inches": "inch", "people": "person",
     "loaves": "loaf", "batches": "batch"}  # fmt: skip
_ONE_OF_MANY = re.compile(rf"\b(1|one) ({'|'.join(_SINGULARS)})\b")


def draw_own_tools(count: int, words: tuple[str, ...], chance: random.Random) -> list[OwnTool]:
    """Draw `count` tools with different names; their words are in part any of `words`."""
    found: dict[str, OwnTool] = {}
    while len(found) < count:
        tool = _draw_tool(words, chance)
        with_kin = (tool, *tool.kin) if chance.random() < _KIN_TOO else (tool,)
        for each in with_kin[: count - len(found)]:
            found.setdefault(each.declaration.name, each)
    return chance.sample(list(found.values()), count)


def draw_absent_tool(
    tools: Sequence[OwnTool], words: tuple[str, ...], chance: random.Random
) -> OwnTool:
    """Draw a tool that is none of `tools`, but often easily taken for one of them."""
    names = {tool.declaration.name for tool in tools}
    kin = [each for tool in tools for each in tool.kin if each.declaration.name not in names]
    if kin and chance.random() < _KIN_ABSENT:
        return chance.choice(kin)
    while (tool := _draw_tool(words, chance)).declaration.name in names:
        pass
    return tool


def ask_for_tool(
    tool: OwnTool,
    words: tuple[str, ...],
    chance: random.Random,
    *,
    digits: bool,
    ways: Ways | None = None,
) -> tuple[str, ToolCall]:
    """Return a request for `tool`, and the call that it asks for.

    An imperative is wrapped up by `ways`, or stays bare.
    """
    properties = tool.declaration.parameters["properties"]
    way = chance.choice(tool.ways)
    if chance.random() < _IN_A_SPAN:
        way = in_a_span(way, properties, chance)
    arguments: dict[str, Value] = dict(way.fixed)
    said: dict[str, str] = {}
    for name in slots(way.words):
        schema, texts = properties[name], tool.texts.get(name, ())
        arguments[name], said[name] = draw_value(schema, texts, words, chance, digits=digits)
    request = _in_singular(way.words.format_map(said))
    if ways is not None and way.imperative and chance.random() < _WRAPPED:
        request = ways.dressed(ways.wrapped(request, chance), chance)
    elif ways is not None and chance.random() < _OPENED:
        request = ways.opener(chance) + request
    ordered = {name: arguments[name] for name in sort_keys(arguments)}
    return request, ToolCall(tool.declaration.name, ordered)


def _draw_tool(words: tuple[str, ...], chance: random.Random) -> OwnTool:
    return compose_tool(words, chance) if chance.random() < _COMPOSED else vary_tool(words, chance)


def _in_singular(request: str) -> str:
    return _ONE_OF_MANY.sub(lambda found: f"{found[1]} {_SINGULARS[found[2]]}", request)
