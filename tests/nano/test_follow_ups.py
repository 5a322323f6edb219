"""What is said after another request asks for what can be done, in sentences of their own."""

import random
import re

import pytest

from edge_agent.home.groups import groups_of
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.types import Call
from edge_agent.understanding.names import able, names_for
from edge_agent.understanding.reference import refers_back
from edge_agent.understanding.relative import in_relation
from tools.nano.follow_ups import COMPARED, FollowUpDrawer, training_follow_ups
from tools.nano.follow_ups import test_follow_ups as held_out_follow_ups
from tools.nano.homes import draw_size, fill_home
from tools.nano.requests import PLAIN_TEST, TRAINING

BOTH = pytest.mark.parametrize(
    ("sentences", "style"),
    [(training_follow_ups(), TRAINING), (held_out_follow_ups(), PLAIN_TEST)],
    ids=["training", "test"],
)
LEVELS = {"brightness": 50, "volume": 50, "speed": 50, "position": 50, "target_temperature": 20}


def drawn(sentences, style, count):
    chance = random.Random(5)
    for _ in range(count):
        home = fill_home([], draw_size(chance), style.words, chance)
        drawer = FollowUpDrawer(sentences, style, chance, digits=chance.random() < 0.5)
        yield home, names_for(home, groups_of(home)), drawer


def test_no_sentence_of_the_test_is_trained_on():
    trained = {it for said in training_follow_ups().values() for it in said}
    held_out = {it for said in held_out_follow_ups().values() for it in said}
    assert trained.isdisjoint(held_out)
    assert held_out_follow_ups().keys() <= training_follow_ups().keys()


@BOTH
def test_what_is_asked_for_can_be_done(sentences, style):
    met = set()
    for home, names, drawer in drawn(sentences, style, 1500):
        found = drawer.draw(home)
        met.add(found.heading)
        assert "{" not in found.text + found.earlier.said
        assert found.earlier.calls
        assert bool(found.calls) is (found.heading != "thanks")
        for call in (*found.earlier.calls, *found.calls):
            assert able(TOOL_BY_NAME[call.name], names[call.arguments["device"]])
    assert met == sentences.keys()


@BOTH
def test_the_agent_sees_that_most_of_it_refers_back(sentences, style):
    found = [
        refers_back(drawer.draw(home).text, names.values())
        for home, names, drawer in drawn(sentences, style, 600)
    ]
    assert sum(found) > 0.9 * len(found)


def test_the_agent_reckons_most_comparisons_in_the_right_direction():
    known = wrong = 0
    for sentences in (training_follow_ups(), held_out_follow_ups()):
        for heading, (tool, level) in COMPARED.items():
            argument = "celsius" if tool == "set_temperature" else "percent"
            now = 20 if argument == "celsius" else 50
            for said in sentences.get(heading, ()):
                call = Call(tool, {"device": "x", argument: None})
                words = said.replace("{it}", "it").replace("{n}", "3")
                given = in_relation(call, words, LEVELS).arguments[argument]
                known += given is not None
                wrong += given is not None and (given > now) is not (level > now)
    assert wrong == 0
    assert known > 140


def test_a_comparison_names_its_device_and_a_misfit_cannot_be_done():
    compared = amiss = 0
    for home, names, drawer in drawn(training_follow_ups(), TRAINING, 300):
        if asked := drawer.draw_comparison(home):
            said, (call,) = asked
            assert call.arguments["device"] in said.lower()
            compared += 1
        if misfit := drawer.draw_misfit(home):
            earlier, said = misfit
            assert "{" not in said
            assert all(call.arguments["device"] in names for call in earlier.calls)
            amiss += 1
        assert "it" in re.findall(r"\w+", drawer.draw_without_a_first())
    assert min(compared, amiss) > 200
