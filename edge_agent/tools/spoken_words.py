"""The words of what somebody said, for comparing them."""

import re
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[\w']+")


def words_in(text: str) -> list[str]:
    """Return the words of `text` in order, case folded, without what stands between them."""
    return _WORD.findall(text.casefold())


def holds_run(words: Sequence[str], run: Sequence[str]) -> bool:
    """Tell whether `run` stands among `words`, one word after the other; no words do not."""
    return next(places_of_run(words, run), None) is not None


def places_of_run(words: Sequence[str], run: Sequence[str]) -> Iterator[int]:
    """Give the places in `words` at which `run` begins; no words begin nowhere."""
    wanted, count = [*run], len(run)
    starts = range(len(words) - count + 1) if wanted else ()
    return (at for at in starts if [*words[at : at + count]] == wanted)
