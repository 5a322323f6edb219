"""Where requests over MQTT go, and where their answers; without a model."""

import json
import queue

from edge_agent.asks import take_asks
from edge_agent.bus.client import Bus
from edge_agent.inbox import Inbox

LONG_S = 20.0


def test_an_answer_goes_where_it_is_wanted_below_our_own_topics(mosquitto) -> None:
    answers: queue.Queue = queue.Queue()
    with Bus.connect(mosquitto.address) as agent, Bus.connect(mosquitto.address) as client:
        take_asks(agent, "n", Inbox())
        for topic in ("edge_agent/n/answer", "edge_agent/answers/me", "zigbee2mqtt/lock/set"):
            client.subscribe(topic, answers.put)
        for answer_to in ("edge_agent/answers/me", "zigbee2mqtt/lock/set"):
            client.send("edge_agent/n/ask", "", identity=answer_to, answer_to=answer_to).result(
                LONG_S
            )
        got = [answers.get(timeout=LONG_S) for _ in range(2)]
        assert answers.empty()
    assert [message.topic for message in got] == ["edge_agent/answers/me", "edge_agent/n/answer"]
    assert [message.identity for message in got] == [
        "edge_agent/answers/me",
        "zigbee2mqtt/lock/set",
    ]
    assert "empty" in json.loads(got[0].payload)["error"]


def test_a_request_that_comes_twice_is_taken_once(mosquitto) -> None:
    inbox = Inbox()
    with Bus.connect(mosquitto.address) as agent, Bus.connect(mosquitto.address) as client:
        take_asks(agent, "n", inbox)
        for identity in ("one", "one", "two"):
            client.publish("edge_agent/n/ask", identity, identity=identity)
        client.publish("edge_agent/n/ask", "the last")
        assert until_the_last(inbox) == ["one", "two"]


def test_agents_share_what_is_asked_of_all(mosquitto) -> None:
    inboxes = [Inbox(), Inbox()]
    with Bus.connect(mosquitto.address) as one, Bus.connect(mosquitto.address) as other:
        for bus, node, inbox in ((one, "a", inboxes[0]), (other, "b", inboxes[1])):
            take_asks(bus, node, inbox)
        for number in range(6):
            one.publish("edge_agent/ask", f"request {number}")
        one.publish("edge_agent/a/ask", "the last")
        other.publish("edge_agent/b/ask", "the last")
        heard = [until_the_last(inbox) for inbox in inboxes]
    assert sorted(heard[0] + heard[1]) == [f"request {number}" for number in range(6)]
    assert all(heard)


def until_the_last(inbox: Inbox) -> list[str]:
    texts = []
    for letter in inbox.letters():
        if letter.asked.text == "the last":
            return texts
        texts.append(letter.asked.text)
    return texts
