"""Chooses the next token: the likeliest, or one drawn from the likely ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.errors import ModelError

_FIRST_LOOK = 256


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn.

    Temperature 0 takes the likeliest token each time. `top_k` keeps that many of the likeliest,
    `top_p` the fewest whose probabilities reach it, in this order. A `seed` makes it repeatable.
    Raises `ModelError` for values that mean nothing.
    """

    temperature: float = 0.0
    top_k: int | None = None
    top_p: float | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if not 0 <= self.temperature < float("inf"):
            raise ModelError(f"the temperature is {self.temperature}; it must be 0 or more")
        if self.top_k is not None and self.top_k < 1:
            raise ModelError(f"top_k is {self.top_k}; it must be 1 or more")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ModelError(f"top_p is {self.top_p}; it must be above 0 and at most 1")


class Sampler:
    """Draws the tokens of one turn."""

    def __init__(self, sampling: Sampling) -> None:
        """Begin with the seed of `sampling`, or with one of the machine's."""
        self._sampling = sampling
        self._random = np.random.default_rng(sampling.seed)

    def choose(self, logits: NDArray[np.float32], allowed: NDArray[np.int32] | None = None) -> int:
        """Return an id.

        `logits` is float32 [V], by id. Only ids in `allowed`, int32 [n], ascending, are looked
        at; None allows all. Raises `ModelError` if the logits are not numbers or nothing is
        allowed.
        """
        if allowed is not None:
            allowed = allowed[: np.searchsorted(allowed, len(logits))]
            logits = logits[allowed]
        if not len(logits):
            raise ModelError("the grammar allows no token that the model has")
        best = int(np.argmax(logits))
        if not np.isfinite(logits[best]):
            raise ModelError("the model computed no usable scores; its file may be damaged")
        place = best if self._sampling.temperature == 0 else self._drawn(logits, logits[best])
        return place if allowed is None else int(allowed[place])

    def _drawn(self, logits: NDArray[np.float32], highest: np.float32) -> int:
        likely = _highest(logits, self._sampling.top_k or len(logits))
        weights = self._weights(logits[likely], highest)
        if self._sampling.top_p is not None:
            likely, weights = _nucleus(likely, weights, self._sampling.top_p)
        reached = np.cumsum(weights)
        place = np.searchsorted(reached, self._random.random() * reached[-1], side="right")
        return int(likely[min(int(place), len(likely) - 1)])

    def _weights(self, logits: NDArray[np.float32], highest: np.float32) -> NDArray[np.float64]:
        """Return what is proportional to the probabilities: float64 [n]."""
        shifted = logits.astype(np.float64) - np.float64(highest)
        return np.exp(shifted / self._sampling.temperature)


def _highest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Return the places of the `count` highest values, in the order of their places."""
    if count >= len(values):
        return np.arange(len(values))
    return np.sort(np.argpartition(values, -count)[-count:])


def _nucleus(
    places: NDArray[np.intp], weights: NDArray[np.float64], share: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Keep the fewest of the heaviest places that make up `share` of the weight.

    Only as many are put in order as needed: a full sort of 262,144 takes longer than the rest.
    """
    wanted = share * weights.sum()
    count = _FIRST_LOOK
    while True:
        heaviest = _highest(weights.astype(np.float32), count) if count < len(weights) else None
        looked = np.arange(len(weights)) if heaviest is None else heaviest
        order = looked[np.argsort(-weights[looked], kind="stable")]
        reached = np.cumsum(weights[order])
        if heaviest is None or reached[-1] >= wanted:
            kept = order[: int(np.searchsorted(reached, wanted)) + 1]
            return places[kept], weights[kept]
        count *= 8
