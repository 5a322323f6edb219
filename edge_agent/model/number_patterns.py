"""Regular expressions for the numbers of a range, written without exponents or leading zeros."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

LARGEST = 10**15 - 1
"""The magnitude at which an open range ends: every whole number below is exact in a double."""


def integer_pattern(low: int | None, high: int | None) -> str:
    """Return a pattern for the whole numbers from `low` to `high`, both included.

    Raises `ValueError` if there are none.
    """
    return number_pattern(_decimal(low), _decimal(high), decimals=0)


def number_pattern(low: Decimal | None, high: Decimal | None, decimals: int) -> str:
    """Return a pattern for the numbers from `low` to `high` with at most so many decimals.

    Raises `ValueError` if there are none.
    """
    bottom = max(low, Decimal(-LARGEST)) if low is not None else Decimal(-LARGEST)
    top = min(high, Decimal(LARGEST)) if high is not None else Decimal(LARGEST)
    step = Decimal(1).scaleb(-decimals)
    parts: list[str] = []
    if bottom < 0:
        negative = _positive(max(-top, step), -bottom, decimals)
        parts += [f"-(?:{part})" for part in negative]
    if top >= 0:
        parts += _positive(max(bottom, Decimal(0)), top, decimals)
    if not parts:
        raise ValueError(f"no number with {decimals} decimals lies between {low} and {high}")
    return "|".join(parts)


def _positive(low: Decimal, high: Decimal, decimals: int) -> list[str]:
    """Return patterns for `low` to `high`, neither below zero."""
    if low > high:
        return []
    first, last = int(low), int(high)
    below_one = 1 - Decimal(1).scaleb(-decimals)
    if first == last:
        return _with_fraction(first, last, low - first, high - last, decimals)
    return [
        *_with_fraction(first, first, low - first, below_one, decimals),
        *_with_fraction(first + 1, last - 1, Decimal(0), below_one, decimals),
        *_with_fraction(last, last, Decimal(0), high - last, decimals),
    ]


def _with_fraction(first: int, last: int, low: Decimal, high: Decimal, decimals: int) -> list[str]:
    """Return a pattern for the whole parts `first` to `last`, each with a fraction of the range."""
    if first > last:
        return []
    whole = "|".join(_whole(first, last))
    fractions = "|".join(_fractions(low, high, decimals))
    if not fractions:
        return [whole] if low <= 0 else []
    return [rf"(?:{whole})(?:\.(?:{fractions})){'?' if low <= 0 else ''}"]


def _fractions(low: Decimal, high: Decimal, decimals: int) -> Iterator[str]:
    """Give patterns for the digits after the point: one digit, two digits, and so on."""
    for count in range(1, decimals + 1):
        first = int(low.scaleb(count).to_integral_value(ROUND_CEILING))
        last = int(high.scaleb(count).to_integral_value(ROUND_FLOOR))
        if first <= last:
            yield from _digits(str(first).zfill(count), str(last).zfill(count))


def _whole(first: int, last: int) -> Iterator[str]:
    """Give patterns for the numbers `first` to `last`, one set for each number of digits."""
    for length in range(len(str(first)), len(str(last)) + 1):
        smallest = 0 if length == 1 else 10 ** (length - 1)
        low, high = max(first, smallest), min(last, 10**length - 1)
        yield from _digits(str(low), str(high))


def _digits(low: str, high: str) -> Iterator[str]:
    """Give patterns for the strings of digits from `low` to `high`, which are of one length."""
    rest = len(low) - 1
    if not rest or (set(low[1:]) == {"0"} and set(high[1:]) == {"9"}):
        yield _digit(low[0], high[0]) + _any_digits(rest)
    elif low[0] == high[0]:
        yield from (low[0] + tail for tail in _digits(low[1:], high[1:]))
    else:
        yield from (low[0] + tail for tail in _digits(low[1:], "9" * rest))
        if int(low[0]) + 1 < int(high[0]):
            yield _digit(str(int(low[0]) + 1), str(int(high[0]) - 1)) + _any_digits(rest)
        yield from (high[0] + tail for tail in _digits("0" * rest, high[1:]))


def _digit(low: str, high: str) -> str:
    return low if low == high else f"[{low}-{high}]"


def _any_digits(count: int) -> str:
    return f"[0-9]{{{count}}}" if count else ""


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
