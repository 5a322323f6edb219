"""The camera on the bus: whether it looks, and every look that is taken through it.

| below `edge_agent/NODE/` | from      | retained  | payload                                 |
|--------------------------|-----------|-----------|-----------------------------------------|
| `camera`, `camera/set`   | both      | the first | `ON`, `OFF`: whether the camera looks   |
| `look`                   | the agent | no        | JSON: frames are shown to the model     |
| `watch`                  | the agent | no        | JSON: another answer to what is watched |
"""

import json
import logging
import time

from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError, Message
from edge_agent.eyes import Look, Sight
from edge_agent.senses.seeing.camera import Camera

_log = logging.getLogger(__name__)


class CameraTopics:
    """Tells on the bus what the camera does, and switches it from there."""

    def __init__(self, bus: Bus, node: str) -> None:
        """Speak for the agent called `node`."""
        self._bus = bus
        self._base = f"edge_agent/{node}"
        self._camera: Camera | None = None

    def switch(self, camera: Camera) -> None:
        """Let `camera` be switched on and off. Raises `BusError` if the broker won't allow it."""
        self._camera = camera
        self._bus.on_connection(self._connection_changed)
        self._bus.subscribe(f"{self._base}/camera/set", self._set)
        self._tell_state()

    def looked(self, look: Look) -> None:
        """Tell that frames are being shown to the model: what an indicator lamp goes by."""
        told = {
            "camera": look.source,
            "frames": look.frames,
            "seconds": round(look.seconds, 1),
            "at": round(time.time(), 3),
            "why": look.plan.why,
        }
        self._publish("look", json.dumps(told))

    def changed(self, question: str, sight: Sight) -> None:
        """Tell that the answer to a question that is watched has changed."""
        told = {"question": question, "answer": sight.reply.text, "at": round(time.time(), 3)}
        self._publish("watch", json.dumps(told))

    def _set(self, message: Message) -> None:
        if message.retained or self._camera is None:
            return
        if message.payload == b"OFF":
            self._camera.mute()
        elif message.payload == b"ON":
            self._camera.unmute()
        self._tell_state()

    def _tell_state(self) -> None:
        if self._camera is not None:
            self._publish("camera", "OFF" if self._camera.is_muted else "ON", retain=True)

    def _connection_changed(self, connected: bool) -> None:  # noqa: FBT001 - a callback's form
        if connected:
            self._tell_state()

    def _publish(self, name: str, payload: str, *, retain: bool = False) -> None:
        try:
            self._bus.send(f"{self._base}/{name}", payload, retain=retain)
        except BusError as error:
            _log.debug("%s was not told: %s", name, error)
