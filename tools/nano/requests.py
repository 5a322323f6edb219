"""Requests to a house with the calls they ask for: `python -m tools.nano.requests`.

The command writes a table of requests to be spoken, in the columns of the speech data set.
"""

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path

from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall, Value
from edge_agent.tools.contract import COLORS, HOME_TOOLS, TOOL_BY_NAME
from tools.nano import english, names, sentences
from tools.nano.names import Words, draw_device, draw_kind, draw_name
from tools.nano.numbers import in_words
from tools.nano.ways import Asked, Ways, agreeing, singular, training_ways
from tools.nano.work import work_parser

_PERCENTS = (
    0, 5, 10, 15, 20, 25, 30, 33, 35, 40, 45, 50, 55, 60, 65, 66, 70, 75, 80, 85, 90, 95, 100,
)  # fmt: skip
_PERCENTS_IN_WORDS = {
    25: ("a quarter",), 50: ("half",), 75: ("three quarters",), 100: ("maximum", "full", "the max"),
}  # fmt: skip
_TOOL_WEIGHTS = {"turn_on": 3.0, "turn_off": 3.0, "set_brightness": 3.0, "get_state": 0.7}
_GROUPS = {
    Kind.LIGHT: "a light", Kind.SWITCH: "a machine", Kind.FAN: "a machine",
    Kind.CLIMATE: "a machine", Kind.MEDIA_PLAYER: "a player",
}  # fmt: skip
_PLURALS = frozenset((
    "lights", "spotlights", "downlights", "sprinklers", "blinds", "curtains", "shutters", "drapes",
    "speakers",
))  # fmt: skip

_NO_ARTICLE = ("all ", "every", "my ", "the ")

_TOGETHER, _IN_ONE_BREATH, _BARE_AFTER_AND = 0.35, 0.3, 0.6
"""Shares of the ways to ask for two things: the same of both, one verb, a bare second request."""
_REPAIRED, _OTHER_NUMBER_FIRST = 0.02, 0.015
_IDIOM = 0.6
"""The share of training sentences that are taken whole though there are ways to compose one."""
_COMPOSED_FOR_NOTHING = 0.25
_OTHERS_IDLE = 0.25


@dataclass(frozen=True)
class Style:
    """The sentences and words that requests are made of; without `ways`, sentences stay whole.

    `idle` are more sentences that are not for the house.
    """

    sentences: sentences.Sentences
    words: Words
    ways: Ways | None = None
    idle: tuple[str, ...] = ()


TRAINING = Style(sentences.training_sentences(), names.TRAINING, training_ways())
TEST = Style(sentences.test_sentences(), names.HELD_OUT)
PLAIN_TEST = Style(sentences.plain_sentences(), names.HELD_OUT)


def widest_style() -> Style:
    """Return the training's style with any English words in names, and more idle sentences."""
    return replace(
        TRAINING,
        words=TRAINING.words.with_strange(english.words()),
        idle=tuple(english.idle_sentences()),
    )


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
    if style.ways is None:
        asked = [_ask_one(device, style, chance, digits=digits) for device in devices]
        said = [words for words, _ in asked]
        text = " and ".join(words.rstrip(".?!") for words in said) if said[1:] else said[0]
        return Request(text, tuple(call for _, call in asked), devices)
    for ask in (_ask_together, _ask_in_one_breath):
        request = ask(devices, style.ways, chance, digits=digits)
        if request is not None:
            return request
    text, calls = "", []
    for device in devices:
        words, call = _ask_one(device, style, chance, digits=digits, follows=bool(text))
        text = sentences.followed_by(text, words, chance) if text else words
        calls.append(call)
    question = calls[-1].name == "get_state"
    return Request(style.ways.dressed(text, chance, question=question), tuple(calls), devices)


def draw_nothing(style: Style, chance: random.Random) -> str:
    """Draw something that is not for the house to do."""
    nothing = sentences.NOT_FOR_THE_HOUSE
    if style.idle and chance.random() < _OTHERS_IDLE:
        return chance.choice(style.idle)
    if style.ways is not None and chance.random() < _COMPOSED_FOR_NOTHING:
        said = sentences.fill(singular(style.ways.draw(nothing, chance)), style.words, chance)
        return style.ways.dressed(said, chance) if chance.random() < 0.5 else said
    said = sentences.fill(chance.choice(style.sentences[nothing]), style.words, chance)
    if style.ways is not None and chance.random() < 0.15:
        said = style.ways.opener(chance) + said
    return said


def as_prompted(call: ToolCall) -> ToolCall:
    """Name the device of `call` as the system prompt does: in lower case."""
    name = str(call.arguments["device"]).lower()
    return replace(call, arguments={**call.arguments, "device": name})


def table_row(name: str, request: Request) -> str:
    """Write a request as a row of `requests.tsv`."""
    calls = [{"tool": call.name, "arguments": dict(call.arguments)} for call in request.calls]
    devices = [{"name": d.name, "area": d.area, "kind": d.kind.value} for d in request.devices]
    return "\t".join((name, request.text, json.dumps(calls), json.dumps(devices)))


def _ask_one(
    device: Device, style: Style, chance: random.Random, *, digits: bool, follows: bool = False
) -> tuple[str, ToolCall]:
    """Ask something of `device`; what `follows` another request is mostly short."""
    tool = _draw_tool((device,), chance)
    slots, values = _draw_values(tool, chance, digits=digits)
    if style.ways is None:
        said = chance.choice(style.sentences[_heading(tool, device, style, chance)])
        slots |= {"D": _with_article(device, chance), "d": device.name}
    else:
        said = _training_sentence(tool, device, style, style.ways, chance, follows=follows)
        if "percent" in values and chance.random() < 0.4:
            said = _without_percent(said, tool, int(values["percent"]))
        if "v" in slots and chance.random() < _OTHER_NUMBER_FIRST:
            other, _ = _draw_values(tool, chance, digits=digits)
            slots["v"] = style.ways.other_first(other["v"], slots["v"], chance)
        slots |= _naming((device,), chance)
    text = said.format(**slots) if style.ways is None else sentences.mended(said.format(**slots))
    return text, ToolCall(tool, {"device": device.name} | values)


def _ask_together(
    devices: tuple[Device, ...], ways: Ways, chance: random.Random, *, digits: bool
) -> Request | None:
    """Ask the same of all devices, their names in a row; None where that does not fit or come up.

    The numbers of a brightness and of a speed mean different tools, so a tool has to fit all.
    """
    if len(devices) < 2 or chance.random() > _TOGETHER:
        return None
    if not any(all(tool.fits(device) for device in devices) for tool in HOME_TOOLS):
        return None
    tool = _draw_tool(devices, chance)
    slots, values = _draw_values(tool, chance, digits=digits)
    group, *others = {_GROUPS.get(device.kind, "") for device in devices}
    said = ways.draw(tool, chance, group="" if others else group)
    text = sentences.mended(said.format(**slots, **_naming(devices, chance)))
    calls = tuple(ToolCall(tool, {"device": device.name} | values) for device in devices)
    return Request(ways.dressed(text, chance, question=tool == "get_state"), calls, devices)


def _ask_in_one_breath(
    devices: tuple[Device, ...], ways: Ways, chance: random.Random, *, digits: bool
) -> Request | None:
    """Ask two things with one verb; None where they do not go together, or it does not come up."""
    if len(devices) != 2 or chance.random() > _IN_ONE_BREATH:
        return None
    asked, calls = [], []
    for device in devices:
        tool = _draw_tool((device,), chance)
        slots, values = _draw_values(tool, chance, digits=digits)
        slots |= _naming((device,), chance)
        asked.append(Asked(tool, _GROUPS.get(device.kind, ""), slots))
        calls.append(ToolCall(tool, {"device": device.name} | values))
    text = ways.draw_pair(asked[0], asked[1], chance)
    return text and Request(ways.dressed(text, chance), tuple(calls), devices)


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


def _without_percent(said: str, tool: str, percent: int) -> str:
    """Say a percentage as "half" or as a mere number, where that fits and cannot mislead."""
    words = _PERCENTS_IN_WORDS.get(percent, ())
    if tool == "set_position" and (percent == 100 or "open" in said):
        words = ()
    if words and "to {v} percent" in said:
        return said.replace("to {v} percent", f"to {words[percent % len(words)]}")
    return said.removesuffix(" percent") if said.endswith(" to {v} percent") else said


def _naming(devices: tuple[Device, ...], chance: random.Random) -> dict[str, str]:
    """Return the slots for `devices` in a row, and for the verbs that agree with them."""
    first, *others = [as_object(device, chance) for device in devices]
    named, bare = first, devices[0].name
    if others:
        joined = chance.choice((" and ", " and ", " as well as ", " plus "))
        both = "both " if len(others) == 1 and joined == " and " and chance.random() < 0.15 else ""
        named = bare = both + ", ".join((first, *others[:-1])) + joined + others[-1]
    # Many say "is the lights on".
    plural = bool(others) or (bare.split()[-1] in _PLURALS and chance.random() < 0.85)
    return {"D": named, "d": bare} | agreeing(plural=plural)


def as_object(device: Device, chance: random.Random) -> str:
    """Name `device` as it stands in a sentence: "the fan", "my fan", "the scene film night"."""
    if device.kind is not Kind.SCENE:
        return _with_article(device, chance)
    return chance.choice((device.name, f"the {device.name} scene", f"the scene {device.name}"))


def _with_article(device: Device, chance: random.Random) -> str:
    if device.name.startswith(_NO_ARTICLE):
        return device.name
    if device.name.endswith("'s") or "'s " in device.name:
        return chance.choice(("", "", "the ")) + device.name
    return chance.choice(("the ", "the ", "the ", "the ", "my ", "")) + device.name


def _heading(tool: str, device: Device, style: Style, chance: random.Random) -> str:
    if tool == "get_state" and chance.random() < 0.7:
        on_or_off = sentences.ON_OR_OFF if Capability.ON_OFF in device.can else ""
        about = [on_or_off, f"state of a {device.kind}"]
        known = [name for name in about if name in style.sentences]
        if style.ways is not None:
            known = [name for name in about if style.ways.forms(name)]
        return chance.choice(known or [tool])
    return tool


def _training_sentence(
    tool: str, device: Device, style: Style, ways: Ways, chance: random.Random, *, follows: bool
) -> str:
    """Draw a sentence, whole or composed, with its slots unfilled."""
    heading, group = _heading(tool, device, style, chance), _GROUPS.get(device.kind, "")
    if chance.random() < _REPAIRED:
        return ways.repaired(heading, _draw_tool((device,), chance), chance, group=group)
    if follows and chance.random() < _BARE_AFTER_AND:
        return ways.draw_bare(heading, chance, group=group)
    if heading in style.sentences and chance.random() < _IDIOM:
        return chance.choice(style.sentences[heading])
    return ways.draw(heading, chance, group=group, follows=follows)


if __name__ == "__main__":
    main()
