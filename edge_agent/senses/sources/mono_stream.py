"""Sound of any rate and channel count brought to 16 kHz mono, piece by piece."""

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.types import SAMPLE_RATE


class MonoStream:
    """Converts one stream of sound; what it gives lags some milliseconds behind what it takes."""

    def __init__(self, rate: int) -> None:
        """Expect `rate` samples a second."""
        self._resampler = None
        if rate != SAMPLE_RATE:
            import soxr  # type: ignore[import-untyped] # noqa: PLC0415 - native, often unneeded

            self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")

    def take(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take float32 [n, channels]; return float32 [m], mono, 16 kHz, in -1...1."""
        mono: NDArray[np.float32] = samples.mean(axis=1, dtype=np.float32)
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono)
        clean: NDArray[np.float32] = np.nan_to_num(mono, nan=0.0).clip(-1.0, 1.0)
        return clean


def pcm16(data: bytes, channels: int = 1) -> NDArray[np.float32]:
    """Return signed 16-bit little-endian PCM as float32 [n, channels]; an odd rest is left off."""
    whole = len(data) - len(data) % (2 * channels)
    samples = np.frombuffer(data[:whole], "<i2").reshape(-1, channels)
    return samples.astype(np.float32) / np.float32(32_768)
