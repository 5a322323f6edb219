"""Finds the names of tokens in text. A vocabulary can have thousands of them (`<unused6000>`)."""

import re
from collections.abc import Iterable, Iterator


class TokenNames:
    """A set of names of tokens."""

    def __init__(self, names: Iterable[str]) -> None:
        """Keep `names`; the empty one is left out."""
        self._names = frozenset(filter(None, names))
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)
        first = "".join(sorted({name[0] for name in self._names}))
        self._first = re.compile(f"[{re.escape(first)}]" if first else r"(?!)")

    def find(self, text: str, start: int = 0) -> tuple[int, str] | None:
        """Return the first place from `start` on where a name stands, and the longest one there."""
        for found in self._first.finditer(text, start):
            place = found.start()
            for length in self._lengths:
                if (name := text[place : place + length]) in self._names:
                    return place, name
        return None

    def all_in(self, text: str, *, overlapping: bool = False) -> Iterator[tuple[int, str]]:
        """Yield the places and names in `text`, in order.

        Where `overlapping`, each next one is looked for after the first character of the one
        before, else after its last.
        """
        start = 0
        while found := self.find(text, start):
            yield found
            place, name = found
            start = place + (1 if overlapping else len(name))
