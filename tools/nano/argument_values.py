"""Values that an argument's schema allows, drawn at random, and how people say them."""

import math
import random
from collections.abc import Mapping
from typing import Any

from edge_agent.model.types import Value
from tools.nano.numbers import in_words, in_words_with_decimals

_LOWEST, _HIGHEST = 0, 100
"""The bounds of a number whose schema has none."""
_ROUND, _HALVES = 0.5, 0.6
_MANY = 100
"""Numbers up to more than this are mostly said without decimals."""
_KNOWN_TEXT = 0.6


def draw_value(
    schema: Mapping[str, Any],
    texts: tuple[str, ...],
    words: tuple[str, ...],
    chance: random.Random,
    *,
    digits: bool,
) -> tuple[Value, str]:
    """Return a value that `schema` allows, and how it is said, numbers in `digits` or in words.

    A free text is one of `texts`, or any of `words` in a row.
    """
    if "enum" in schema:
        return _said(chance.choice(schema["enum"]), digits=digits)
    if schema["type"] == "integer":
        return _said(_draw_integer(schema, chance), digits=digits)
    if schema["type"] == "number":
        return _said(_draw_number(schema, chance), digits=digits)
    if schema["type"] != "string":
        raise ValueError(f"a value of type {schema['type']} cannot be put into a slot")
    if texts and chance.random() < _KNOWN_TEXT:
        text = chance.choice(texts)
    else:
        text = " ".join(chance.choice(words) for _ in range(chance.randint(1, 4)))
    return text, text


def allowed(schema: Mapping[str, Any], value: Value) -> bool:
    """Tell whether `schema` allows `value`."""
    if "enum" in schema:
        return value in schema["enum"]
    match schema["type"]:
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "integer" if not isinstance(value, int):
            return False
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    return bool(low <= value <= high)


def _draw_integer(schema: Mapping[str, Any], chance: random.Random) -> int:
    low, high = _bounds(schema)
    step = 5 if high <= _MANY else 10 if high <= 5 * _MANY else 50
    first, last = math.ceil(low / step), math.floor(high / step)
    if first <= last and high - low > 20 and chance.random() < _ROUND:
        return step * chance.randint(first, last)
    return chance.randint(int(low), int(high))


def _draw_number(schema: Mapping[str, Any], chance: random.Random) -> int | float:
    low, high = _bounds(schema)
    if high > _MANY and low <= high - 1 and chance.random() < 0.8:
        return _draw_integer({"minimum": math.ceil(low), "maximum": math.floor(high)}, chance)
    steps = 2 if chance.random() < _HALVES else 10
    first, last = math.ceil(low * steps), math.floor(high * steps)
    if first > last:
        return low
    value = chance.randint(first, last) / steps
    return int(value) if value.is_integer() else value


def _bounds(schema: Mapping[str, Any]) -> tuple[int | float, int | float]:
    low = schema.get("minimum", _LOWEST)
    return low, schema.get("maximum", max(_HIGHEST, low))


def _said(value: Value, *, digits: bool) -> tuple[Value, str]:
    if isinstance(value, float):
        return value, str(value) if digits else in_words_with_decimals(value)
    if isinstance(value, int):
        return value, str(value) if digits else in_words(value)
    return value, str(value).replace("_", " ")
