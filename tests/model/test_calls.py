import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.calls import (
    CallSyntaxError,
    format_call,
    format_result,
    format_value,
    parse_calls,
)
from edge_agent.model.errors import ModelError
from edge_agent.model.types import ToolCall, ToolResult

NAMES = st.from_regex(r"[a-zA-Zäéß_][\w.\-]{0,12}", fullmatch=True)
TEXTS = st.text(max_size=20).filter(lambda text: '<|"|>' not in text)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    TEXTS | NUMBERS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
CALLS = st.builds(ToolCall, NAMES, st.dictionaries(NAMES, VALUES, max_size=4))


@given(st.lists(CALLS, max_size=4), TEXTS.filter(lambda text: "<|tool_call>" not in text))
def test_what_is_written_is_read_back(calls, between):
    written = between.join(["", *map(format_call, calls), ""])
    assert parse_calls(written) == tuple(calls)


@pytest.mark.parametrize(
    ("written", "name", "arguments"),
    [
        ("call:turn_on{device:<|\"|>lamp<|\"|>}", "turn_on", {"device": "lamp"}),
        ("call:pause{}", "pause", {}),
        ("call:a{n:-3,x:2.5,y:1e-3,z:0}", "a", {"n": -3, "x": 2.5, "y": 0.001, "z": 0}),
        ("call:a{on:true,off:false,no:null}", "a", {"on": True, "off": False, "no": None}),
        ("call:a{l:[1,[2,{k:<|\"|>v<|\"|>}],[]]}", "a", {"l": [1, [2, {"k": "v"}], []]}),
        (
            'call:say{text:<|"|>{"a": [1, 2], b:c},\n<tool_call> "x"<|"|>}',
            "say",
            {"text": '{"a": [1, 2], b:c},\n<tool_call> "x"'},
        ),
        ('call:a{device:<|"|>Küche „groß“ "5"<|"|>}', "a", {"device": 'Küche „groß“ "5"'}),
        ('call:größe{à la:<|"|><|"|>}', "größe", {"à la": ""}),
    ],
)  # fmt: skip
def test_a_call_is_read(written, name, arguments):
    assert parse_calls(f"<|tool_call>{written}<tool_call|>") == (ToolCall(name, arguments),)


def test_text_round_calls_is_passed_over():
    two = "Well.<|tool_call>call:a{}<tool_call|>\nand <|tool_call>call:b{c:1}<tool_call|><turn|>"
    assert [call.name for call in parse_calls(two)] == ["a", "b"]
    assert parse_calls("no call: {here}") == ()


@pytest.mark.parametrize(
    ("written", "position", "expected"),
    [
        ("", 12, "'call:'"),
        ("turn_on{}", 12, "'call:'"),
        ("call:{}", 17, "the name of a tool"),
        ("call:a", 18, "'{'"),
        ("call:a{", 19, "the name of an argument"),
        ("call:a{b", 20, "':'"),
        ("call:a{b:", 21, "a value"),
        ("call:a{b:yes}", 21, "a value"),
        ("call:a{b:truest}", 21, "a value"),
        ("call:a{b:01}", 21, "a value"),
        ("call:a{b:1.2.3}", 21, "a value"),
        ("call:a{b:+1}", 21, "a value"),
        ('call:a{b:"c"}', 21, "a value"),
        ("call:a{b:1e999}", 21, "a smaller number"),
        (f"call:a{{b:{'9' * 5_000}}}", 21, "a smaller number"),
        ("call:a{b:1 }", 22, "',' or '}'"),
        ("call:a{b:1,}", 23, "the name of an argument"),
        ("call:a{b:1,b:2}", 23, "no second argument 'b'"),
        ("call:a{b:[1,]}", 24, "a value"),
        ("call:a{b:[1}", 23, "',' or ']'"),
        ('call:a{b:<|"|>never closed}', 39, "at the end of a string"),
        ("call:a{}", 20, "'<tool_call|>'"),
        ("call:a{} <tool_call|>", 20, "'<tool_call|>'"),
        (f"call:a{{b:{'[' * 40}", 52, "at most 32 levels"),
    ],
)
def test_a_broken_call_says_where_and_what_was_expected(written, position, expected):
    with pytest.raises(CallSyntaxError) as raised:
        parse_calls(f"<|tool_call>{written}")
    assert raised.value.position == position
    assert expected in raised.value.expected
    assert expected in str(raised.value)
    assert isinstance(raised.value, ModelError)


def test_depth_is_counted_for_each_call_alone():
    side_by_side = ",".join(["[]"] * 100)
    (call,) = parse_calls(f"<|tool_call>call:a{{b:[{side_by_side}]}}<tool_call|>")
    assert call.arguments == {"b": [[]] * 100}


@given(st.text(alphabet='<|tool_call>:{}[],"ab1.-e \n', max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        parse_calls(f"<|tool_call>{text}")
    except CallSyntaxError as error:
        assert 0 <= error.position <= len(text) + 12  # noqa: PT017 - both ends are right


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "A": 2, "a": 3}, "{A:2,a:3,b:1}"),
        (21.0, "21"),
        (21.5, "21.5"),
        (1 / 3, "0.3333333333333333"),
        (True, "true"),
        (None, "null"),
        (("x", 1), '[<|"|>x<|"|>,1]'),
    ],
)
def test_values_are_written_in_one_form(value, written):
    assert format_value(value) == written


@pytest.mark.parametrize("value", [math.inf, math.nan, {"a:b": 1}, {"": 1}, {" a": 1}, {"a{": 1}])
def test_what_the_syntax_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="cannot be"):
        format_value(value)


def test_a_result_is_written_as_the_model_reads_it():
    result = ToolResult("get_state", {"state": "on", "brightness": 40})
    assert format_result(result) == (
        '<|tool_response>response:get_state{brightness:40,state:<|"|>on<|"|>}<tool_response|>'
    )
