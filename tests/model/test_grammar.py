"""Held to on two kinds of vocabulary: SentencePiece with byte fallback, and Hugging Face BPE."""

import random
import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import byte_level_tokenizer, hf_tokenizer, sentencepiece_tokenizer

from edge_agent.model.calls import format_call, parse_calls
from edge_agent.model.grammar import GrammarOptions, Mode, Thought, compile_grammar
from edge_agent.model.grammar_rules import GrammarError
from edge_agent.model.types import ToolCall, ToolDeclaration

BOTH = pytest.mark.parametrize(
    "tokenizer", [sentencepiece_tokenizer(), hf_tokenizer()], ids=["sp", "hf"]
)


def tool(name, properties, required=None, choices=None):
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
    }
    return ToolDeclaration(name, "", parameters, choices or {})


def grammar(tokenizer, tools, mode=Mode.CALLS, thought=Thought.NONE, **more):
    stop = (tokenizer.special_tokens["<eos>"], tokenizer.special_tokens["<turn|>"])
    return compile_grammar(tokenizer, tools, GrammarOptions(stop, mode, thought, **more))


def accepts(compiled, tokenizer, text):
    matcher = compiled.matcher()
    try:
        matcher.consume(tokenizer.encode(text, special=True))
    except ValueError:
        return False
    return matcher.finished


def call_text(name, **arguments):
    return format_call(ToolCall(name, arguments))


def accepts_value(tokenizer, schema, value):
    compiled = grammar(tokenizer, [tool("t", {"x": schema})])
    return accepts(compiled, tokenizer, call_text("t", x=value) + "<turn|>")


def walk(compiled, choose):
    """Write a turn, taking what is forced and choosing the rest."""
    matcher, written = compiled.matcher(), []
    while not matcher.finished:
        ids = matcher.forced() or [int(choose(matcher.allowed()))]
        matcher.consume(ids)
        written += ids
    return matcher, written


LIGHT = tool(
    "set_light",
    {"device": {"type": "string"}, "percent": {"type": "integer", "minimum": 0, "maximum": 100}},
    choices={"device": ("kitchen light", "kitchen light 2", 'Küche "groß"', "bed")},
)
SAY = tool("say", {"text": {"type": "string"}})


@BOTH
def test_random_walks_are_valid_calls(tokenizer):
    compiled = grammar(tokenizer, [LIGHT], calls_at_most=3)
    choose = random.Random(3).choice
    devices = set()
    for _ in range(60):
        matcher, written = walk(compiled, choose)
        assert matcher.finished
        calls = parse_calls(tokenizer.decode(written, keep_special=True))
        assert 1 <= len(calls) <= 3
        for call in calls:
            assert call.name == "set_light"
            assert call.arguments["device"] in LIGHT.choices["device"]
            assert 0 <= call.arguments["percent"] <= 100
            devices.add(call.arguments["device"])
    assert devices == set(LIGHT.choices["device"])


@BOTH
def test_spaces_can_be_written(tokenizer):
    compiled = grammar(tokenizer, [LIGHT, SAY])
    assert accepts(
        compiled, tokenizer, call_text("set_light", device="kitchen light", percent=5) + "<turn|>"
    )
    assert accepts(compiled, tokenizer, call_text("say", text="  two  spaces ") + "<turn|>")
    matcher = compiled.matcher()
    matcher.consume(tokenizer.encode('<|tool_call>call:say{text:<|"|>turn', special=True))
    written = {tokenizer.token_bytes[token] for token in matcher.allowed()}
    assert b" " in written
    assert b" on" in written or b" the" in written


@BOTH
def test_a_name_that_begins_another_can_end_or_go_on(tokenizer):
    compiled = grammar(tokenizer, [LIGHT])
    for device in LIGHT.choices["device"]:
        text = call_text("set_light", device=device, percent=40) + "<turn|>"
        assert accepts(compiled, tokenizer, text)
    for device in ("kitchen", "kitchen light 3", "Küche", "", "bed "):
        text = call_text("set_light", device=device, percent=40) + "<turn|>"
        assert not accepts(compiled, tokenizer, text)
    matcher = compiled.matcher()
    matcher.consume(
        tokenizer.encode('<|tool_call>call:set_light{device:<|"|>kitchen light', special=True)
    )
    allowed = set(matcher.allowed())
    assert tokenizer.special_tokens['<|"|>'] in allowed
    assert len(allowed) > 1


@BOTH
@pytest.mark.parametrize("number", [-1, 0, 7, 99, 100, 101, 1000])
def test_an_integer_keeps_to_its_range(tokenizer, number):
    schema = {"type": "integer", "minimum": 0, "maximum": 100}
    assert accepts_value(tokenizer, schema, number) == (0 <= number <= 100)


@BOTH
@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "number", "minimum": 5, "maximum": 35}, [5, 20.25, 35], [4.9, 35.1, 9.125]),
        ({"type": "number", "exclusiveMinimum": 0}, [0.01, 3], [0, -1]),
        ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3}, [1, 2], [0, 3]),
        ({"type": "integer", "minimum": 0, "maximum": 20, "multipleOf": 5}, [0, 15, 20], [1, 25]),
        ({"type": "number", "minimum": 5, "maximum": 6, "multipleOf": 0.5}, [5, 5.5, 6], [5.25]),
        ({"type": "integer"}, [0, -3, 10**14], [1.5, 10**15]),
        ({"type": "boolean"}, [True, False], [None, 1, "true"]),
        ({"type": "STRING"}, ["", "x", "<b>", "a < b"], [1, True]),
        ({"enum": ["on", "off", 3, None, True]}, ["on", "off", 3, None, True], ["o", 4, False]),
        ({"enum": ["", "a"]}, ["", "a"], ["b"]),
        ({"const": "x"}, ["x"], ["", "y"]),
        ({"type": ["string", "null"], "maxLength": 3}, ["abc", None], ["abcd", 1]),
        ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, [1, True], ["x"]),
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab", "äöü"], ["a", "abcd"]),
        ({"type": "string", "pattern": "^[a-z]+/[0-9]{2}$"}, ["a/12"], ["a/1", "A/12"]),
        ({"type": "string", "pattern": "[0-9]"}, ["a1b"], ["ab"]),
        ({"type": "array", "items": {"type": "integer"}}, [[], [1], [1, 2, 3]], [["x"], 1]),
        ({"type": "array", "items": {"type": "null"}, "minItems": 1}, [[None], [None] * 9], [[]]),
        ({"type": "array", "items": {"type": "null"}, "maxItems": 2}, [[], [None]], [[None] * 3]),
        ({"type": "array", "items": {}, "maxItems": 0}, [[]], [[1]]),
        ({}, ["x", 1, None, [1, {"a": "b"}], {"k": [True]}, {}], []),
    ],
)  # fmt: skip
def test_a_value_keeps_to_its_schema(tokenizer, schema, good, bad):
    for value in good:
        assert accepts_value(tokenizer, schema, value), value
    for value in bad:
        assert not accepts_value(tokenizer, schema, value), value


@BOTH
def test_optional_arguments_may_be_missing_in_any_combination(tokenizer):
    flag = {"type": "boolean"}
    compiled = grammar(tokenizer, [tool("t", {"a": flag, "b": flag, "C": flag, "d": flag}, ["b"])])
    for given_names in ("b", "ab", "bC", "bd", "abCd", "bCd", "abd"):
        text = call_text("t", **dict.fromkeys(given_names, True))
        assert accepts(compiled, tokenizer, text + "<turn|>"), given_names
    for given_names in ("", "a", "aCd"):
        text = call_text("t", **dict.fromkeys(given_names, True))
        assert not accepts(compiled, tokenizer, text + "<turn|>"), given_names
    unsorted = "<|tool_call>call:t{b:true,a:true}<tool_call|><turn|>"
    assert not accepts(compiled, tokenizer, unsorted)


@BOTH
def test_all_arguments_may_be_optional(tokenizer):
    flag = {"type": "boolean"}
    compiled = grammar(tokenizer, [tool("t", {"a": flag, "b": flag}, [])])
    for given_names in ("", "a", "b", "ab"):
        text = call_text("t", **dict.fromkeys(given_names, False)) + "<turn|>"
        assert accepts(compiled, tokenizer, text), given_names


@BOTH
def test_objects_nest(tokenizer):
    schema = {
        "type": "object",
        "properties": {
            "at": {
                "type": "object",
                "properties": {"room": {"enum": ["bed", "bath"]}},
                "required": ["room"],
            },
            "levels": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}},
        },
        "required": ["at"],
    }  # fmt: skip
    assert accepts_value(tokenizer, schema, {"at": {"room": "bed"}, "levels": [1, 3]})
    assert accepts_value(tokenizer, schema, {"at": {"room": "bath"}})
    assert not accepts_value(tokenizer, schema, {"at": {"room": "hall"}})
    assert not accepts_value(tokenizer, schema, {"levels": [1]})
    assert not accepts_value(tokenizer, schema, {"at": {"room": "bed"}, "levels": [4]})


@BOTH
@pytest.mark.parametrize(
    "text",
    ['{"a": [1, 2], b: c}', "},call:say{text:", "], }, <call> <|", "line\nbreak", "Küche „5“ 🎉"],
)  # fmt: skip
def test_a_string_may_look_like_syntax(tokenizer, text):
    compiled = grammar(tokenizer, [SAY])
    written = call_text("say", text=text) + "<turn|>"
    assert accepts(compiled, tokenizer, written) == ("<|" not in text)


@BOTH
def test_the_model_cannot_spell_out_a_control_token(tokenizer):
    compiled = grammar(tokenizer, [SAY], Mode.CALLS_OR_TEXT)
    spelled = tokenizer.encode("so <|tool_call>call:say", special=False)
    with pytest.raises(ValueError, match="not allowed"):
        compiled.matcher().consume(spelled)
    assert accepts(compiled, tokenizer, "a < b, <b>bold</b> |> <<<turn|>")


@BOTH
def test_a_turn_ends_with_a_stop_token_and_nothing_follows(tokenizer):
    compiled = grammar(tokenizer, [LIGHT], Mode.CALLS_OR_TEXT)
    for text in (
        "<turn|>",
        "Hello.<eos>",
        "On it." + call_text("set_light", device="bed", percent=1) + "<turn|>",
    ):
        matcher = compiled.matcher()
        matcher.consume(tokenizer.encode(text, special=True))
        assert matcher.finished
        assert matcher.forced() == []
        assert len(matcher.allowed()) == 0


@BOTH
def test_each_mode_allows_what_it_says(tokenizer):
    call = call_text("say", text="x")
    turns = {"calls": call + call, "text": "Hello", "both": "Hello" + call, "nothing": ""}
    allowed = {
        Mode.CALLS: {"calls"},
        Mode.CALLS_OR_TEXT: {"calls", "text", "both", "nothing"},
        Mode.TEXT: {"text", "nothing"},
    }
    for mode, names in allowed.items():
        compiled = grammar(tokenizer, [SAY], mode)
        for name, text in turns.items():
            assert accepts(compiled, tokenizer, text + "<turn|>") == (name in names), (mode, name)


@BOTH
def test_calls_are_counted(tokenizer):
    compiled = grammar(tokenizer, [SAY], calls_at_most=2)
    for count in (1, 2, 3):
        text = call_text("say", text="x") * count + "<turn|>"
        assert accepts(compiled, tokenizer, text) == (count <= 2)


@BOTH
def test_a_thought_is_where_it_may_be(tokenizer):
    call = call_text("say", text="x") + "<turn|>"
    thought = "<|channel>thought\nthe lamp, {1}\n<channel|>"
    empty = "<|channel>thought\n<channel|>"
    allowed = {
        Thought.NONE: {""},
        Thought.ALLOWED: {"", thought, empty},
        Thought.REQUIRED: {thought, empty},
    }
    for setting, starts in allowed.items():
        compiled = grammar(tokenizer, [SAY], Mode.CALLS_OR_TEXT, setting)
        for start in ("", thought, empty):
            assert accepts(compiled, tokenizer, start + call) == (start in starts)
        assert not accepts(compiled, tokenizer, "Hello" + thought + call)


@BOTH
def test_what_is_forced_needs_no_choice(tokenizer):
    compiled = grammar(tokenizer, [LIGHT])
    matcher = compiled.matcher()
    start = matcher.forced()
    written = tokenizer.decode(start, keep_special=True)
    assert '<|tool_call>call:set_light{device:<|"|>'.startswith(written)
    assert len(written) > len("<|tool_call>call:")
    assert matcher.forced() == start
    matcher.consume(start)
    assert len(matcher.allowed()) > 1


@BOTH
def test_a_second_round_of_calls_starts_anew(tokenizer):
    compiled = grammar(tokenizer, [SAY], Mode.CALLS_OR_TEXT)
    first = compiled.matcher()
    first.consume(tokenizer.encode(call_text("say", text="x") + "<turn|>", special=True))
    assert first.finished
    second = compiled.matcher()
    assert not second.finished
    second.consume(tokenizer.encode("Done." + call_text("say", text="y") + "<turn|>", special=True))
    assert second.finished


@BOTH
def test_a_stop_at_a_tool_response_is_a_stop(tokenizer):
    response = tokenizer.special_tokens["<|tool_response>"]
    compiled = compile_grammar(
        tokenizer, [SAY], GrammarOptions((response,), Mode.CALLS, calls_at_most=1)
    )
    matcher = compiled.matcher()
    matcher.consume(tokenizer.encode('<|tool_call>call:say{text:<|"|>x<|"|>', special=True))
    assert tokenizer.decode(matcher.forced(), keep_special=True) == "}<tool_call|><|tool_response>"


@BOTH
def test_a_copy_goes_its_own_way(tokenizer):
    matcher = grammar(tokenizer, [SAY], Mode.CALLS_OR_TEXT).matcher()
    copy = matcher.copy()
    copy.consume(tokenizer.encode("Hello<turn|>", special=True))
    assert copy.finished
    assert not matcher.finished


@BOTH
def test_a_refused_token_leaves_the_matcher_where_it_was(tokenizer):
    matcher = grammar(tokenizer, [SAY]).matcher()
    before = matcher.allowed()
    with pytest.raises(ValueError, match="not allowed"):
        matcher.consume(tokenizer.encode("<|tool_call>nonsense", special=True))
    assert np.array_equal(matcher.allowed(), before)
    matcher.consume(tokenizer.encode(call_text("say", text="x") + "<turn|>", special=True))
    assert matcher.finished


@BOTH
def test_five_hundred_devices(tokenizer):
    names = tuple(f"{room} {thing} {n}" for room in ("kitchen", "bed", "Küche", "hall", "garage")
                  for thing in ("lamp", "light", "fan", "blind") for n in range(25))  # fmt: skip
    tools = [tool(name, {"device": {"type": "string"}}, choices={"device": names})
             for name in ("turn_on", "turn_off", "get_state")]  # fmt: skip
    compiled = grammar(tokenizer, tools)
    for name in names[::37]:
        assert accepts(compiled, tokenizer, call_text("turn_off", device=name) + "<turn|>")
    assert not accepts(
        compiled, tokenizer, call_text("turn_off", device="kitchen lamp 25") + "<turn|>"
    )


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda name: "<" not in name and "\N{LOWER ONE EIGHTH BLOCK}" not in name
)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True))
def test_any_name_can_be_written_and_only_those(names):
    named = tool("t", {"x": {"type": "string"}}, choices={"x": tuple(names)})
    for tokenizer in (sentencepiece_tokenizer(), hf_tokenizer()):
        compiled = grammar(tokenizer, [named])
        for name in names:
            assert accepts(compiled, tokenizer, call_text("t", x=name) + "<turn|>")
            longer = f"{name}~"
            text = call_text("t", x=longer) + "<turn|>"
            assert accepts(compiled, tokenizer, text) == (longer in names)


@settings(max_examples=30, deadline=None)
@given(st.integers(-500, 500), st.integers(-500, 500), st.integers(-600, 600))
def test_any_range_of_integers_is_kept(one, other, number):
    low, high = sorted((one, other))
    schema = {"type": "integer", "minimum": low, "maximum": high}
    assert accepts_value(hf_tokenizer(), schema, number) == (low <= number <= high)


def test_a_tool_without_devices_cannot_be_called():
    tokenizer = hf_tokenizer()
    none = tool("lock", {"device": {"type": "string"}}, choices={"device": ()})
    compiled = grammar(tokenizer, [none, SAY])
    assert not accepts(compiled, tokenizer, call_text("lock", device="") + "<turn|>")
    assert accepts(compiled, tokenizer, call_text("say", text="x") + "<turn|>")
    with pytest.raises(GrammarError, match="no tool can be called"):
        grammar(tokenizer, [none])
    text = grammar(tokenizer, [none], Mode.CALLS_OR_TEXT)
    assert accepts(text, tokenizer, "Hello<turn|>")


def test_a_vocabulary_without_call_tokens_says_so():
    tokenizer = byte_level_tokenizer()
    options = GrammarOptions((tokenizer.special_tokens["<|im_end|>"],), Mode.CALLS)
    with pytest.raises(GrammarError, match="cannot call tools"):
        compile_grammar(tokenizer, [SAY], options)
    text = compile_grammar(tokenizer, [], GrammarOptions(options.stop_ids, Mode.TEXT))
    assert accepts(text, tokenizer, "Hello there<|im_end|>")


def test_a_turn_that_could_never_end_is_refused():
    with pytest.raises(GrammarError, match="no stop token"):
        compile_grammar(hf_tokenizer(), [SAY], GrammarOptions(()))


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"type": "integer", "minimum": 3, "maximum": 2}, "tool 't', argument 'x': no number"),
        ({"type": "thing"}, "argument 'x': type 'thing' is unknown"),
        ({"type": "string", "contentEncoding": "base64"}, "cannot hold to contentEncoding"),
        ({"$ref": "#/x"}, r"cannot hold to \$ref"),
        ({"type": "integer", "multipleOf": 5}, "needs a minimum and a maximum"),
        ({"enum": []}, "enum is not a list of values"),
        ({"enum": [[1]]}, "enum of lists"),
        ({"enum": ["a<|turn>b"]}, "holds a control token"),
        ({"type": "string", "pattern": "("}, "does not compile"),
        ({"type": "object", "properties": {"a b": {}}}, "'a b' cannot be the name"),
        ({"type": "object", "required": ["a"]}, "a is required but not declared"),
        ({"type": "array", "items": {"type": "array", "items": 5}}, "its items, its items: .*not"),
    ],
)  # fmt: skip
def test_a_schema_that_cannot_be_held_to_says_where(schema, sentence):
    with pytest.raises(GrammarError, match=sentence):
        grammar(hf_tokenizer(), [tool("t", {"x": schema})])


def test_a_schema_that_nests_without_end_is_refused():
    schema = {"type": "integer"}
    for _ in range(60):
        schema = {"type": "array", "items": schema}
    with pytest.raises(GrammarError, match="nested more than"):
        grammar(hf_tokenizer(), [tool("t", {"x": schema})])


def test_numbers_have_as_many_decimals_as_asked():
    tokenizer = hf_tokenizer()
    one = tool("t", {"x": {"type": "number", "minimum": 0, "maximum": 1}})
    for decimals in (0, 1, 3):
        compiled = grammar(tokenizer, [one], decimals=decimals)
        for value in (Decimal(1), Decimal("0.5"), Decimal("0.25"), Decimal("0.125")):
            text = f"<|tool_call>call:t{{x:{value}}}<tool_call|><turn|>"
            places = len(re.sub(r"^\d+\.?", "", str(value)))
            assert accepts(compiled, tokenizer, text) == (places <= decimals)
