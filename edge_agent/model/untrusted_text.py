"""Text from outside goes into a prompt as text: it cannot open a turn, a call or a sound.

Outside is what a person said or typed, the names of devices, and what tools answered.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

_OPENING = re.compile(r"<(?=[^\s<])")


def defuse(text: str, special_tokens: Iterable[str] | None = None) -> str:
    """Return `text` with a space inside everything that would be read as a control token.

    With `special_tokens`, the names of the vocabulary, only those change: `<|turn>` becomes
    `< |turn>`. Without them, where no tokenizer is at hand, every `<` that begins a word does.
    """
    if special_tokens is None:
        return _OPENING.sub("< ", text)
    return _starts_of(frozenset(special_tokens)).sub(lambda found: f"{found.group()} ", text)


def defuse_all(value: Any, special_tokens: Iterable[str]) -> Any:  # noqa: ANN401 - any JSON
    """Return a copy of `value`, made of JSON's types, with every text in it defused."""
    if isinstance(value, str):
        return defuse(value, special_tokens)
    if isinstance(value, Mapping):
        return {key: defuse_all(item, special_tokens) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [defuse_all(item, special_tokens) for item in value]
    return value


@lru_cache(maxsize=4)
def _starts_of(names: frozenset[str]) -> re.Pattern[str]:
    """Match the first character of each name, so that names that overlap are all found."""
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    return re.compile(f"(?s:(?={'|'.join(map(re.escape, longest_first)) or '(?!)'}).)")
