"""What the model has said in its turn, and where that lies in the cache."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A turn of the model, from position `start` of the cache on.

    `tokens` is all of it, with what tools answered in between; the last of them may not be in the
    cache yet. `kept` is what later turns are shown of it: Gemma 4 is not shown earlier thoughts.
    """

    start: int
    tokens: tuple[int, ...]
    kept: tuple[int, ...]

    @property
    def stop(self) -> int:
        """Return the position after it."""
        return self.start + len(self.tokens)

    def missing_from(self, length: int) -> tuple[int, ...]:
        """Return the tokens that a cache of `length` rows lacks."""
        return self.tokens[length - self.start :]

    def followed_by(self, results: Sequence[int], more: "Answer") -> "Answer":
        """Return the answer with what tools answered, and `more` that was said to that."""
        return Answer(
            self.start,
            (*self.tokens, *results, *more.tokens),
            (*self.kept, *results, *more.kept),
        )

    def without_thought(self) -> "Answer":
        """Return it as later turns are shown it."""
        return Answer(self.start, self.kept, self.kept)
