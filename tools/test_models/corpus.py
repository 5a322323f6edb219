"""Sentences of a home, made up from lists: what the test models' vocabulary is learned from."""

from collections.abc import Iterator
from itertools import product

NAMES = ("kitchen lamp", "hall light", "front door", "garden gate", "bedroom heater", "old radio")
VERBS = ("turn on", "turn off", "open", "close", "lock", "unlock", "start", "stop", "set", "ask")
TIMES = ("now", "at seven", "tonight", "in the morning", "when I leave", "after the rain")
REASONS = (
    "because it is cold outside",
    "so that nobody has to wait in the dark",
    "before the guests arrive and the music begins",
    "unless somebody is still reading there",
)
CALLS = ("turn_on", "turn_off", "set_brightness", "set_temperature", "get_state")


def sentences() -> Iterator[str]:
    """Yield the same few thousand lines every time: requests, answers, calls and numbers."""
    for verb, name, time in product(VERBS, NAMES, TIMES):
        yield f"Please {verb} the {name} {time}."
        yield f"Could you {verb} the {name}, {time}?"
    for name, reason, number in product(NAMES, REASONS, range(0, 101, 5)):
        yield f"Set the {name} to {number} percent {reason}."
        yield f"The {name} is at {number} degrees, {reason}."
    for call, name, number in product(CALLS, NAMES, range(0, 101, 10)):
        yield f'call:{call}{{device:"{name}",percent:{number}}}\n'
