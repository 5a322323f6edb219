"""What training declares and asks for is what the runtime would take."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from edge_agent.model.bundle import Bundle
from edge_agent.model.bundle_header import SectionKind
from edge_agent.model.calls import format_call
from edge_agent.model.grammar import GrammarOptions, Mode, compile_grammar
from edge_agent.model.tokenizer import Tokenizer, load_tokenizer
from tools.nano.argument_values import allowed, draw_value
from tools.nano.own_tool_types import WayToAsk
from tools.nano.own_tools import ask_for_tool, draw_absent_tool, draw_own_tools
from tools.nano.own_tools_test import own_tools_homes
from tools.nano.spans import in_a_span
from tools.nano.ways import training_ways
from tools.nano.written_tools import WrittenTool, slots, vary_tool, written_tools

SMALL_MODEL = Path(__file__).parents[2] / "models" / "nano.litertlm"
WORDS = ("anvil", "brisk", "candle", "drift", "ember", "fable", "glance", "harbor", "ivory")
ENTRIES = pytest.mark.parametrize(
    "entry", written_tools(), ids=lambda entry: entry.declaration.name
)


@ENTRIES
def test_a_way_to_ask_says_all_that_is_required_in_values_that_are_allowed(entry: WrittenTool):
    schema = entry.declaration.parameters
    assert {*schema["required"]} <= {*schema["properties"]}
    for way in entry.ways:
        said = slots(way.words)
        assert not {*said} & {*way.fixed}, way
        assert {*schema["required"]} <= {*said, *way.fixed} <= {*schema["properties"]}, way
        for name, value in way.fixed.items():
            assert allowed(schema["properties"][name], value), way
        for name in said:
            assert schema["properties"][name]["type"] != "boolean", way
        assert re.fullmatch(r"[A-Za-z0-9{}][^.?!]*[^ .?!]", way.words), way


@ENTRIES
def test_every_argument_and_every_thing_to_swap_is_said(entry: WrittenTool):
    names = {name for way in entry.ways for name in (*slots(way.words), *way.fixed)}
    assert names == {*entry.declaration.parameters["properties"]}
    assert len({way.words for way in entry.ways}) == len(entry.ways) >= 6
    for thing in entry.swap:
        with_it = [way for way in entry.ways if re.search(rf"\b{thing}\b", way.words)]
        assert len(with_it) >= 4
        assert not any(re.search(rf"{{{thing}}}", way.words) for way in entry.ways)


@ENTRIES
def test_free_text_is_what_stays_whole_when_it_is_typed(entry: WrittenTool):
    properties = entry.declaration.parameters["properties"]
    free = {
        name for name, schema in properties.items()
        if schema["type"] == "string" and "enum" not in schema
    }  # fmt: skip
    assert free == {*entry.texts}
    for name in free:
        for text in entry.texts[name]:
            assert text == text.lower()
            assert not re.search("[,.?!]| percent", text)
            assert len(text) <= properties[name].get("maxLength", 100)
    enums = [value for schema in properties.values() for value in schema.get("enum", ())]
    assert all(isinstance(value, str | int) and not isinstance(value, bool) for value in enums)
    assert all(value == value.lower() for value in enums if isinstance(value, str))


def test_no_tool_is_written_twice_nor_tested_with():
    written = Counter(entry.declaration.name for entry in written_tools())
    assert written.most_common(1)[0][1] == 1
    assert _shared_with_the_test() == 0


def test_families_have_tools_to_tell_apart():
    families = Counter(entry.family for entry in written_tools() if entry.family)
    assert min(families.values()) >= 2


def test_what_is_asked_of_own_tools_is_taken_by_their_grammar():
    tokenizer, chance, ways = _tokenizer(), random.Random(5), training_ways()
    stop = (tokenizer.special_tokens["<eos>"], tokenizer.special_tokens["<turn|>"])
    for _ in range(150):
        tools = draw_own_tools(chance.randint(1, 4), WORDS, chance)
        options = GrammarOptions(stop, Mode.CALLS)
        grammar = compile_grammar(tokenizer, [tool.declaration for tool in tools], options)
        for tool in tools:
            said, call = ask_for_tool(tool, WORDS, chance, digits=chance.random() < 0.5, ways=ways)
            assert said == said.strip()
            assert not re.search("[{}]|  ", said)
            matcher = grammar.matcher()
            matcher.consume(tokenizer.encode(f"{format_call(call)}<turn|>", special=True))
            assert matcher.finished, call


def test_values_are_said_as_they_are_called():
    chance = random.Random(6)
    for _ in range(2000):
        tool = vary_tool(WORDS, chance)
        said, call = ask_for_tool(tool, WORDS, chance, digits=True)
        schema = tool.declaration.parameters
        assert {*schema["required"]} <= {*call.arguments} <= {*schema["properties"]}
        fixed = {name for way in tool.ways for name in way.fixed}
        for name, value in call.arguments.items():
            assert allowed(schema["properties"][name], value)
            in_words = re.search(r"\b(an?|half|two|three)\b", said)
            assert name in fixed or in_words or str(value).replace("_", " ") in said


def test_what_swapped_things_ask_for_names_them():
    chance, swapped = random.Random(7), 0
    for _ in range(800):
        tool = vary_tool(WORDS, chance)
        for each in (tool, *tool.kin):
            things = {*each.declaration.name.split("_")} & {*WORDS}
            swapped += bool(things)
            assert all(things & {*re.findall(r"\w+", way.words)} for way in each.ways if things)
    assert swapped > 50


def test_an_absent_tool_is_none_of_the_home_and_often_kin():
    chance, kin = random.Random(8), 0
    for _ in range(300):
        tools = draw_own_tools(2, WORDS, chance)
        absent = draw_absent_tool(tools, WORDS, chance)
        names = {tool.declaration.name for tool in tools}
        assert absent.declaration.name not in names
        kin += any(absent is each for tool in tools for each in tool.kin)
    assert kin > 30


def test_a_value_needs_a_type_that_can_be_said():
    with pytest.raises(ValueError, match="boolean"):
        draw_value({"type": "boolean"}, (), WORDS, random.Random(9), digits=True)


def _shared_with_the_test() -> int:
    """Count what is tested with too, so that a failure does not tell what that is."""
    names, said = set(), set()
    for entry in written_tools():
        names |= {entry.declaration.name, *entry.also}
        said |= {way.words.lower() for way in entry.ways}
    tested, asked = set(), set()
    for home in own_tools_homes():
        tested |= {tool.name for tool in home.tools}
        asked |= {words.lower() for words, _, _ in home.asked}
    return len(tested & names) + len(asked & said)


def _tokenizer() -> Tokenizer:
    with Bundle.open(SMALL_MODEL) as bundle:
        section = bundle.of_kind(SectionKind.HF_TOKENIZER_ZLIB)
        assert section is not None
        return load_tokenizer("hf-json-zlib", bundle.read(section))


def test_an_amount_is_said_without_its_number_where_that_is_allowed():
    way = WayToAsk("rinse the anvil for {length} minutes")
    chance = random.Random(10)
    half_an_hour = {"length": {"type": "integer", "minimum": 20, "maximum": 40}}
    said = in_a_span(way, half_an_hour, chance)
    assert said == WayToAsk("rinse the anvil for half an hour", {"length": 30})
    assert in_a_span(way, {"length": {"type": "integer", "maximum": 9}}, chance) == way


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (100, "one hundred"),
        (230, "two hundred thirty"),
        (1050, "one thousand fifty"),
        (-18, "minus eighteen"),
        (2.5, "two and a half"),
        (0.5, "zero point five"),
        (-12.3, "minus twelve point three"),
    ],
)
def test_large_and_broken_numbers_have_words(number: float, said: str):
    schema = {"enum": [number]}
    assert draw_value(schema, (), WORDS, random.Random(1), digits=False) == (number, said)
