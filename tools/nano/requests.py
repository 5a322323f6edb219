"""Requests to a house with the calls they ask for: `python -m tools.nano.requests`.

The command writes a table of requests to be spoken, in the columns of the speech data set.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from edge_agent.home.types import Capability, Device
from edge_agent.model.types import ToolCall, Value
from edge_agent.tools.contract import COLORS, HOME_TOOLS, TOOL_BY_NAME
from tools.nano import names, sentences
from tools.nano.names import Words, draw_device, draw_kind, draw_name
from tools.nano.numbers import in_words
from tools.nano.ways import Ways, training_ways
from tools.nano.work import work_parser

_PERCENTS = (
    0,
    5,
    10,
    15,
    20,
    25,
    30,
    33,
    35,
    40,
    45,
    50,
    55,
    60,
    65,
    66,
    70,
    75,
    80,
    85,
    90,
    95,
    100,
)
_TOOL_WEIGHTS = {"turn_on": 3.0, "turn_off": 3.0, "set_brightness": 3.0, "get_state": 0.7}


_TOGETHER = 0.35
_REPAIRED = 0.015
_IDIOM = 0.35
"""The share of training sentences that are taken whole though there are ways to compose one."""


@dataclass(frozen=True)
class Style:
    """The sentences and words that requests are made of; without `ways`, sentences stay whole."""

    sentences: sentences.Sentences
    words: Words
    ways: Ways | None = None


TRAINING = Style(sentences.training_sentences(), names.TRAINING, training_ways())
TEST = Style(sentences.test_sentences(), names.HELD_OUT)
PLAIN_TEST = Style(sentences.plain_sentences(), names.HELD_OUT)


@dataclass(frozen=True)
class Request:
    """What is said (`text`, numbers in words), what it asks for, and of which devices."""

    text: str
    calls: tuple[ToolCall, ...]
    devices: tuple[Device, ...]


def main() -> None:
    """Write requests for a synthesiser to speak."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--count", type=int, default=9_000)
    parser.add_argument("--seed", type=int, default=41)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    target: Path = options.work / "requests.tsv"
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = [table_row(f"r{i:05d}", draw_request(TRAINING, chance)) for i in range(options.count)]
    target.write_text("\n".join(["id\ttext\tcalls\tdevices", *rows]) + "\n", encoding="utf-8")
    print(f"{target}: {options.count} requests")


def draw_request(style: Style, chance: random.Random, *, nothing: float = 0.1) -> Request:
    """Draw one request: for nothing in the house, for one thing, or for two or three."""
    if chance.random() < nothing:
        return Request(draw_nothing(style, chance), (), ())
    count = chance.choices((1, 2, 3), (82, 15, 3))[0]
    devices: list[Device] = []
    while len(devices) < count:
        kind = draw_kind(chance)
        name, area = draw_name(kind, style.words, chance)
        if name not in {device.name for device in devices}:
            devices.append(draw_device(name, area, kind, frozenset(), chance))
    return ask_for(tuple(devices), style, chance)


def ask_for(
    devices: tuple[Device, ...], style: Style, chance: random.Random, *, digits: bool = False
) -> Request:
    """Ask something of each of `devices`, in one sentence, numbers in words or in digits."""
    together = _ask_together(devices, style, chance, digits=digits)
    if together is not None:
        return together
    asked = [_ask_one(device, style, chance, digits=digits) for device in devices]
    said = [words for words, _ in asked]
    text = said[0]
    if style.ways:
        for words in said[1:]:
            text += chance.choice(sentences.BETWEEN) + words
        text = style.ways.dressed(text, chance)
    elif said[1:]:
        text = " and ".join(words.rstrip(".?!") for words in said)
    return Request(text, tuple(call for _, call in asked), devices)


def draw_nothing(style: Style, chance: random.Random) -> str:
    """Draw something that is not for the house to do."""
    words = style.words
    said = chance.choice(style.sentences[sentences.NOT_FOR_THE_HOUSE])
    choices = {
        "city": sentences.CITIES,
        "day": sentences.DAYS,
        "thing": words.things,
        "room": words.rooms,
        "owner": words.owners,
        "quality": words.qualities,
        "food": sentences.FOODS,
        "animal": sentences.ANIMALS,
        "job": sentences.JOBS,
    }
    for slot, values in choices.items():
        while f"{{{slot}}}" in said:
            said = said.replace(f"{{{slot}}}", chance.choice(values), 1)
    return said


def table_row(name: str, request: Request) -> str:
    """Write a request as a row of `requests.tsv`."""
    calls = [{"tool": call.name, "arguments": dict(call.arguments)} for call in request.calls]
    devices = [{"name": d.name, "area": d.area, "kind": d.kind.value} for d in request.devices]
    return "\t".join((name, request.text, json.dumps(calls), json.dumps(devices)))


def _ask_one(
    device: Device, style: Style, chance: random.Random, *, digits: bool
) -> tuple[str, ToolCall]:
    tool = _draw_tool((device,), chance)
    slots, values = _draw_values(tool, chance, digits=digits)
    said = _sentence(tool, device, style, chance)
    if style.ways and chance.random() < _REPAIRED:
        said = style.ways.repaired(said, _draw_tool((device,), chance), chance)
    slots |= {"D": _with_article(device, chance), "d": device.name}
    return said.format(**slots), ToolCall(tool, {"device": device.name} | values)


def _ask_together(
    devices: tuple[Device, ...], style: Style, chance: random.Random, *, digits: bool
) -> Request | None:
    """Ask the same of all devices, their names in a row; None where that does not fit or come up.

    The numbers of a brightness and of a speed mean different tools, so a tool has to fit all.
    """
    if style.ways is None or len(devices) < 2 or chance.random() > _TOGETHER:
        return None
    if not any(all(tool.fits(device) for device in devices) for tool in HOME_TOOLS):
        return None
    tool = _draw_tool(devices, chance)
    slots, values = _draw_values(tool, chance, digits=digits)
    names_of = [_with_article(device, chance) for device in devices]
    joined = ", ".join(names_of[:-1]) + chance.choice((" and ", " and ", " as well as ", " plus "))
    slots |= {"D": joined + names_of[-1], "d": joined + names_of[-1]}
    text = style.ways.draw(tool, chance, "do").format(**slots)
    calls = tuple(ToolCall(tool, {"device": device.name} | values) for device in devices)
    return Request(style.ways.dressed(text, chance), calls, devices)


def _draw_tool(devices: tuple[Device, ...], chance: random.Random) -> str:
    """Draw a tool that fits all of `devices`."""
    fitting = [tool for tool in HOME_TOOLS if all(tool.fits(device) for device in devices)]
    weights = [_TOOL_WEIGHTS.get(tool.name, 2.0) for tool in fitting]
    return chance.choices(fitting, weights)[0].name


def _draw_values(
    tool: str, chance: random.Random, *, digits: bool
) -> tuple[dict[str, str], dict[str, Value]]:
    """Draw what a tool sets: as it is said, by slot, and as it is called."""
    number = str if digits else in_words
    if tool == "set_color":
        color = chance.choice(COLORS)
        return {"c": color.replace("_", " ")}, {"color": color}
    if tool == "set_temperature":
        low, high = (5, 35) if chance.random() < 0.4 else (15, 25)
        celsius = chance.randint(low, high)
        return {"v": number(celsius)}, {"celsius": celsius}
    if TOOL_BY_NAME[tool].argument is not None:
        percent = chance.choice((*_PERCENTS, chance.randint(0, 100)))
        return {"v": number(percent)}, {"percent": percent}
    return {}, {}


def _with_article(device: Device, chance: random.Random) -> str:
    if device.name.endswith("'s") or "'s " in device.name:
        return chance.choice(("", "", "the ")) + device.name
    return chance.choice(("the ", "the ", "the ", "the ", "my ", "")) + device.name


def _sentence(tool: str, device: Device, style: Style, chance: random.Random) -> str:
    heading = tool
    if tool == "get_state" and chance.random() < 0.7:
        on_or_off = sentences.ON_OR_OFF if Capability.ON_OFF in device.can else ""
        about = [on_or_off, f"state of a {device.kind}"]
        heading = chance.choice([name for name in about if name in style.sentences] or [tool])
    composed = style.ways is not None and style.ways.forms(heading) and chance.random() > _IDIOM
    if style.ways is not None and composed:
        return style.ways.draw(heading, chance)
    return chance.choice(style.sentences[heading])


if __name__ == "__main__":
    main()
