"""What people say after another request, and refer to it: "make it dimmer", "and the fan too"."""

import random
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from edge_agent.home.types import Device, Kind
from edge_agent.model.types import Exchange, ToolCall, Value
from edge_agent.tools.contract import COLORS, TOOL_BY_NAME
from tools.nano.group_requests import as_device, ask_for_group, askable_groups, draw_group
from tools.nano.numbers import in_words
from tools.nano.requests import Style, as_object, as_prompted, ask_for
from tools.nano.sentences import Sentences, read_lines

COMPARED: Mapping[str, tuple[str, int]] = {
    "dimmer": ("set_brightness", 25), "brighter": ("set_brightness", 75),
    "quieter": ("set_volume", 25), "louder": ("set_volume", 75),
    "slower": ("set_speed", 25), "faster": ("set_speed", 75),
    "cooler": ("set_temperature", 19), "warmer": ("set_temperature", 23),
    "narrower": ("set_position", 25), "wider": ("set_position", 75),
}  # fmt: skip
"""Headings of what is asked for by comparison, with the tool, and the level that the model gives.

The agent puts the level that the device has, some steps up or down, in its place where it knows it.
"""
ACTIONS = ("turn_off", "turn_on", "open", "close", "lock", "unlock", "play", "pause", "get_state")
"""Headings that are tools without a level."""

_TOOL_OF = {
    **{tool: tool for tool in ACTIONS}, **{it: tool for it, (tool, _) in COMPARED.items()},
    "degrees": "set_temperature", "a color": "set_color",
}  # fmt: skip
_PERCENT_TOOLS = ("set_brightness", "set_volume", "set_speed", "set_position")
_OTHER_DEVICE = frozenset({"the same", "the other one"})
_FORTH = {"turn_on": "turn_off", "open": "close", "lock": "unlock", "play": "pause"}
_OPPOSITE = _FORTH | {back: forth for forth, back in _FORTH.items()}
_REPEATED = frozenset({"activate", "play", "turn_on", "turn_off", "open", "close", "lock"})
_WEIGHTS = {
    "the same": 3.0, "the other one": 3.0, "a percentage": 2.5, "degrees": 2.0, "a color": 2.0,
    **dict.fromkeys(COMPARED, 2.0), "thanks": 0.4, "undo": 0.6, "again": 0.3, "get_state": 0.7,
}  # fmt: skip
_OF_ONE = re.compile(r"\b(is|did|could|let|what's) {it}|{it} (is|back how)\b")
"""Sentences that do not go with "them"."""
_OF_MANY_THINGS = re.compile(
    r"\b(up|down|on|off|turn|raise|lower|start|stop|go|more|less|hold|continue|notch)\b"
)
"""Words that might be said of other things too."""
_KINDS = {Kind.LIGHT: "the light", Kind.FAN: "the fan", Kind.MEDIA_PLAYER: "the music"}
_GROUP_FIRST, _TWO_FIRST, _THIRD = 0.12, 0.12, 0.15
_STEPS = (5, 10, 15, 20, 30, 40)

Asked = tuple[str, tuple[ToolCall, ...]]
"""What is said, and the calls that it asks for; things are named as the prompt does."""


@dataclass(frozen=True)
class FollowUp:
    """What is said after `earlier`, and what that asks for: nothing where it is mere thanks.

    `heading` tells what sort of follow-up it is; `things` are the devices that `earlier` was about.
    """

    earlier: Exchange
    things: tuple[Device, ...]
    heading: str
    text: str
    calls: tuple[ToolCall, ...]


@cache
def training_follow_ups() -> Sentences:
    """Return the sentences to train on."""
    return read_lines(Path(__file__).with_name("conversation_training.txt"))


@cache
def test_follow_ups() -> Sentences:
    """Return the sentences to test with; none of them is trained on."""
    return read_lines(Path(__file__).with_name("conversation_test.txt"))


class FollowUpDrawer:
    """Draws requests and what is said after them. Numbers are in words, or in digits."""

    def __init__(
        self, sentences: Sentences, style: Style, chance: random.Random, *, digits: bool
    ) -> None:
        """Draw follow-ups from `sentences`, and what comes first in `style`, by `chance`."""
        self._sentences, self._style, self._chance = sentences, style, chance
        self._digits = digits

    def draw(self, home: list[Device]) -> FollowUp:
        """Draw a request about things of `home`, and what is said after it."""
        first, things = self._first(home)
        heading = self._heading(first, things, home)
        text, calls = self._said(heading, first, things, home)
        return FollowUp(first, things, heading, text, calls)

    def draw_exchange(self, home: list[Device]) -> Exchange:
        """Draw a request about things of `home`, and its calls."""
        return self._first(home)[0]

    def draw_comparison(self, home: list[Device]) -> Asked | None:
        """Ask for more or less of a device by its name; None where none of `home` has levels."""
        pairs = [
            (heading, device)
            for heading in COMPARED
            for device in home
            if TOOL_BY_NAME[_TOOL_OF[heading]].fits(device)
        ]
        if not pairs:
            return None
        heading, device = self._chance.choice(pairs)
        sentence = self._chance.choice([it for it in self._sentences[heading] if "{it}" in it])
        text, values = self._filled(sentence, heading, _TOOL_OF[heading])
        call = ToolCall(_TOOL_OF[heading], {"device": device.name, **values})
        return text.replace("{it}", as_object(device, self._chance)), (as_prompted(call),)

    def draw_misfit(self, home: list[Device]) -> tuple[Exchange, str] | None:
        """Ask things for what they cannot do; None where they can do all."""
        first, things = self._first(home)
        amiss = [
            (heading, sentence)
            for heading in (*ACTIONS, *COMPARED)
            if not any(TOOL_BY_NAME[_TOOL_OF[heading]].fits(thing) for thing in things)
            for sentence in self._sentences[heading]
            if not _OF_MANY_THINGS.search(sentence)
        ]
        if not amiss:
            return None
        heading, sentence = self._chance.choice(amiss)
        text, _ = self._filled(sentence, heading, _TOOL_OF[heading])
        return first, self._naming(text, things)

    def draw_without_a_first(self) -> str:
        """Draw what refers to something although nothing was said before."""
        heading = self._chance.choice((*ACTIONS, *COMPARED))
        sentence = self._chance.choice([it for it in self._sentences[heading] if "{it}" in it])
        return self._filled(sentence, heading, _TOOL_OF[heading])[0].replace("{it}", "it")

    def _first(self, home: list[Device]) -> tuple[Exchange, tuple[Device, ...]]:
        """Draw what comes first, at times a follow-up itself, and the things that it is about."""
        chance, groups = self._chance, askable_groups(home)
        if groups and chance.random() < _GROUP_FIRST:
            group = draw_group(groups, chance)
            asked = ask_for_group(group, self._style, chance, digits=self._digits)
            things: tuple[Device, ...] = (as_device(group),)
        else:
            count = 2 if len(home) > 1 and chance.random() < _TWO_FIRST else 1
            things = tuple(chance.sample(home, count))
            asked = ask_for(things, self._style, chance, digits=self._digits)
        first = Exchange(asked.text, tuple(map(as_prompted, asked.calls)))
        about = (*ACTIONS, *COMPARED)
        heading = self._heading(first, things, home, about) if chance.random() < _THIRD else ""
        if heading:
            text, calls = self._said(heading, first, things, home)
            first = Exchange(text, tuple(map(self._as_done, calls)))
        return first, things

    def _as_done(self, call: ToolCall) -> ToolCall:
        """Give a call some level, as the agent has reckoned it."""
        if "percent" not in call.arguments:
            return call
        return replace(call, arguments={**call.arguments, "percent": self._chance.randint(5, 100)})

    def _heading(
        self,
        first: Exchange,
        things: tuple[Device, ...],
        home: list[Device],
        only: Container[str] | None = None,
    ) -> str:
        """Draw what sort of thing is said next; "" where nothing of `only` makes sense."""
        fitting = [
            heading
            for heading in self._sentences
            if (only is None or heading in only) and _makes_sense(heading, first, things, home)
        ]
        weights = [_WEIGHTS.get(heading, 1.0) for heading in fitting]
        return self._chance.choices(fitting, weights)[0] if fitting else ""

    def _said(
        self, heading: str, first: Exchange, things: tuple[Device, ...], home: list[Device]
    ) -> Asked:
        chance = self._chance
        sayable = [
            said for said in self._sentences[heading] if _is_one(things) or not _OF_ONE.search(said)
        ]
        sentence = self._naming(chance.choice(sayable), things)
        if heading in _OTHER_DEVICE:
            other = chance.choice(_others(first, things, home, heading))
            given = first.calls[0].arguments | {"device": other.name}
            call = as_prompted(replace(first.calls[0], arguments=given))
            return sentence.replace("{D}", as_object(other, chance)), (call,)
        if heading == "undo":
            return sentence, tuple(replace(it, name=_OPPOSITE[it.name]) for it in first.calls)
        if heading in {"again", "thanks"}:
            return sentence, first.calls if heading == "again" else ()
        tool = _TOOL_OF.get(heading) or _percent_tool(first, things)
        text, values = self._filled(sentence, heading, tool)
        names = dict.fromkeys(str(call.arguments["device"]) for call in first.calls)
        return text, tuple(ToolCall(tool, {"device": name, **values}) for name in names)

    def _naming(self, sentence: str, things: tuple[Device, ...]) -> str:
        chance = self._chance
        if _is_one(things):
            kind = _KINDS.get(things[0].kind, "it")
            it = chance.choices(("it", "that", "that one", kind), (80, 8, 4, 8))[0]
        else:
            both = "both of them" if len(things) > 1 else "all of them"
            it = chance.choice(("them", "them", "them all", "those", both))
        return sentence.replace("{it}", it)

    def _filled(self, sentence: str, heading: str, tool: str) -> tuple[str, dict[str, Value]]:
        """Put a level, a step or a color into a sentence, and return what the tool is given."""
        chance, number = self._chance, str if self._digits else in_words
        argument = TOOL_BY_NAME[tool].argument
        if argument is None:
            return sentence, {}
        if heading in COMPARED:
            step = chance.randint(2, 4) if tool == "set_temperature" else chance.choice(_STEPS)
            return sentence.replace("{n}", number(step)), {argument[0]: COMPARED[heading][1]}
        if tool == "set_color":
            color = chance.choice(COLORS)
            return sentence.replace("{c}", color.replace("_", " ")), {"color": color}
        low, high = (15, 26) if tool == "set_temperature" else (1, 100)
        level = chance.choice((chance.randint(low, high), chance.randint(3, high // 5) * 5))
        return sentence.replace("{v}", number(level)), {argument[0]: level}


def _makes_sense(
    heading: str, first: Exchange, things: tuple[Device, ...], home: list[Device]
) -> bool:
    tools = {call.name for call in first.calls}
    if heading in _OTHER_DEVICE:
        return bool(_others(first, things, home, heading))
    if heading == "a percentage":
        return bool(_percent_tool(first, things))
    if heading in {"undo", "again", "thanks"}:
        undo, again = tools <= _OPPOSITE.keys(), tools <= _REPEATED
        return {"undo": undo, "again": again, "thanks": True}[heading]
    tool = _TOOL_OF[heading]
    if tool == "get_state" and not (_is_one(things) and _fits_all("turn_on", things)):
        return False
    if heading in COMPARED and not tools.isdisjoint({"turn_off", "close"}):
        return False
    repeats = tool in tools and TOOL_BY_NAME[tool].argument is None
    return _fits_all(tool, things) and not repeats


def _others(
    first: Exchange, things: tuple[Device, ...], home: list[Device], heading: str
) -> list[Device]:
    """Return the devices that the same may be asked of; "the other one" has to be the only one."""
    tool = TOOL_BY_NAME[first.calls[0].name]
    if len(things) > 1 or not _is_one(things):
        return []
    able = [it for it in home if it not in things and tool.fits(it)]
    if heading == "the same":
        return able
    alike = [it for it in able if it.kind is things[0].kind]
    return alike if len(alike) == 1 else []


def _percent_tool(first: Exchange, things: tuple[Device, ...]) -> str:
    """Return the tool that a mere percentage means; "" where there is none."""
    fitting = [tool for tool in _PERCENT_TOOLS if _fits_all(tool, things)]
    meant = [tool for tool in fitting if tool == first.calls[0].name]
    return next(iter((*meant, *fitting)), "")


def _fits_all(tool: str, things: tuple[Device, ...]) -> bool:
    return all(TOOL_BY_NAME[tool].fits(thing) for thing in things)


def _is_one(things: tuple[Device, ...]) -> bool:
    """Tell whether people would call it "it": one device, of no name in the plural."""
    last = things[0].name.casefold()
    plural = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    return len(things) == 1 and things[0].id != "group" and not plural
