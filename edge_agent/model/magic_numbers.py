"""The placeholders in a model's shapes, which the runtime replaces before it compiles the model.

Published files are made for a context of 32,003 positions: not to be run so, but to be recognised,
for it is a prime and no size that a model has by itself. LiteRT replaces it, and its multiples, by
the context that is wanted. Prefill lengths can be placeholders too. Source: how LiteRT-LM looks for
them.
"""

from edge_agent.model.litert import MagicNumber
from edge_agent.model.signatures import DecoderLayout

_SMALLEST = 11
_ROUND_TO = 256
_PREFILL = "prefill"


def context_placeholder(layout: DecoderLayout) -> int | None:
    """Return the number that stands for the context, or None where the file fixes it."""
    return layout.context if _is_placeholder(layout.context) else None


def magic_numbers(layout: DecoderLayout, context: int) -> tuple[MagicNumber, ...]:
    """Return what replaces each placeholder of an uncompiled decoder, for that context."""
    numbers: list[MagicNumber] = []
    if _is_placeholder(layout.context):
        numbers.append(MagicNumber(layout.context, context))
    lengths = {step.length for step in layout.steps if step.key.startswith(_PREFILL)}
    numbers += [
        MagicNumber(length, min(_round_below(length), context), _PREFILL)
        for length in sorted(lengths)
        if _is_placeholder(length)
    ]
    return tuple(numbers)


def fitting_context(wanted: int, placeholder: int) -> int:
    """Return `wanted`, or the largest round number that a file of that placeholder can hold."""
    return wanted if wanted < placeholder else _round_below(placeholder)


def _is_placeholder(number: int) -> bool:
    if number < _SMALLEST or number % 2 == 0:
        return False
    return all(number % divisor for divisor in range(3, int(number**0.5) + 1, 2))


def _round_below(number: int) -> int:
    if number > _ROUND_TO:
        return number // _ROUND_TO * _ROUND_TO
    return 1 << (number.bit_length() - 1)
