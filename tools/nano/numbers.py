"""Numbers as people say them."""

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LARGEST = 9_999


def in_words(number: int) -> str:
    """Spell a whole number from -9,999 to 9,999."""
    if abs(number) > _LARGEST:
        raise ValueError(f"only numbers up to {_LARGEST} can be spelt, not {number}")
    if number < 0:
        return f"minus {in_words(-number)}"
    for size, name in ((1_000, "thousand"), (100, "hundred")):
        if number >= size:
            many, rest = divmod(number, size)
            return f"{in_words(many)} {name}" + (f" {in_words(rest)}" if rest else "")
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f" {_ONES[ones]}" if ones else "")


def in_words_with_decimals(number: float) -> str:
    """Spell a number of a few decimals: "two and a half", "nineteen point seven"."""
    whole, _, decimals = str(abs(number)).partition(".")
    before = "minus " if number < 0 else ""
    if decimals == "5" and whole != "0" and int(whole) < 20:
        return f"{before}{in_words(int(whole))} and a half"
    digits = " ".join(_ONES[int(digit)] for digit in decimals)
    return f"{before}{in_words(int(whole))} point {digits}"
