"""What the test asks for beside plain requests: refusals, spoken tools, and what refers back."""

import random
import re

import pytest

pytest.importorskip("transformers")

from edge_agent.home.groups import groups_of
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.understanding.doubt import telling_words
from edge_agent.understanding.names import able, names_for
from tools.nano.conversation_test import conversation_cases
from tools.nano.follow_ups import COMPARED
from tools.nano.follow_ups import test_follow_ups as held_out_follow_ups
from tools.nano.homes import fill_home
from tools.nano.names import HELD_OUT, TRAINING
from tools.nano.own_tools_test import own_tools_homes, own_tools_spoken
from tools.nano.refusals_test import EVERYDAY, refusal_cases

VOICES = ("one", "two", "three")
CHANCE = random.Random(7)
HOMES = [fill_home([], 8, words, CHANCE) for words in (TRAINING, HELD_OUT) * 25]


def test_each_tool_is_spoken_twice_and_by_every_voice():
    cases = list(own_tools_spoken(VOICES))
    asked = [it for home in own_tools_homes() for it in home.asked]
    assert len(cases) == 2 * len({tool for _, tool, _ in asked})
    assert {case.voice for case in cases} == {*VOICES}
    for case in cases:
        (call,) = case.calls
        assert (case.text, call["tool"], call["arguments"]) in asked


def test_what_is_to_be_refused_names_nothing_of_its_home():
    cases = list(refusal_cases(HOMES, VOICES, "seed"))
    typed = [it for it in cases if it.row.startswith("typed")]
    assert len(cases) == 2 * len(typed) > 90
    for case in cases:
        named = {word for it in HOMES[case.home] for word in it.name.lower().split()}
        assert case.calls == []
        assert bool(case.voice) is case.row.startswith("spoken")
        assert named.isdisjoint(telling_words(case.text) - EVERYDAY)
    assert len({case.id for case in cases}) == len(cases)


def test_what_refers_back_can_be_done():
    cases = list(conversation_cases(HOMES, VOICES, "seed"))
    assert len({case.id for case in cases}) == len(cases) == 2 * len(HOMES)
    for case in cases:
        names = names_for(HOMES[case.home], groups_of(HOMES[case.home]))
        assert case.earlier["calls"]
        for call in (*case.earlier["calls"], *case.calls):
            assert able(TOOL_BY_NAME[call["tool"]], names[call["arguments"]["device"]])


def test_what_is_compared_is_reckoned_from_the_state():
    drawn = [it for seed in range(5) for it in conversation_cases(HOMES, VOICES, f"{seed}")]
    cases = [it for it in drawn if it.text in COMPARISONS]
    assert len(cases) > 3
    for case in cases:
        direction = COMPARISONS[case.text]
        for call in case.calls:
            (level,) = (it for name, it in call["arguments"].items() if name != "device")
            state = case.states[call["arguments"]["device"]]
            change = level - state[PROPERTIES[call["tool"]]]
            assert change * direction > 0 or level in {0, 5, 35, 100}


def test_what_home_assistant_s_sentences_ask_for_can_be_done():
    pytest.importorskip("hassil")
    from tools.nano.home_assistant_test import home_assistant_cases

    cases = list(home_assistant_cases(HOMES, "seed"))
    assert len({case.id for case in cases}) == len(cases) == 200
    for case in cases:
        (call,) = case.calls
        device = call["arguments"]["device"]
        assert device in case.text
        assert not re.search(r"[{}<>|\[\]]|  |\b(\w+) \1\b", case.text.replace(device, "it"))
        names = names_for(HOMES[case.home], groups_of(HOMES[case.home]))
        assert able(TOOL_BY_NAME[call["tool"]], names[device.lower()])
        for value in (it for name, it in call["arguments"].items() if name != "device"):
            assert str(value) in case.text


PROPERTIES = {
    "set_brightness": "brightness", "set_volume": "volume", "set_speed": "speed",
    "set_temperature": "target_temperature",
}  # fmt: skip
COMPARISONS = {
    said.replace("{it}", "it"): 1 if heading in {"brighter", "louder", "faster", "warmer"} else -1
    for heading in COMPARED
    for said in held_out_follow_ups().get(heading, ())
}
