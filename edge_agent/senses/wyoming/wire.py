"""Wyoming's events on a socket: a JSON line, then data and payload of the lengths that it names.

Format: the README of github.com/OHF-Voice/wyoming. The package's own reader takes any length and
ends without a word on a broken event; this one has limits, and says what was wrong.
"""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from edge_agent.senses.types import SoundError

if TYPE_CHECKING:
    from wyoming.event import Event

LONGEST_LINE_BYTES = 65_536
_LONGEST_DATA_BYTES = 65_536
_LONGEST_PAYLOAD_BYTES = 1_048_576


async def read_event(reader: asyncio.StreamReader) -> "Event | None":
    """Read one event, None at the end. Raises `SoundError` for what is none."""
    from wyoming.event import Event  # noqa: PLC0415 - only where a server runs

    try:
        line = await reader.readline()
        if not line:
            return None
        head = _json_object(line)
        data = head.get("data") or {}
        if length := _length(head, "data_length", _LONGEST_DATA_BYTES):
            data = {**data, **_json_object(await reader.readexactly(length))}
        length = _length(head, "payload_length", _LONGEST_PAYLOAD_BYTES)
        payload = await reader.readexactly(length) if length else None
    except ValueError as error:
        raise SoundError(f"This is no Wyoming event: {error}.") from error
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Event(str(head.get("type")), data, payload)


def _json_object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("a JSON object is wanted")  # noqa: TRY004 - told as a broken event
    return found


def _length(head: dict[str, Any], name: str, longest: int) -> int:
    length = head.get(name) or 0
    if not isinstance(length, int) or not 0 <= length <= longest:
        raise ValueError(f"{name} may be 0 to {longest}")
    return length
