"""What ears make of speech: numbers in two, and what is worth learning from."""

import random

import pytest

from edge_agent.model.types import ToolCall
from tools.nano.clips import Spoken, is_nonspeech
from tools.nano.heard_clips import Heard, legible
from tools.nano.numbers import in_digits, in_two

LAMP_ON = (ToolCall("turn_on", {"device": "hall lamp"}),)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("twenty three percent", {"20 3%"}),
        ("to twenty two degrees", {"to 20 2 degrees", "to 20 to degrees", "to 20 too degrees"}),
        ("ninety four of them", {"90 4 of them", "90 for of them"}),
        ("forty percent or nineteen", {"forty percent or nineteen"}),
        ("sixty one, not sixty five", {"60 1, not sixty five"}),
    ],
)
def test_a_number_between_two_tens_may_be_heard_in_two(said, heard):
    chance = random.Random(1)
    assert {in_two(said, chance) for _ in range(60)} == heard


def test_what_is_heard_in_two_is_left_as_it_is():
    assert in_digits(in_two("eighty three percent", random.Random(1))) == "80 3%"


class Letters:
    """A vocabulary of single letters."""

    @staticmethod
    def decode(pieces):
        return "".join(map(chr, pieces))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("turn on the hall lamp please.", True),
        ("turn on the hole lamb please.", True),
        ("turn on the hole in lambs knees.", False),
    ],
)
def test_requests_heard_beyond_recognition_are_left_out(written, kept):
    requests = {"7": Spoken("7", "turn on the hall lamp please", LAMP_ON, ())}
    row = Heard("espeak-7", 1, tuple(map(ord, written)))
    found = [it.row for it in legible([row], requests, Letters())]
    assert found == ([row] if kept else [])


def test_what_asks_for_nothing_is_kept_however_it_was_heard():
    rows = [Heard("8", 1, tuple(map(ord, "new vase"))), Heard("hum-001", 0, ())]
    requests = {"8": Spoken("8", "no idea where he was", (), ())}
    found = list(legible(rows, requests, Letters()))
    assert [it.row for it in found] == rows
    assert [it.written for it in found] == ["new vase", ""]


def test_a_clip_of_unknown_words_is_no_silence():
    with pytest.raises(ValueError, match="clip espeak-9;"):
        list(legible([Heard("espeak-9", 1, ())], {}, Letters()))


def test_a_sound_that_is_no_speech_is_known_by_its_name():
    assert is_nonspeech("hum-00003")
    assert not is_nonspeech("espeak-00001")
    assert not is_nonspeech("00001")
