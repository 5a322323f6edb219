"""The test of requests that a home cannot do: for devices that are not there, and for no tool."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from edge_agent.home.types import Device
from edge_agent.understanding.doubt import telling_words
from tools.nano.sentences import read_lines
from tools.nano.test_case import Case

EVERYDAY = frozenset({"please", "could", "you", "would", "can", "is", "what", "set", "turn"})
"""Words that tell nothing of what a request is about, though a device may be called by them."""


def refusal_cases(homes: list[list[Device]], voices: Sequence[str], seed: str) -> Iterator[Case]:
    """Give half of the requests of `refusals_test.txt` to be typed, half to be spoken by `voices`.

    Each goes to a home none of whose names has a word of it.
    """
    chance = random.Random(seed)
    number = 0
    for heading, said in read_lines(Path(__file__).with_suffix(".txt")).items():
        for index, text in enumerate(said):
            home = chance.choice([n for n, it in enumerate(homes) if _names_none_of(text, it)])
            spoken = index % 2 == 1
            voice = voices[index // 2 % len(voices)] if spoken else ""
            row = f"{'spoken' if spoken else 'typed'}, {heading}: no call"
            yield Case(f"{home:02d}-refused-{number:03d}", home, "", "", text, voice, [], row)
            number += 1


def _names_none_of(text: str, home: list[Device]) -> bool:
    words = telling_words(text) - EVERYDAY
    return all(words.isdisjoint(telling_words(f"{it.name} {it.area}")) for it in home)
