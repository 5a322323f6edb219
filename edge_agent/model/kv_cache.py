"""The KV cache of a decoder: arrays that the model updates in place, one row a position.

Rows from `length` on hold leftovers, which the attention mask hides and later runs overwrite, so
going back to an earlier position is setting `length`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.compiled_model import Tensor
from edge_agent.model.litert import TensorSpec


@dataclass(frozen=True)
class CacheSpec:
    """One array of the cache: `axis` is the one that positions run along."""

    tensor: TensorSpec
    axis: int


@dataclass(frozen=True)
class CacheRows:
    """A copy of a cache's first `length` rows, by the name of the array."""

    length: int
    rows: Mapping[str, NDArray[np.generic]]

    @property
    def size(self) -> int:
        """Return how many bytes it holds."""
        return sum(rows.nbytes for rows in self.rows.values())


class KVCache:
    """The arrays of one decoder, `context` rows each; the first `length` of them are in use."""

    def __init__(self, specs: tuple[CacheSpec, ...], context: int) -> None:
        """Allocate the arrays, all zeros."""
        self.context = context
        self.length = 0
        self.tensors = {spec.tensor.name: Tensor(spec.tensor) for spec in specs}
        # Views with the positions in front: [context, ...], whatever the layout in memory is.
        self._by_position = {
            spec.tensor.name: np.moveaxis(self.tensors[spec.tensor.name].array, spec.axis, 0)
            for spec in specs
        }

    @property
    def room(self) -> int:
        """Return how many rows are left."""
        return self.context - self.length

    def rewind(self, length: int) -> None:
        """Forget the rows from `length` on."""
        if not 0 <= length <= self.length:
            raise ValueError(f"cannot go back to {length} from {self.length}")
        self.length = length

    def save(self) -> CacheRows:
        """Copy the rows in use."""
        used = slice(self.length)
        copies = {name: rows[used].copy() for name, rows in self._by_position.items()}
        return CacheRows(self.length, copies)

    def restore(self, saved: CacheRows) -> None:
        """Write the rows of `saved` back, and use them alone."""
        for name, rows in saved.rows.items():
            self._by_position[name][: saved.length] = rows
        self.length = saved.length

    def close(self) -> None:
        """Give the arrays back."""
        for tensor in self.tensors.values():
            tensor.close()
