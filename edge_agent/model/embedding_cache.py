"""Embeddings of pictures that were encoded lately, so that none is encoded twice."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray


class EmbeddingCache:
    """Keeps what was used last, within a number of bytes."""

    def __init__(self, bytes_at_most: int) -> None:
        """Begin with nothing."""
        self._bytes_at_most = bytes_at_most
        self._kept: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """Return how many pictures are kept."""
        return len(self._kept)

    def get(self, key: bytes) -> NDArray[np.float32] | None:
        """Return what was put under `key`, if it is still there."""
        embeddings = self._kept.get(key)
        if embeddings is not None:
            self._kept.move_to_end(key)
        return embeddings

    def put(self, key: bytes, embeddings: NDArray[np.float32]) -> None:
        """Keep `embeddings`, which nobody writes to any more, and let go of the oldest others."""
        embeddings.flags.writeable = False
        self._bytes += embeddings.nbytes - self._size(key)
        self._kept[key] = embeddings
        self._kept.move_to_end(key)
        while self._bytes > self._bytes_at_most and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.nbytes

    def _size(self, key: bytes) -> int:
        known = self._kept.get(key)
        return 0 if known is None else known.nbytes
