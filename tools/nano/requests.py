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


@dataclass(frozen=True)
class Style:
    """Which sentences and words a request is made of."""

    sentences: sentences.Sentences
    words: Words


TRAINING = Style(sentences.training_sentences(), names.TRAINING)
TEST = Style(sentences.test_sentences(), names.HELD_OUT)


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
    asked = [_ask_one(device, style, chance, digits=digits) for device in devices]
    text = asked[0][0]
    for said, _ in asked[1:]:
        text += chance.choice(sentences.BETWEEN) + said
    before = (
        "" if text.startswith(("let's", "I ", "I'd", "it's")) else chance.choice(sentences.BEFORE)
    )
    after = chance.choice(sentences.AFTER)
    if "please" in text or "please" in before:
        after = after.replace(" please", "")
    return Request((before + text + after).strip(), tuple(call for _, call in asked), devices)


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
    number = str if digits else in_words
    fitting = [tool for tool in HOME_TOOLS if tool.fits(device)]
    weights = [_TOOL_WEIGHTS.get(tool.name, 2.0) for tool in fitting]
    tool = chance.choices(fitting, weights)[0].name
    arguments: dict[str, Value] = {"device": device.name}
    article = chance.choice(("the ", "the ", "the ", "the ", "my ", ""))
    if device.name.endswith("'s") or "'s " in device.name:
        article = chance.choice(("", "", "the "))
    slots = {"D": article + device.name, "d": device.name}
    if tool == "set_color":
        color = chance.choice(COLORS)
        arguments["color"] = color
        slots["c"] = color.replace("_", " ")
    elif tool == "set_temperature":
        arguments["celsius"] = (
            chance.randint(5, 35) if chance.random() < 0.4 else chance.randint(15, 25)
        )
        slots["v"] = number(int(arguments["celsius"]))
    elif TOOL_BY_NAME[tool].argument is not None:
        arguments["percent"] = chance.choice((*_PERCENTS, chance.randint(0, 100)))
        slots["v"] = number(int(arguments["percent"]))
    return _sentence(tool, device, style, chance).format(**slots), ToolCall(tool, arguments)


def _sentence(tool: str, device: Device, style: Style, chance: random.Random) -> str:
    if tool == "get_state" and chance.random() < 0.7:
        on_or_off = sentences.ON_OR_OFF if Capability.ON_OFF in device.can else ""
        about = f"state of a {device.kind}"
        questions = style.sentences.get(on_or_off, ()) + style.sentences.get(about, ())
        if questions:
            return chance.choice(questions)
    return chance.choice(style.sentences[tool])


if __name__ == "__main__":
    main()
