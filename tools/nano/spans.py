"""Amounts as people say them without their number: "half an hour" for thirty minutes."""

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tools.nano.argument_values import allowed
from tools.nano.own_tool_types import WayToAsk

_SPANS: Mapping[str, Mapping[int, str]] = {
    "seconds": {30: "half a minute", 60: "a minute", 90: "a minute and a half", 120: "two minutes"},
    "minutes": {
        15: "a quarter of an hour", 30: "half an hour", 45: "three quarters of an hour",
        60: "an hour", 90: "an hour and a half", 120: "two hours",
    },
    "hours": {12: "half a day", 24: "a day", 48: "two days"},
    "days": {7: "a week", 14: "two weeks", 21: "three weeks"},
    "percent": {50: "half"},
}  # fmt: skip
_AMOUNT = re.compile(rf"{{(\w+)}} ({'|'.join(_SPANS)})\b")


def in_a_span(way: WayToAsk, properties: Mapping[str, Any], chance: random.Random) -> WayToAsk:
    """Say the first amount of `way` without its number, where its schema allows any such value."""
    found = _AMOUNT.search(way.words)
    if found is None:
        return way
    name, unit = found.groups()
    spans = [
        (value, said) for value, said in _SPANS[unit].items() if allowed(properties[name], value)
    ]
    if not spans:
        return way
    value, said = chance.choice(spans)
    words = way.words[: found.start()] + said + way.words[found.end() :]
    return replace(way, words=words, fixed={**way.fixed, name: value})
