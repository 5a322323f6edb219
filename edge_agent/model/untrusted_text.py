"""Text from outside goes into a prompt as text: it cannot open a turn, a call or a sound.

Outside is what a person said or typed, the names of devices, and what tools answered.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from edge_agent.model.token_names import TokenNames

_OPENING = re.compile(r"<(?=[^\s<])")


def defuse(text: str, names: TokenNames | None = None) -> str:
    """Return `text` with a space inside everything that would be read as a control token.

    With `names`, those of the vocabulary's control tokens, only these change: `<|turn>` becomes
    `< |turn>`. Without them, where no tokenizer is at hand, every `<` that begins a word does.
    """
    if names is None:
        return _OPENING.sub("< ", text)
    cuts = [place + 1 for place, _ in names.all_in(text, overlapping=True)]
    pieces = (text[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True))
    return " ".join(pieces) if cuts else text


def defuse_all(value: Any, names: TokenNames) -> Any:  # noqa: ANN401 - any JSON
    """Return a copy of `value`, made of JSON's types, with every text in it defused."""
    if isinstance(value, str):
        return defuse(value, names)
    if isinstance(value, Mapping):
        return {key: defuse_all(item, names) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [defuse_all(item, names) for item in value]
    return value
