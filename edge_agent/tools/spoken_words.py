"""The words of what somebody said, for comparing them."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[\w']+")


def words_in(text: str) -> list[str]:
    """Return the words of `text` in order, case folded, without what stands between them."""
    return _WORD.findall(text.casefold())


def holds_run(words: Sequence[str], run: Sequence[str]) -> bool:
    """Tell whether `run` stands among `words`, one word after the other; no words do not."""
    places = range(len(words) - len(run) + 1)
    return bool(run) and any([*words[at : at + len(run)]] == [*run] for at in places)
