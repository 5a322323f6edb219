"""Numbers as people say them, and as they are written down."""

import random
import re

from edge_agent.understanding.number_words import ONES, TENS

_LARGEST = 999_999


def in_words(number: int) -> str:
    """Spell a whole number from -999,999 to 999,999."""
    if abs(number) > _LARGEST:
        raise ValueError(f"only numbers up to {_LARGEST} can be spelt, not {number}")
    if number < 0:
        return f"minus {in_words(-number)}"
    for size, name in ((1_000, "thousand"), (100, "hundred")):
        if number >= size:
            many, rest = divmod(number, size)
            return f"{in_words(many)} {name}" + (f" {in_words(rest)}" if rest else "")
    if number < 20:
        return ONES[number]
    tens, ones = divmod(number, 10)
    return TENS[tens - 2] + (f" {ONES[ones]}" if ones else "")


def in_words_with_decimals(number: float) -> str:
    """Spell a number of a few decimals: "two and a half", "nineteen point seven"."""
    whole, _, decimals = str(abs(number)).partition(".")
    before = "minus " if number < 0 else ""
    if decimals == "5" and whole != "0" and int(whole) < 20:
        return f"{before}{in_words(int(whole))} and a half"
    digits = " ".join(ONES[int(digit)] for digit in decimals)
    return f"{before}{in_words(int(whole))} point {digits}"


def in_digits(text: str) -> str:
    """Write the numbers in `text` as a stenographer does: "45%", "20 degrees", but "two lamps"."""
    return _SPELT.sub(_as_digits, text)


def in_two(text: str, chance: random.Random) -> str:
    """Write the first number between two tens as ears may hear it, in two: "20 3%", "20 to"."""

    def torn(found: re.Match[str]) -> str:
        tens, ones = (_NUMBER_OF[found[part]] for part in ("tens", "ones"))
        written = chance.choice((str(ones), *_SOUND_LIKE.get(ones, ())))
        return f"{tens} {written}{_unit(found)}"

    return _TENS_AND_ONES.sub(torn, text, count=1)


def _as_digits(found: re.Match[str]) -> str:
    number = _NUMBER_OF[found["number"]]
    if number < 10 and not found["unit"]:
        return found[0]
    return f"{number}{_unit(found)}"


def _unit(found: re.Match[str]) -> str:
    unit = found["unit"] or ""
    return "%" if unit == " percent" else unit


_NUMBER_OF = {in_words(number): number for number in range(101)}
_SPELT = re.compile(
    rf"\b(?P<number>{'|'.join(sorted(_NUMBER_OF, key=len, reverse=True))})\b"
    r"(?P<unit> percent| degrees)?"
)
_SOUND_LIKE = {2: ("to", "too"), 4: ("for",)}
_TENS_AND_ONES = re.compile(
    rf"\b(?P<tens>{'|'.join(TENS)}) (?P<ones>{'|'.join(ONES[1:10])})\b"
    r"(?P<unit> percent| degrees)?"
)
