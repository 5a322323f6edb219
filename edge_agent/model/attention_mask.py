"""The causal mask of one signature, kept from run to run and changed only where it must be."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.errors import ModelFileError
from edge_agent.model.litert import TensorSpec

_MASKED_SHARE_OF_MAXIMUM = -0.7
_MASKED_FLOAT16 = -45824.0


def mask_values(spec: TensorSpec) -> tuple[Any, Any]:
    """Return what stands for "attended" and for "masked" in a mask of that dtype.

    The numbers are those that LiteRT-LM writes; raises `ModelFileError` for another dtype.
    """
    if spec.dtype == np.bool_:
        return True, False
    if spec.dtype == np.float32:
        return 0.0, np.float32(_MASKED_SHARE_OF_MAXIMUM * np.finfo(np.float32).max)
    if spec.dtype == np.float16:
        return 0.0, np.float16(_MASKED_FLOAT16)
    raise ModelFileError(f"the mask {spec} is neither bool nor float")


class AttentionMask:
    """A mask [1, 1, T, C]: row i is the position `start` + i, and sees itself and all before.

    The rows that pad a run are causal too: what they compute is never read, and a row that sees
    nothing could give NaN.
    """

    def __init__(self, array: NDArray[Any], spec: TensorSpec) -> None:
        """Take over `array`, of `spec`'s shape and dtype."""
        self._attended, self._masked = mask_values(spec)
        self._rows = array[0, 0]
        self._length = len(self._rows)
        self._triangle = np.where(
            np.tri(self._length, dtype=np.bool_), self._attended, self._masked
        ).astype(array.dtype)
        self._start = 0
        self._rows[...] = self._masked
        self._rows[:, : self._length] = self._triangle

    def move_to(self, start: int) -> None:
        """Let the rows begin at position `start`; `start` + T must fit in the context."""
        before, end = self._start, start + self._length
        if start > before:
            self._rows[:, before:start] = self._attended
        elif start < before:
            self._rows[:, end : before + self._length] = self._masked
        self._rows[:, start:end] = self._triangle
        self._start = start
