"""Reading what arrives: anybody on the broker may have sent anything.

Each function returns None, or what is left after cleaning, for input that is not as it should be.
"""

import json
import math
import re
import unicodedata
from typing import Any

LARGEST_PAYLOAD_BYTES = 256 * 1024
LONGEST_NAME = 64
LONGEST_TOPIC = 512
MOST_DEVICES = 10_000
"""How many devices a convention keeps: more than a house has, and a bound on what a flood costs."""
MOST_SUBSCRIPTIONS = 5 * MOST_DEVICES
"""How many topics a convention asks to listen to, for the same reason."""

_PUNCTUATION = frozenset(" '\u2019-.,&/()+#%:°²³")
_JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiners, which Persian, Hindi and others are spelt with."""
_OWN_TOPICS = ("edge_agent/", "$")
_NO_IDENTIFIER = re.compile(r"[^a-z0-9]+")
_LONGEST_IDENTIFIER = 40
_WORD_BREAKS = str.maketrans("_\t\n\r", "    ")


def json_object(payload: bytes, largest: int = LARGEST_PAYLOAD_BYTES) -> dict[str, Any] | None:
    """Return the JSON object that `payload` is."""
    value = json_value(payload, largest)
    return value if isinstance(value, dict) else None


def json_value(payload: bytes | str, largest: int = LARGEST_PAYLOAD_BYTES) -> object:
    """Return the JSON value that `payload` is; NaN and infinities become None."""
    if len(payload) > largest:
        return None
    try:
        return json.loads(payload, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def text(payload: bytes, largest: int = LARGEST_PAYLOAD_BYTES) -> str | None:
    """Return a payload that is UTF-8 text."""
    if len(payload) > largest:
        return None
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None


def number(value: object) -> float | None:
    """Return a finite number, also one that is written as text; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > LONGEST_NAME:
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def mapping(value: object) -> dict[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects in `value` if it is a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def string(value: object, default: str = "") -> str:
    """Return `value` if it is text, else `default`."""
    return value if isinstance(value, str) else default


def encodable(value: object) -> str:
    """Return `value` as text that a payload can hold: half a surrogate pair has no UTF-8."""
    return str(value).encode(errors="replace").decode()


def clean(value: object, longest: int = LONGEST_NAME) -> str:
    """Return text that can stand in a prompt: letters, digits and plain punctuation, one line.

    What is left out are control and format characters, and those that the model's own control
    words and the calls are written with. Underscores become spaces.
    """
    if not isinstance(value, str):
        return ""
    usable = unicodedata.normalize("NFC", value[: 4 * longest]).translate(_WORD_BREAKS)
    kept = "".join(character for character in usable if _speakable(character))
    return " ".join(kept.split())[:longest].strip()


def identifier(value: object) -> str:
    """Return the name of a property: lower-case letters, digits and single underscores."""
    if not isinstance(value, str):
        return ""
    return _NO_IDENTIFIER.sub("_", value[:LONGEST_NAME].lower()).strip("_")[:_LONGEST_IDENTIFIER]


def topic(value: object) -> str | None:
    """Return a topic that a command may go to: no wildcards, and none of the agent's own."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TOPIC:
        return None
    if value.startswith(_OWN_TOPICS) or any(mark in value for mark in "+#"):
        return None
    return value if value.isprintable() else None


def told(value: object) -> str | int | float | bool | None:
    """Return a value as a state may hold it: text is cleaned, numbers are finite."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, int) and abs(value) < 1 << 53:
        return value
    return number(value)


def _speakable(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in _PUNCTUATION
    return (
        character in _PUNCTUATION
        or character in _JOINERS
        or unicodedata.category(character)[0] in "LMN"
        or unicodedata.category(character) == "Zs"
    )
