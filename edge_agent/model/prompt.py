"""What is fed to a decoder: token ids, and soft tokens such as the embeddings of sound."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Prompt:
    """A run of tokens. Each segment is either ids, int32 [n], or embeddings, float32 [n, width]."""

    segments: tuple[NDArray[Any], ...] = ()

    @classmethod
    def of_ids(cls, ids: Iterable[int]) -> "Prompt":
        """Make a prompt of plain tokens."""
        return cls((np.fromiter(ids, np.int32),))

    def __len__(self) -> int:
        """Return the number of tokens."""
        return sum(map(len, self.segments))

    def __add__(self, other: "Prompt") -> "Prompt":
        """Return this prompt followed by another."""
        return Prompt(self.segments + other.segments)

    def part(self, start: int, stop: int) -> "Prompt":
        """Return the tokens from `start` up to `stop`, without copying any."""
        pieces: list[NDArray[Any]] = []
        for segment in self.segments:
            piece = segment[max(start, 0) : max(stop, 0)]
            if len(piece):
                pieces.append(piece)
            start, stop = start - len(segment), stop - len(segment)
        return Prompt(tuple(pieces))

    def ids(self) -> tuple[int, ...]:
        """Return the ids of a prompt without soft tokens."""
        return tuple(int(token) for segment in self.segments for token in segment)
