"""The agent on the bus: that it is there, what it does, and what came of it.

| below `edge_agent/NODE/` | from      | retained    | payload                                   |
|--------------------------|-----------|-------------|-------------------------------------------|
| `availability`           | the agent | yes         | `online`, or `offline` as its will        |
| `state`                  | the agent | yes         | one of `STATES`                           |
| `event`                  | the agent | no          | JSON: a turn is over, without its words   |
| `action`                 | the agent | no          | JSON: what was done with one device       |
| `mute`, `mute/set`       | both      | `mute`: yes | `ON`, `OFF`: what is spoken is left alone |
| `cancel`                 | anybody   | no          | anything: break off the turn under way    |

What was said is published only where the configuration has `publish_words`. `ask` and `answer` are
in `edge_agent.asks`, and what Home Assistant is told of all this in `edge_agent.announcement`.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from edge_agent.agent import Answer
from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError, Message, Will
from edge_agent.tools.types import Outcome

_log = logging.getLogger(__name__)

STATES = ("idle", "listening", "thinking", "acting", "speaking", "muted")
ONLINE, OFFLINE = "online", "offline"


def will_of(node: str) -> Will:
    """Return what the broker says when the agent goes without a goodbye."""
    return Will(f"edge_agent/{node}/availability", OFFLINE.encode())


class Presence:
    """Tells on the bus what the agent does, and takes `mute` and `cancel` from there.

    Without a connection nothing is told, and all that is retained again when there is one.
    """

    def __init__(
        self, bus: Bus, node: str, announcement: tuple[str, str], *, publish_words: bool = False
    ) -> None:
        """Say that the agent called `node` is there, and publish its `announcement`, retained."""
        self._bus = bus
        self._base = f"edge_agent/{node}"
        self._announcement = announcement
        self._publish_words = publish_words
        self._state = STATES[0]
        self._muted = False
        self._on_mute: Callable[[bool], None] = lambda _muted: None
        self._on_cancel: Callable[[], None] = lambda: None
        bus.on_connection(self._connection_changed)
        bus.subscribe(f"{self._base}/mute/set", self._mute)
        bus.subscribe(f"{self._base}/cancel", self._cancelled)
        self._introduce()

    def on_cancel(self, cancel: Callable[[], None]) -> None:
        """Have `cancel` called when somebody wants the turn under way to end."""
        self._on_cancel = cancel

    def on_mute(self, mute: Callable[[bool], None]) -> None:
        """Have `mute` called with True when nobody wants to be heard, and with False after."""
        self._on_mute = mute

    def show(self, state: str) -> None:
        """Tell what the agent does from now on, one of `STATES`."""
        self._state = state
        self._tell("state", state, retain=True)

    def show_mute(self, muted: bool) -> None:  # noqa: FBT001 - a switch
        """Tell whether the agent hears what is spoken."""
        self._muted = muted
        self._tell("mute", "ON" if muted else "OFF", retain=True)

    def answered(self, source: str, answer: Answer) -> None:
        """Tell that a turn is over, and what was done with each device."""
        words = {"heard": answer.heard, "reply": answer.reply} if self._publish_words else {}
        event: dict[str, Any] = {
            "source": source,
            "tools": [outcome.tool for outcome in answer.outcomes],
            "statuses": [outcome.status.value for outcome in answer.outcomes],
            "total_ms": answer.timings.get("total_ms"),
        }
        self._tell("event", json.dumps(event | words))
        for outcome in answer.outcomes:
            if outcome.device_id is not None:
                self._tell("action", json.dumps(_about(outcome)))

    def close(self) -> None:
        """Say goodbye."""
        self._tell("availability", OFFLINE, retain=True)

    def _introduce(self) -> None:
        topic, config = self._announcement
        self._tell("availability", ONLINE, retain=True)
        self._tell("state", self._state, retain=True)
        self._tell("mute", "ON" if self._muted else "OFF", retain=True)
        self._publish(topic, config, retain=True)

    def _tell(self, name: str, payload: str, *, retain: bool = False) -> None:
        self._publish(f"{self._base}/{name}", payload, retain=retain)

    def _publish(self, topic: str, payload: str, *, retain: bool) -> None:
        try:
            self._bus.send(topic, payload, retain=retain, qos=1 if retain else 0)
        except BusError as error:
            _log.debug("%s was not told: %s", topic, error)

    def _mute(self, message: Message) -> None:
        if message.retained or message.payload not in {b"ON", b"OFF"}:
            return
        muted = message.payload == b"ON"
        self._on_mute(muted)
        self.show_mute(muted)

    def _cancelled(self, message: Message) -> None:
        if not message.retained:
            self._on_cancel()

    def _connection_changed(self, connected: bool) -> None:  # noqa: FBT001 - a callback's form
        if connected:
            self._introduce()


def _about(outcome: Outcome) -> dict[str, Any]:
    told = {
        "event_type": outcome.status.value,
        "tool": outcome.tool,
        "device": outcome.device_id,
        "name": outcome.device_name,
        "reason": outcome.reason,
        "confirm_ms": outcome.confirm_ms,
    }
    return {name: value for name, value in told.items() if value is not None}
