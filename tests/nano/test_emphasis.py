"""What decides counts more in the loss than what is copied."""

import pytest

from tools.nano.emphasis import Emphasis

WORDS = [
    "<|channel>", "thought", "<channel|>", "<|tool_call>", "<tool_call|>", '<|"|>', "call:", "feed",
    "_cat", "{", "{device:", "lamp", "}", "Yes", ", it is.", "<turn|>", "turn_on",
    "▁", "8", "2", "over", ".", "ask", "ed▁", "not",
]  # fmt: skip


class Words:
    """A vocabulary of whole words."""

    @staticmethod
    def convert_tokens_to_ids(tokens):
        return [WORDS.index(token) for token in tokens]

    @staticmethod
    def get_vocab():
        return {word: number for number, word in enumerate(WORDS)}


def weights(*reply, thought_is_copied=False):
    tokens = tuple(WORDS.index(word) for word in reply)
    return Emphasis(Words()).weigh(tokens, thought_is_copied=thought_is_copied)


def test_the_answer_after_a_thought_decides():
    reply = ("<|channel>", "thought", "<channel|>", "Yes", ", it is.", "<turn|>")
    assert weights(*reply) == (1, 1, 1, 5, 1, 1)
    assert weights(*reply, thought_is_copied=True) == (0.2, 0.2, 0.2, 5, 1, 1)


def test_how_a_number_is_to_another_decides_in_a_thought():
    reply = ("<|channel>", "8", "▁", "2", "▁", "over", ".", "<channel|>", "Yes")
    assert weights(*reply) == (1, 1, 1, 3, 1, 3, 1, 1, 5)


def test_whether_it_is_asked_not_to_be_so_decides_in_a_thought():
    reply = ("<|channel>", "ask", "ed▁", "not", ".", "<channel|>", "Yes")
    assert weights(*reply) == (1, 1, 1, 3, 1, 1, 5)


@pytest.mark.parametrize("opening", ["{", "{device:"])
def test_every_piece_of_a_tools_name_decides_and_so_does_whether_there_is_another_call(opening):
    one = ("<|tool_call>", "call:", "feed", "_cat", opening, '<|"|>', "lamp", "}", "<tool_call|>")
    expected = (1, 3, 3, 1, 1, 2, 1, 1)
    assert weights(*one, *one, "<turn|>") == (5, *expected, 3, *expected, 3)
