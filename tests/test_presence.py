"""The agent on a real broker: there, gone, muted, cancelled, and announced to Home Assistant."""

import json
import queue
import socket
from contextlib import contextmanager

import pytest

from edge_agent.agent import Answer
from edge_agent.announcement import announcement_of
from edge_agent.bus.client import Bus
from edge_agent.home.conventions import CONVENTIONS, Places
from edge_agent.home.home import Home
from edge_agent.presence import Presence, will_of
from edge_agent.tools.types import Outcome, Status

LONG_S = 20.0
PRIVATE = "the words that were said"
ANSWER = Answer(
    PRIVATE,
    PRIVATE,
    (),
    (Outcome(Status.CONFIRMED, "turn_on", PRIVATE, "lamp", "lamp", confirm_ms=80.0),),
    {"total_ms": 240.0},
)


@contextmanager
def present(mosquitto, **options):
    with Bus.connect(mosquitto.address) as watcher:
        seen: queue.Queue = queue.Queue()
        watcher.subscribe("edge_agent/#", seen.put)
        with Bus.connect(mosquitto.address, will=will_of("n")) as bus:
            yield Presence(bus, "n", announcement_of("n"), **options), bus, watcher, seen


def wait_for(seen: queue.Queue, topic: str, payload: str | None = None) -> str:
    while True:
        message = seen.get(timeout=LONG_S)
        said = message.payload.decode()
        if message.topic == f"edge_agent/n/{topic}" and payload in (None, said):
            return said


def test_it_comes_and_goes(mosquitto) -> None:
    with present(mosquitto) as (presence, bus, _, seen):
        wait_for(seen, "availability", "online")
        wait_for(seen, "state", "idle")
        presence.show("thinking")
        wait_for(seen, "state", "thinking")
        bus._connection._client.socket().shutdown(socket.SHUT_RDWR)
        wait_for(seen, "availability", "offline")
        wait_for(seen, "availability", "online")
        wait_for(seen, "state", "thinking")
        presence.close()
        wait_for(seen, "availability", "offline")


@pytest.mark.parametrize("publish_words", [False, True])
def test_what_was_said_stays_here_unless_it_is_wanted(mosquitto, publish_words: bool) -> None:
    with present(mosquitto, publish_words=publish_words) as (presence, _, _, seen):
        presence.answered("voice", ANSWER)
        event = json.loads(wait_for(seen, "event"))
        action = json.loads(wait_for(seen, "action"))
    assert (event["tools"], event["statuses"], event["source"]) == (
        ["turn_on"], ["confirmed"], "voice",
    )  # fmt: skip
    assert action["event_type"] == "confirmed"
    assert (PRIVATE in event.values()) is publish_words
    assert PRIVATE not in action.values()


def test_it_is_muted_and_cancelled_from_the_bus(mosquitto) -> None:
    with present(mosquitto) as (presence, _, watcher, seen):
        told: queue.Queue = queue.Queue()
        presence.on_mute(told.put)
        presence.on_cancel(lambda: told.put("cancelled"))
        for topic, payload in (("mute/set", "ON"), ("mute/set", "?"), ("cancel", "PRESS")):
            watcher.publish(f"edge_agent/n/{topic}", payload)
        watcher.publish("edge_agent/n/mute/set", "OFF")
        assert [told.get(timeout=LONG_S) for _ in range(3)] == [True, "cancelled", False]
        wait_for(seen, "mute", "ON")
        wait_for(seen, "mute", "OFF")


def test_home_assistant_finds_the_agent_and_the_agent_does_not_find_itself(mosquitto) -> None:
    topic, payload = announcement_of("n")
    config = json.loads(payload)
    assert topic == "homeassistant/device/edge_agent_n/config"
    assert {"dev", "o", "cmps"} <= config.keys()
    assert config["o"]["name"]
    for component in config["cmps"].values():
        assert {"p", "uniq_id"} <= component.keys()
    kinds = {component["p"] for component in config["cmps"].values()}
    assert {"sensor", "switch", "text", "button", "event"} <= kinds
    with present(mosquitto) as (_, _, watcher, _):
        marker = {"cmd_t": "lamp/set", "stat_t": "lamp", "name": "lamp"}
        watcher.publish("homeassistant/light/lamp/config", json.dumps(marker), retain=True)
        with Home(watcher, (), [CONVENTIONS["home_assistant"](Places())]) as home:
            assert home.wait_settled(LONG_S)
            assert [device.name for device in home.devices] == ["lamp"]
