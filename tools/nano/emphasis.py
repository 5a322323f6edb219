"""How much each token of a reply counts while it is learnt.

Most tokens of a reply are copied, or follow from the one before; a few decide what is done: which
tool, which device, whether anything at all, yes or no. These count more, or the few would be lost
among the many. In thoughts it is what stands after a number, which tells how it is to another one,
and after "asked", which may be "not". The words that were heard count less: they are copied, and
edge-agent takes them from the ears.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_COPIED, _PLAIN, _CHOSEN, _COMPARED, _TOOL, _FIRST = 0.2, 1.0, 2.0, 3.0, 3.0, 5.0


class Emphasis:
    """Weighs the tokens of replies, as the file's template and vocabulary write them."""

    def __init__(self, tokenizer: "PreTrainedTokenizerFast") -> None:
        """Know the tokens of `tokenizer` that stand before what decides."""
        known = ["<channel|>", '<|"|>', "<tool_call|>", "call:", "▁", "ed▁"]
        numbers = tokenizer.convert_tokens_to_ids(known)
        self._thought_ends, self._quote, self._call_ends, self._call, *decisive = numbers
        self._decisive = frozenset(decisive)
        self._arguments = frozenset(
            number for piece, number in tokenizer.get_vocab().items() if piece.startswith("{")
        )

    def weigh(self, reply: Sequence[int], *, thought_is_copied: bool) -> tuple[float, ...]:
        """Return a weight for each token of `reply`."""
        weights: list[float] = []
        start = 0
        if self._thought_ends in reply:
            start = reply.index(self._thought_ends) + 1
            weights = [_COPIED] * start if thought_is_copied else self._weigh_thought(reply[:start])
        in_name, before = False, None
        for token in reply[start:]:
            in_name = before == self._call or (in_name and token not in self._arguments)
            weights.append(self._weight_after(before, in_name=in_name))
            before = token
        return tuple(weights)

    def _weigh_thought(self, thought: Sequence[int]) -> list[float]:
        """Weigh what was found out; numbers have their space behind them, "asked" is in two."""
        befores = (None, *thought)
        return [_COMPARED if before in self._decisive else _PLAIN for before in befores[:-1]]

    def _weight_after(self, before: int | None, *, in_name: bool) -> float:
        if before is None:
            return _FIRST
        if in_name or before == self._call_ends:
            return _TOOL
        return _CHOSEN if before == self._quote else _PLAIN
