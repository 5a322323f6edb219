"""The words of what somebody said, for comparing them."""

import re

_WORD = re.compile(r"[\w']+")


def words_in(text: str) -> list[str]:
    """Return the words of `text` in order, case folded, without what stands between them."""
    return _WORD.findall(text.casefold())
