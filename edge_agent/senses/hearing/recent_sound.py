"""The last seconds of a stream, and how loud its room is."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.hearing.voice_activity import FRAME_SAMPLES, QUIETEST, level_of

_LEVELS = 300
"""Levels of 32 ms that the room's noise is judged by: ten seconds."""

_NOISE_PERCENTILE = 30


class RecentSound:
    """Remembers the last `samples` of a stream."""

    def __init__(self, samples: int) -> None:
        """Begin with nothing."""
        self._longest = samples
        self._blocks: deque[NDArray[np.float32]] = deque()
        self._size = 0

    def take(self, samples: NDArray[np.float32]) -> None:
        """Take float32 [n], and forget what is older than the last seconds."""
        self._blocks.append(samples)
        self._size += samples.size
        while self._size - self._blocks[0].size >= self._longest:
            self._size -= self._blocks.popleft().size

    def all(self) -> NDArray[np.float32]:
        """Return what is remembered, float32 [n], oldest first."""
        return np.concatenate([np.zeros(0, np.float32), *self._blocks])[-self._longest :]


class RoomNoise:
    """How loud the room is when nobody speaks: what most of the last ten seconds lie above."""

    def __init__(self) -> None:
        """Begin with an unknown room, taken for silent."""
        self._levels: deque[float] = deque(maxlen=_LEVELS)
        self._rest = np.zeros(0, np.float32)

    def take(self, samples: NDArray[np.float32]) -> None:
        """Take float32 [n] at 16 kHz."""
        sound = np.concatenate([self._rest, samples])
        whole = sound.size - sound.size % FRAME_SAMPLES
        self._rest = sound[whole:]
        for frame in sound[:whole].reshape(-1, FRAME_SAMPLES):
            self.take_level(level_of(frame))

    def take_level(self, level: float) -> None:
        """Take the level of the next 32 ms, in dB of full scale."""
        self._levels.append(level)

    @property
    def level(self) -> float:
        """Return the noise's level in dB below full scale."""
        return float(np.percentile(self._levels, _NOISE_PERCENTILE)) if self._levels else QUIETEST
