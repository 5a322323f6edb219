"""Requests that come over MQTT, and their answers.

| topic                   | from          | payload                                              |
|-------------------------|---------------|------------------------------------------------------|
| `edge_agent/NODE/ask`    | whoever asks  | the request in words, UTF-8                          |
| `edge_agent/NODE/answer` | the agent     | JSON as `edge-agent ask --json` prints it, or `error` |

An answer carries the correlation data of its request, and goes to the response topic of the request
if it has one (MQTT 5), as long as that is below `edge_agent/`: nobody can have the agent publish
where devices listen. Retained requests are old and left alone, and one that comes twice (its
correlation data was seen before) is taken once.

What is asked on `edge_agent/ask` goes to one of all agents on the broker, by a shared subscription
(MQTT 5), and is answered on the response topic, or on `edge_agent/answer`.
"""

import json
from collections import deque
from functools import partial

from edge_agent.agent import Answer, Asked
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.inbox import Inbox, Letter

_LONGEST_REQUEST_BYTES = 4_000
_REMEMBERED = 256


def take_asks(bus: Bus, node: str, inbox: Inbox) -> None:
    """Put what is asked on the bus into `inbox`, and publish what comes of it.

    Raises `BusError` if the broker does not allow the subscription.
    """
    own = f"edge_agent/{node}/answer"
    taken: deque[str] = deque(maxlen=_REMEMBERED)
    bus.subscribe(f"edge_agent/{node}/ask", partial(_take, bus, own, inbox, taken))
    if bus.speaks_mqtt_5:
        shared = partial(_take, bus, "edge_agent/answer", inbox, taken)
        bus.subscribe("$share/edge_agent/edge_agent/ask", shared)


def _take(bus: Bus, answers: str, inbox: Inbox, taken: deque[str], message: Message) -> None:
    if message.retained or message.identity in taken:
        return
    if message.identity is not None:
        taken.append(message.identity)
    wanted = message.answer_to or ""
    tell = partial(_tell, bus, wanted if _is_ours(wanted) else answers, message.identity)
    if len(message.payload) > _LONGEST_REQUEST_BYTES:
        tell(ValueError(f"A request may have {_LONGEST_REQUEST_BYTES} bytes."))
        return
    text = message.payload.decode(errors="replace").strip()
    if not text:
        tell(ValueError("The request is empty."))
    elif not inbox.put(Letter(Asked("mqtt", text), tell)):
        tell(RuntimeError("Too many requests are waiting: ask again later."))


def _is_ours(topic: str) -> bool:
    return topic.startswith("edge_agent/") and not ({"+", "#"} & set(topic))


def _tell(bus: Bus, topic: str, identity: str | None, answer: Answer | Exception) -> None:
    said = answer.as_json() if isinstance(answer, Answer) else {"error": str(answer)}
    bus.send(topic, json.dumps(said), identity=identity)
