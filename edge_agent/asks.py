"""Requests that come over MQTT, and their answers.

| topic                   | from          | payload                                              |
|-------------------------|---------------|------------------------------------------------------|
| `edge_agent/NODE/ask`    | whoever asks  | the request in words, UTF-8                          |
| `edge_agent/NODE/answer` | the agent     | JSON as `edge-agent ask --json` prints it, or `error` |

An answer carries the correlation data of its request. Retained requests are old and left alone.
"""

import json
from functools import partial

from edge_agent.agent import Answer, Asked
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.inbox import Inbox, Letter

_LONGEST_REQUEST_BYTES = 4_000


def take_asks(bus: Bus, node: str, inbox: Inbox) -> None:
    """Put what is asked on the bus into `inbox`, and publish what comes of it.

    Raises `BusError` if the broker does not allow the subscription.
    """
    bus.subscribe(f"edge_agent/{node}/ask", partial(_take, bus, node, inbox))


def _take(bus: Bus, node: str, inbox: Inbox, message: Message) -> None:
    if message.retained:
        return
    tell = partial(_tell, bus, node, message.identity)
    if len(message.payload) > _LONGEST_REQUEST_BYTES:
        tell(ValueError(f"A request may have {_LONGEST_REQUEST_BYTES} bytes."))
        return
    text = message.payload.decode(errors="replace").strip()
    if not text:
        tell(ValueError("The request is empty."))
    elif not inbox.put(Letter(Asked("mqtt", text), tell)):
        tell(RuntimeError("Too many requests are waiting: ask again later."))


def _tell(bus: Bus, node: str, identity: str | None, answer: Answer | Exception) -> None:
    said = answer.as_json() if isinstance(answer, Answer) else {"error": str(answer)}
    bus.send(f"edge_agent/{node}/answer", json.dumps(said), identity=identity)
