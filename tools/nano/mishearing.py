"""The errors that ears make with words: those that were seen, and words that are spelt alike."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"[a-z']+", re.IGNORECASE)
_LONGEST_RUN = 3
_SEEN = 0.6
"""The share of errors that were made just so, where one was seen with the word."""
_SOUNDS = (
    (r"ph", "f"), (r"gh", ""), (r"ck|c(?![ieyh])|q", "k"), (r"c(?=[iey])|z|x", "s"), (r"wr", "r"),
    (r"kn", "n"), (r"wh", "w"), (r"dg|j", "j"), (r"sh|tch|ch", "S"), (r"[aeiouyh]+", "a"),
    (r"[bp]", "p"), (r"[dt]", "t"), (r"[kg]", "k"), (r"[vf]", "f"), (r"[mn]", "n"),
    (r"(.)\1+", r"\1"),
)  # fmt: skip


class Mishearing:
    """Writes other words for those that were said."""

    def __init__(self, pairs: Iterable[tuple[str, str]], words: Iterable[str]) -> None:
        """Learn from `pairs` of what was said and what was written; `words` are any of English."""
        self._seen: dict[str, list[str]] = {}
        for said, written in pairs:
            for words_said, words_written in _errors(said.split(), written.split()):
                self._seen.setdefault(words_said, []).append(words_written)
        self._alike: dict[str, list[str]] = {}
        for word in words:
            self._alike.setdefault(_sound(word), []).append(word)

    def of(self, text: str, share: float, chance: random.Random) -> str:
        """Return `text` with about `share` of its words misheard."""

        def another(found: re.Match[str]) -> str:
            word = found[0]
            return self._for(word.lower(), chance) if chance.random() < share else word

        return _WORD.sub(another, text)

    def _for(self, word: str, chance: random.Random) -> str:
        seen = self._seen.get(word, [])
        if seen and chance.random() < _SEEN:
            return chance.choice(seen)
        alike = self._alike.get(_sound(word), [])
        if alike and chance.random() < 0.8:
            return chance.choice(alike)
        return "" if len(word) <= 3 and chance.random() < 0.4 else _cut(word, chance)


def _errors(said: Sequence[str], written: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give each single word that was written wrongly, and what was written for it."""
    matcher = SequenceMatcher(None, said, written, autojunk=False)
    for sort, first, last, start, stop in matcher.get_opcodes():
        if sort == "replace" and last - first == 1 and stop - start <= _LONGEST_RUN:
            yield said[first], " ".join(written[start:stop])


def _sound(word: str) -> str:
    """Return a rough key that words have in common which sound alike."""
    key = word.lower()
    for spelt, sounded in _SOUNDS:
        key = re.sub(spelt, sounded, key)
    return key


def _cut(word: str, chance: random.Random) -> str:
    """Spoil a word: lose its end, or tear it apart."""
    if len(word) < 5:
        return word
    at = chance.randint(2, len(word) - 2)
    return word[:-1] if chance.random() < 0.5 else f"{word[:at]} {word[at:]}"
