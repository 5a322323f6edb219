"""Whether something is to be seen that was not there before."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_ROWS: Final = 12
_COLUMNS: Final = 16
_LEVELS: Final = 8.0
"""Of 256: how far the mean brightness of a field, in any color, must move.

A field is a 192nd of the picture, so the noise of single pixels (5 to 10 levels in the dark) is
less than half a level in its mean, and a lamp that fills a tenth of it moves it by 10 or more."""


class ChangeGate:
    """Compares each picture with the last one that was let through, field by field.

    Not with the one before: what changes slowly is noticed too, only later.
    """

    def __init__(self) -> None:
        """Begin without a picture: the first one counts as a change."""
        self._last: NDArray[np.float32] | None = None

    def lets_through(self, pixels: NDArray[np.uint8]) -> bool:
        """Tell whether a picture, uint8 [height, width, 3], differs enough."""
        fields = _fields(pixels)
        last = self._last
        if last is not None and np.abs(fields - last).max() < _LEVELS:
            return False
        self._last = fields
        return True

    def forget(self) -> None:
        """Take the next picture for a change, whatever it shows."""
        self._last = None


def _fields(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the mean colors of the fields: float32 [12, 16, 3]."""
    rows = _edges(pixels.shape[0], _ROWS)
    columns = _edges(pixels.shape[1], _COLUMNS)
    bands = np.add.reduceat(pixels, rows[:-1], axis=0, dtype=np.float32)
    sums = np.add.reduceat(bands, columns[:-1], axis=1)
    sizes = np.multiply.outer(np.diff(rows), np.diff(columns))
    return (sums / sizes[:, :, None]).astype(np.float32)


def _edges(length: int, fields: int) -> NDArray[np.intp]:
    """Return where the fields of a side begin, and its end; fewer of them on a very short side."""
    return np.unique(np.linspace(0, length, min(fields, length) + 1).astype(np.intp))
