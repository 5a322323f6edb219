"""The plain convention, which the devices of a home file follow. See docs/plain-topics.md.

| topic                   | from       | retained | payload                                     |
|-------------------------|------------|----------|---------------------------------------------|
| `home/ID/set`           | the agent  | never    | the wanted properties, `{"state": "ON"}`     |
| `home/ID`               | the device | yes      | its whole state, `{"state": "ON", …}`        |
| `home/ID/availability`  | the device | yes      | `online` or `offline`, the latter as its will |

Its devices are not found but known, so that there are no announcements to read.
"""

import json
import logging
from collections.abc import Iterable, Iterator

from edge_agent.bus.types import Message
from edge_agent.home.conventions.types import (
    Command,
    Finding,
    Found,
    Order,
    Reachable,
    Reported,
)
from edge_agent.home.types import Capability, Device, State

_log = logging.getLogger(__name__)

BASE = "home"
ONLINE, OFFLINE = b"online", b"offline"
_LARGEST_STATE_BYTES = 64_000
_LONGEST_TEXT = 128
_LARGEST_NUMBER = 1e15


class Plain:
    """Reads and drives the devices of a home file on `home/ID/…`."""

    name = "plain"
    filters = (f"{BASE}/+", f"{BASE}/+/availability")

    def __init__(self, devices: Iterable[Device]) -> None:
        """Take the devices of the home file."""
        self._devices = {device.id: device for device in devices}

    def known(self) -> tuple[Finding, ...]:
        """Return the devices as findings, for the directory to begin with."""
        return tuple(
            Found(
                key=f"plain:{device.id}",
                name=device.name,
                area=device.area,
                kind=device.kind,
                can=device.can | {Capability.STATE},
                topics=frozenset({command_topic(device.id)}),
            )
            for device in self._devices.values()
        )

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what a state or availability message tells."""
        return tuple(self._read(message))

    def order(self, key: str, wanted: State) -> Order | None:
        """Return the message that asks for all of `wanted`."""
        device_id = key.removeprefix("plain:")
        if device_id not in self._devices:
            return None
        command = Command(command_topic(device_id), json.dumps(dict(wanted)))
        return Order((command,), dict(wanted), (state_topic(device_id),))

    def _read(self, message: Message) -> Iterator[Finding]:
        _, _, below = message.topic.partition(f"{BASE}/")
        device_id = below.partition("/")[0]
        if device_id not in self._devices:
            return
        key = f"plain:{device_id}"
        if message.topic == availability_topic(device_id):
            if message.payload in {ONLINE, OFFLINE}:
                yield Reachable(key, message.payload == ONLINE)
        elif message.topic == state_topic(device_id):
            state = read_state(message.payload)
            if state is None:
                _log.warning("%s said something that is no JSON object", message.topic)
            elif state:
                yield Reported(key, state)


def command_topic(device_id: str) -> str:
    """Return where the device listens."""
    return f"{BASE}/{device_id}/set"


def state_topic(device_id: str) -> str:
    """Return where the device tells its state."""
    return f"{BASE}/{device_id}"


def availability_topic(device_id: str) -> str:
    """Return where the device, or the broker in its name, tells whether it can be reached."""
    return f"{BASE}/{device_id}/availability"


def read_state(payload: bytes) -> State | None:
    """Return the properties that a device reports, or None where the payload is no JSON object.

    Only what can be shown to a person is kept: numbers, yes and no, and short printable text;
    nested objects and null are left out.
    """
    if len(payload) > _LARGEST_STATE_BYTES:
        return None
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    return {
        name: value for name, value in said.items() if _presentable(name) and _presentable(value)
    }


def _presentable(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT and value.isprintable()
    return isinstance(value, int | float) and -_LARGEST_NUMBER < value < _LARGEST_NUMBER
