"""How many words were heard wrongly."""

from collections.abc import Sequence


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Count the words of `said` that are changed or left out in `heard`, and those added there."""
    row = list(range(len(heard) + 1))
    for count, word in enumerate(said, 1):
        left, row[0] = row[0], count
        for at, other in enumerate(heard, 1):
            change = left + (word != other)
            left = row[at]
            row[at] = min(change, row[at] + 1, row[at - 1] + 1)
    return row[-1]
