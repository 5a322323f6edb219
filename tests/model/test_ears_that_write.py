"""Ears that write spare the model the writing: what they wrote is its thought."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model import Audio, Engine, TurnOptions
from edge_agent.model.events import Done, ThoughtPiece
from edge_agent.system_prompt import build_system_prompt

ROOT = Path(__file__).parents[2]
SAID = "turn on the kitchen lamp"


@pytest.fixture(scope="module")
def engine():
    with Engine.open(ROOT / "models" / "nano.litertlm") as opened:
        yield opened


@pytest.fixture(scope="module")
def sound():
    samples, _ = soundfile.read(
        ROOT / "tests" / "audio" / "turn_on_the_kitchen_lamp.wav", dtype="float32"
    )
    return Audio(samples)


@pytest.fixture
def session(engine):
    return engine.session(*_prompt())


def test_what_was_heard_is_the_thought_and_was_not_decoded(engine, session, sound):
    reply = session.turn([sound])
    assert SAID in reply.thought
    assert [(call.name, call.arguments) for call in reply.calls] == [
        ("turn_on", {"device": "kitchen lamp"})
    ]
    written = ("call:turn_on{device:", "kitchen lamp", "}")
    control_tokens = 4
    tokens = sum(map(engine.token_count, written)) + control_tokens
    assert reply.timings.reply_tokens == tokens


def test_it_comes_first_in_a_stream(session, sound):
    first, *_, last = session.stream([sound])
    assert isinstance(first, ThoughtPiece)
    assert isinstance(last, Done)
    assert last.reply.thought.startswith(first.text.strip())


def test_silence_is_an_empty_thought(session):
    reply = session.turn([Audio(np.zeros(16_000, np.float32))])
    assert (reply.thought, reply.calls) == ("", ())


def test_where_something_is_asked_of_the_sound_the_model_thinks_for_itself(session, sound):
    reply = session.turn([sound, "write down what is said"])
    assert SAID in reply.text


def test_without_a_thought_there_is_none(engine, sound):
    with_thought = engine.session(*_prompt()).turn([sound])
    reply = engine.session(*_prompt(), thinking=False).turn([sound])
    assert reply.thought == ""
    assert reply.calls == with_thought.calls


def test_a_turn_after_it_goes_on_as_if_the_thought_had_not_been(session, sound):
    session.turn([sound])
    after = session.turn(["turn it off"], TurnOptions(follow=True))
    plain = session.turn([sound])
    again = session.turn(["turn it off"], TurnOptions(follow=True))
    assert after.tokens == again.tokens
    assert plain.timings.prompt_tokens > after.timings.prompt_tokens


def _prompt():
    can = frozenset({Capability.ON_OFF})
    home = [
        Device("kitchen", "kitchen lamp", "kitchen", Kind.LIGHT, can),
        Device("hall", "hall fan", "hall", Kind.FAN, can),
    ]
    prompt = build_system_prompt(home)
    return prompt.text, prompt.tools
