import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_tokenizers import byte_level_tokenizer, hf_tokenizer, sentencepiece_tokenizer

from edge_agent.model.calls import CallSyntaxError, format_call
from edge_agent.model.events import CallMade, TextPiece, ThoughtPiece
from edge_agent.model.reply_reader import ReplyReader
from edge_agent.model.types import ToolCall

BOTH = pytest.mark.parametrize(
    "tokenizer", [sentencepiece_tokenizer(), hf_tokenizer()], ids=["sp", "hf"]
)
ON = ToolCall("turn_on", {"device": "Küche 🎉"})
OFF = ToolCall("set_level", {"level": 40, "device": '{"a": [1]}'})
WHOLE = f"<|channel>thought\nthe lamp…\n<channel|>On it.{format_call(ON)} And {format_call(OFF)}"


def read(tokenizer, text):
    reader = ReplyReader(tokenizer)
    events = [*reader.push(tokenizer.encode(text, special=True)), *reader.finish()]
    return reader, events


def joined(events, kind):
    return "".join(event.text for event in events if isinstance(event, kind))


@BOTH
def test_thought_text_and_calls_are_told_apart(tokenizer):
    reader, events = read(tokenizer, WHOLE)
    assert reader.thought == "the lamp…"
    assert reader.text == "On it. And"
    assert reader.calls == (ON, OFF)
    assert [event.call for event in events if isinstance(event, CallMade)] == [ON, OFF]
    assert joined(events, ThoughtPiece) == "the lamp…\n"
    assert joined(events, TextPiece) == "On it. And "


@BOTH
def test_later_turns_are_shown_all_but_the_thought(tokenizer):
    reader, _ = read(tokenizer, WHOLE)
    kept = tokenizer.decode(reader.kept, keep_special=True)
    assert kept == WHOLE.partition("<channel|>")[2]


@BOTH
@given(st.integers(0, 10**6))
def test_it_does_not_matter_how_the_tokens_come_in(tokenizer, seed):
    choose = random.Random(seed)
    ids = tokenizer.encode(WHOLE, special=True)
    reader, events = ReplyReader(tokenizer), []
    while ids:
        count = choose.randint(1, 6)
        events += reader.push(ids[:count])
        ids = ids[count:]
    events += reader.finish()
    assert (reader.thought, reader.text, reader.calls) == ("the lamp…", "On it. And", (ON, OFF))
    assert joined(events, ThoughtPiece) == "the lamp…\n"
    assert joined(events, TextPiece) == "On it. And "


@BOTH
def test_a_budget_that_cuts_a_call_leaves_it_out(tokenizer):
    ids = tokenizer.encode(WHOLE, special=True)
    ends = [place for place, token in enumerate(ids)
            if token == tokenizer.special_tokens["<tool_call|>"]]  # fmt: skip
    for budget in range(len(ids) + 1):
        reader = ReplyReader(tokenizer)
        reader.push(ids[:budget])
        reader.finish()
        assert reader.calls == (ON, OFF)[: sum(end < budget for end in ends)]


@BOTH
def test_letters_that_spell_a_call_are_text(tokenizer):
    spelled = format_call(ON)
    reader = ReplyReader(tokenizer)
    reader.push(tokenizer.encode(spelled, special=False))
    reader.finish()
    assert reader.calls == ()
    assert reader.text == spelled


@BOTH
def test_letters_that_spell_a_quote_do_not_end_a_string(tokenizer):
    special = tokenizer.special_tokens
    start, end, quote = special["<|tool_call>"], special["<tool_call|>"], special['<|"|>']
    ids = [
        start,
        *tokenizer.encode("call:say{text:", special=False),
        quote,
        *tokenizer.encode('a<|"|>,b:1', special=False),
        quote,
        *tokenizer.encode("}", special=False),
        end,
    ]
    reader = ReplyReader(tokenizer)
    reader.push(ids)
    assert reader.calls == (ToolCall("say", {"text": 'a< |"|>,b:1'}),)


@BOTH
def test_a_broken_call_is_an_error(tokenizer):
    with pytest.raises(CallSyntaxError, match="broken tool call"):
        read(tokenizer, "<|tool_call>call:turn_on<tool_call|>")


@BOTH
def test_an_open_thought_is_kept(tokenizer):
    reader, events = read(tokenizer, "<|channel>thought\nthe la")
    assert reader.thought == "the la"
    assert joined(events, ThoughtPiece) == "the la"
    assert reader.text == ""
    assert reader.kept == ()


@BOTH
def test_an_empty_thought_is_none(tokenizer):
    reader, events = read(tokenizer, "<|channel>thought\n<channel|>Hello<turn|>")
    assert reader.thought == ""
    assert reader.text == "Hello"
    assert joined(events, TextPiece) == "Hello"
    assert joined(events, ThoughtPiece) == ""


def test_a_vocabulary_without_calls_writes_text():
    tokenizer = byte_level_tokenizer()
    reader, _ = read(tokenizer, "Hello there<|im_end|>")
    assert reader.text == "Hello there"
    assert reader.calls == ()
