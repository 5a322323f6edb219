"""The plain convention, which the devices of a home file follow. See docs/plain-topics.md.

| topic                   | from       | retained | payload                                     |
|-------------------------|------------|----------|---------------------------------------------|
| `home/ID/set`           | the agent  | never    | the wanted properties, `{"state": "ON"}`     |
| `home/ID`               | the device | yes      | its whole state, `{"state": "ON", …}`        |
| `home/ID/availability`  | the device | yes      | `online` or `offline`, the latter as its will |
"""

import json
from dataclasses import dataclass

from edge_agent.home.types import Device, State

BASE = "home"
STATE_FILTER = f"{BASE}/+"
AVAILABILITY_FILTER = f"{BASE}/+/availability"
ONLINE, OFFLINE = b"online", b"offline"
_LARGEST_STATE_BYTES = 64_000
_LONGEST_TEXT = 128
_LARGEST_NUMBER = 1e15


@dataclass(frozen=True)
class Command:
    """What to publish so that a device does something: a topic and a JSON payload."""

    topic: str
    payload: str


def command(device: Device, wanted: State) -> Command:
    """Return the command that asks `device` to be as `wanted`."""
    return Command(command_topic(device.id), json.dumps(dict(wanted)))


def command_topic(device_id: str) -> str:
    """Return where the device listens."""
    return f"{BASE}/{device_id}/set"


def state_topic(device_id: str) -> str:
    """Return where the device tells its state."""
    return f"{BASE}/{device_id}"


def availability_topic(device_id: str) -> str:
    """Return where the device, or the broker in its name, tells whether it can be reached."""
    return f"{BASE}/{device_id}/availability"


def device_of(topic: str) -> str:
    """Return the id in one of the three topics of a device."""
    return topic.split("/")[1]


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
