"""Requests over a real broker, answered by the loop with a real (random) model."""

import json
import queue
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.asks import take_asks
from edge_agent.assembly import assembled
from edge_agent.bus.client import Bus
from edge_agent.configuration import Configuration
from edge_agent.inbox import Inbox
from edge_agent.loop import Loop
from edge_agent.states import States

MODEL = Path(__file__).parent / "models" / "published.litertlm"


@contextmanager
def answering(broker, folder, room_for=8):
    """Run an agent on `broker`, and give a client of it, its answers, and its inbox."""
    configuration = Configuration(
        model=MODEL,
        broker=f"mqtt://{broker.address}",
        simulate=True,
        node="n",
        journal=folder / "j",
    )
    inbox, answers = Inbox(room_for), queue.Queue()
    with (
        assembled(configuration, lambda _: None) as parts,
        Bus.connect(broker.address) as client,
    ):
        client.subscribe("edge_agent/n/answer", answers.put)
        take_asks(parts.bus, "n", inbox)
        loop = Loop(parts.agent, inbox, States())
        thread = threading.Thread(target=loop.run)
        thread.start()
        try:
            yield client, answers, inbox
        finally:
            loop.stop()
            thread.join(timeout=10)
            assert not thread.is_alive()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_an_answer_carries_the_identity_of_its_request(mosquitto, folder):
    with answering(mosquitto, folder) as (client, answers, _):
        for identity in ("one", "two"):
            client.publish("edge_agent/n/ask", "turn on the kitchen light", identity=identity)
        got = [answers.get(timeout=30) for _ in range(2)]
    assert [message.identity for message in got] == ["one", "two"]
    assert not any(message.retained for message in got)
    answer = json.loads(got[0].payload)
    assert answer["heard"] == "turn on the kitchen light"
    assert answer["timings"]["prompt_tokens"] > 0


@pytest.mark.parametrize("payload", ["", "  \n", "x" * 5_000])
def test_a_request_that_is_none_is_told_so(mosquitto, folder, payload):
    with answering(mosquitto, folder) as (client, answers, _):
        client.publish("edge_agent/n/ask", payload, identity="it")
        told = answers.get(timeout=10)
    assert told.identity == "it"
    assert "request" in json.loads(told.payload)["error"]


def test_a_full_inbox_says_so(mosquitto, folder):
    with answering(mosquitto, folder, room_for=0) as (client, answers, inbox):
        client.publish("edge_agent/n/ask", "hello")
        assert "ask again later" in json.loads(answers.get(timeout=10).payload)["error"]
        assert inbox.refused == 1


def test_a_retained_request_is_left_alone(mosquitto, folder):
    with Bus.connect(mosquitto.address) as earlier:
        earlier.publish("edge_agent/n/ask", "open the garage door", retain=True)
    with answering(mosquitto, folder) as (client, answers, _):
        client.publish("edge_agent/n/ask", "hello", identity="new")
        assert answers.get(timeout=30).identity == "new"
        assert answers.empty()
