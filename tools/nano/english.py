"""English that is free to learn from: words for names, and sentences that ask a house for nothing.

The words are Debian's `wamerican-small` (SCOWL, free for any purpose), the sentences the examples
in Debian's `wordnet-base` (WordNet 3.0, free for any purpose with its notice).
"""

import re
from collections.abc import Iterator
from pathlib import Path

_WORDS = Path("/usr/share/dict/american-english-small")
_WORDNET = Path("/usr/share/wordnet")
_PARTS_OF_SPEECH = ("noun", "verb", "adj", "adv")
_EXAMPLE = re.compile(r'"([A-Za-z\' ,.?!-]+)"')
_MAY_BE_FOR_A_HOUSE = re.compile(
    r"(please )?"
    r"(turn|switch|open|close|shut|lock|unlock|dim|play|pause|stop|set|put|start|raise|lower)\b",
    re.IGNORECASE,
)


def words() -> list[str]:
    """Return common words of 2 to 12 letters, in lower case."""
    return re.findall(r"^[a-z]{2,12}$", _WORDS.read_text(encoding="utf-8"), re.MULTILINE)


def idle_sentences() -> list[str]:
    """Return WordNet's examples of 3 to 12 words, less what might be asked of a house."""
    return [
        said
        for said in _examples()
        if 3 <= len(said.split()) <= 12 and not _MAY_BE_FOR_A_HOUSE.match(said)
    ]


def _examples() -> Iterator[str]:
    for part in _PARTS_OF_SPEECH:
        for line in (_WORDNET / f"data.{part}").read_text(encoding="utf-8").splitlines():
            _, _, gloss = line.partition("|")
            yield from _EXAMPLE.findall(gloss)
