"""One turn in its two steps, with the small model and a simulated home on a real broker."""

import json
import queue

import pytest

from edge_agent.agent import Asked, each_once
from edge_agent.assembly import assembled
from edge_agent.bus.client import Bus
from edge_agent.configuration import Configuration
from edge_agent.model import Cancellation
from edge_agent.model.types import ToolCall
from edge_agent.tools.types import Call, Status


@pytest.fixture
def at_home(mosquitto, tmp_path, monkeypatch):
    """Give an agent, and a queue of the commands that reach the broker."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    broker = f"mqtt://{mosquitto.address}"
    configuration = Configuration(broker=broker, simulate=True, journal=tmp_path / "journal")
    commands: queue.Queue = queue.Queue()
    with (
        assembled(configuration, lambda _: None) as parts,
        Bus.connect(mosquitto.address) as listener,
    ):
        listener.subscribe("home/+/set", commands.put)
        yield parts.agent, commands


def test_nothing_is_done_before_it_is_acted_on(at_home):
    agent, commands = at_home
    decision = agent.decide(Asked("text", "turn on the kitchen light"))
    assert decision.calls == (Call("turn_on", {"device": "kitchen_light"}),)
    left = agent.decide(Asked("text", "turn on the bedroom lamp"))
    answer = agent.act(decision)
    assert left.calls
    assert [outcome.status for outcome in answer.outcomes] == [Status.CONFIRMED]
    assert json.loads(commands.get(timeout=10).payload) == {"state": "ON"}
    assert commands.empty()
    assert answer.timings["total_ms"] >= answer.timings["decided_ms"] > 0


def test_a_request_may_refer_to_the_one_before(at_home):
    agent, commands = at_home
    agent.answer(Asked("text", "set the kitchen light to 80 percent"))
    answer = agent.answer(Asked("text", "turn it off again"))
    assert answer.calls == (Call("turn_off", {"device": "kitchen_light"}),)
    elsewhere = agent.answer(Asked("mqtt", "turn it off again"))
    assert elsewhere.timings["prompt_tokens"] < answer.timings["prompt_tokens"]
    told = [json.loads(commands.get(timeout=10).payload) for _ in range(2)]
    assert told == [{"state": "ON", "brightness": 80}, {"state": "OFF"}]


def test_a_decision_that_was_broken_off_does_nothing(at_home):
    agent, commands = at_home
    cancel = Cancellation()
    cancel.set()
    answer = agent.answer(Asked("text", "turn on the kitchen light"), cancel)
    assert (answer.calls, answer.outcomes) == ((), ())
    assert commands.empty()


def test_a_call_made_twice_in_one_reply_is_one():
    lamp, fan = (ToolCall("turn_on", {"device": name}) for name in ("lamp", "fan"))
    dimmed = [ToolCall("set_brightness", {"device": "lamp", "percent": p}) for p in (10, 20)]
    calls = (lamp, fan, ToolCall("turn_on", {"device": "lamp"}), *dimmed)
    assert each_once(calls) == (lamp, fan, *dimmed)
