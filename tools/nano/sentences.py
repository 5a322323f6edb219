"""How people ask for each tool: sentences to train on, and others that are for testing only."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

Sentences = Mapping[str, tuple[str, ...]]
"""Sentences by the heading that they stand under: the name of a tool, mostly."""

NOT_FOR_THE_HOUSE = "not for the house"
ON_OR_OFF = "state of what is on or off"

BETWEEN = (
    " and ", " and ", " and ", " and then ", " and also ", ", ", ", and ", " then ", " plus ",
    " and please ", ", then ", " after that ", " and after that ", " also ", " and afterwards ",
    " and while you are at it ", " and at the same time ", ". ", ", and then ",
)  # fmt: skip
CITIES = (
    "Paris", "London", "Tokyo", "Berlin", "Madrid", "Cairo", "Sydney", "Toronto", "Boston",
    "Chicago", "Delhi", "Lima", "Oslo", "Rome", "Vienna", "Dublin", "Lisbon", "Warsaw", "Athens",
    "Moscow",
)  # fmt: skip
FOODS = (
    "bread", "rice", "soup", "pasta", "cheese", "apples", "cake", "butter", "coffee", "salad",
    "fish", "chicken", "eggs", "milk", "pizza", "potatoes", "chocolate", "beans", "ice cream",
    "tomatoes", "honey", "pancakes", "tea", "bananas", "noodles", "sugar", "onions", "cookies",
    "lemonade", "orange juice", "lasagna", "curry", "strawberries", "popcorn", "cereal",
)  # fmt: skip
ANIMALS = (
    "dog", "cat", "horse", "rabbit", "bird", "fox", "elephant", "spider", "snake", "turtle",
    "hamster", "goat", "cow", "sheep", "bear", "parrot", "duck", "frog", "tiger", "whale",
    "penguin", "monkey", "pig", "bee", "lion", "giraffe", "shark", "owl", "squirrel",
)  # fmt: skip
JOBS = (
    "doctor", "dentist", "bakery", "plumber", "teacher", "wedding", "concert", "library",
    "hospital", "police", "president", "farmer", "singer", "lawyer", "restaurant", "hairdresser",
    "meeting", "museum", "post office", "engineer", "interview", "party", "pharmacy", "nurse",
    "painter", "football club", "bank", "cinema", "supermarket", "electrician", "church",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def training_sentences() -> Sentences:
    """Return the sentences to train on."""
    return _read("sentences_training.txt")


def test_sentences() -> Sentences:
    """Return the sentences to test with; none of them is trained on."""
    return _read("sentences_test.txt")


def plain_sentences() -> Sentences:
    """Return sentences to test with that training has, or composes, too."""
    return _read("sentences_plain.txt")


@cache
def _read(name: str) -> Sentences:
    return read_lines(Path(__file__).with_name(name))


def read_lines(path: Path) -> Sentences:
    """Read a file of lines under headings in square brackets; `#` begins a comment."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return {heading: tuple(said) for heading, said in found.items()}
