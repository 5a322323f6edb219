"""Requests are whole sentences that name their devices, and none of the test is trained on."""

import random
import re
from pathlib import Path

import pytest

from tools.nano import refusals_test
from tools.nano.names import HELD_OUT
from tools.nano.names import TRAINING as TRAINING_WORDS
from tools.nano.requests import PLAIN_TEST, TEST, TRAINING, draw_nothing, draw_request
from tools.nano.sentences import NOT_FOR_THE_HOUSE, read_lines, training_sentences
from tools.nano.sentences import test_sentences as held_out_sentences
from tools.nano.ways import training_ways


def test_held_out_sentences_and_words_are_in_no_training_request():
    trained, ways = training_sentences(), training_ways()

    def bare(headings):
        lines = [(*trained.get(heading, ()), *ways.every_sentence(heading)) for heading in headings]
        return {ways.bare(said) for said in set().union(*lines)}

    states = {heading for heading in ways.headings() if "state" in heading}
    known_states = bare(states)
    for heading, held_out in held_out_sentences().items():
        known = known_states if heading in states else bare([heading])
        shared = _shared(known, map(ways.bare, held_out))
        assert not shared, heading
    assert not set(HELD_OUT.rooms) & set(TRAINING_WORDS.rooms)
    assert not set(HELD_OUT.things) & set(TRAINING_WORDS.things)


def _shared(known, held_out):
    """Count them only: a failing test must not show anybody what is held out."""
    return len(known.intersection(held_out))


def test_what_is_to_be_refused_is_not_trained_on():
    trained, ways = training_sentences()[NOT_FOR_THE_HOUSE], training_ways()
    known = {ways.bare(said) for said in (*trained, *ways.every_sentence(NOT_FOR_THE_HOUSE))}
    refused = read_lines(Path(refusals_test.__file__).with_suffix(".txt"))
    assert min(len(said) for said in refused.values()) > 40
    for said in refused.values():
        shared = _shared(known, map(ways.bare, said))
        assert not shared


@pytest.mark.parametrize("style", [TRAINING, TEST, PLAIN_TEST])
def test_a_request_is_whole_and_names_its_devices_as_they_are_spoken(style):
    chance = random.Random(4)
    for _ in range(3000):
        request = draw_request(style, chance)
        assert _is_whole(request.text)
        assert all(device.name in request.text for device in request.devices)
        assert [call.arguments["device"] for call in request.calls] == [
            device.name for device in request.devices
        ]


def test_what_asks_for_nothing_is_whole():
    chance = random.Random(4)
    assert all(_is_whole(draw_nothing(TRAINING, chance)) for _ in range(3000))


def test_each_way_to_ask_has_one_place_for_what_is_asked():
    ways = training_ways()
    for heading in ways.headings():
        for said in ways.every_sentence(heading):
            slots = re.findall(r"{(\w+)}", said)
            assert not {"do", "doing", "done", "state", "fact", "what", "value", "ask"} & {*slots}
            if heading != "not for the house":
                assert len({"D", "d"} & {*slots}) == 1


def _is_whole(text):
    return text == text.strip() and not re.search(r"[{}]|  |\b(please|and) \1\b", text)
