"""How people ask for each tool: sentences to train on, and others that are for testing only."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

Sentences = Mapping[str, tuple[str, ...]]
"""Sentences by the heading that they stand under: the name of a tool, mostly."""

NOT_FOR_THE_HOUSE = "not for the house"
ON_OR_OFF = "state of what is on or off"

BEFORE = (
    "", "", "", "", "", "", "please ", "could you ", "can you ", "would you ", "hey ", "okay ",
    "I want you to ", "I'd like you to ", "go ahead and ", "quickly ", "um ", "so ", "now ",
    "can you please ", "could you please ", "will you ", "I need you to ", "just ", "well ",
)  # fmt: skip
AFTER = (
    "", "", "", "", "", "", "", " please", " please", " now", " for me", " right now", " thanks",
    " thank you", " would you", " will you", " if you can", " when you get a chance", " again",
    " if you would",
)  # fmt: skip
BETWEEN = (" and ", " and ", " and then ", " and also ", ", ", " then ", " and please ", " plus ")
CITIES = (
    "Paris", "London", "Tokyo", "Berlin", "Madrid", "Cairo", "Sydney", "Toronto", "Boston",
    "Chicago", "Delhi", "Lima", "Oslo", "Rome", "Vienna", "Dublin", "Lisbon", "Warsaw", "Athens",
    "Moscow",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def training_sentences() -> Sentences:
    """Return the sentences to train on."""
    return _read("sentences_training.txt")


def test_sentences() -> Sentences:
    """Return the sentences to test with; none of them is trained on."""
    return _read("sentences_test.txt")


@cache
def _read(name: str) -> Sentences:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return {heading: tuple(said) for heading, said in found.items()}
