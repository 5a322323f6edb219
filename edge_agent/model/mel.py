"""Sound as Gemma 4 hears it: the logarithm of 128 mel bands, a frame each 10 ms.

The constants are those of transformers' `Gemma4AudioFeatureExtractor`: 16 kHz, windows of 320
samples each 160, half a window of silence in front, a periodic Hann window, FFT 512, magnitude,
HTK mel filters from 0 to 8,000 Hz without area normalisation, log(mel + 0.001).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
WINDOW = 320
HOP = 160
BANDS = 128

_LEAD = WINDOW // 2
_FFT = 512
_HIGHEST_HZ = 8_000.0
_FLOOR = np.float32(1e-3)


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn sound into mel frames.

    `samples` is float32 [n], mono, 16 kHz, in -1...1. The result is float32
    [`frame_count(n)`, 128]: only frames whose window ends inside the sound.
    """
    led = np.concatenate([np.zeros(_LEAD, np.float32), samples])
    return log_mel_of_windows(windows(led)[: frame_count(len(samples))])


def frame_count(samples: int) -> int:
    """Return how many frames `log_mel` makes of that many samples.

    Frame `i` is made of samples `160 i - 160` up to `160 i + 160`, and the sample after them has
    to exist as well, as in the reference.
    """
    return max(0, (samples + _LEAD - WINDOW - 1) // HOP + 1)


def windows(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a view of the windows that lie wholly in `samples`: float32 [count, 320]."""
    if len(samples) < WINDOW:
        return np.empty((0, WINDOW), np.float32)
    return np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]


def log_mel_of_windows(framed: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn windows, float32 [count, 320], into mel frames, float32 [count, 128].

    Each row depends on its own window alone, so sound that is still coming in can be turned into
    frames piece by piece, with the same result up to rounding.
    """
    magnitude = np.abs(np.fft.rfft(framed * _hann(), _FFT)).astype(np.float32, copy=False)
    mel: NDArray[np.float32] = magnitude @ _filters()
    mel += _FLOOR
    return np.log(mel, out=mel)


@cache
def _hann() -> NDArray[np.float32]:
    turn = 2 * np.pi * np.arange(WINDOW) / WINDOW
    return (0.5 - 0.5 * np.cos(turn)).astype(np.float32)


@cache
def _filters() -> NDArray[np.float32]:
    """Return the triangular filters, float32 [257, 128], their corners evenly spaced in HTK mel."""
    highest_mel = 2595 * np.log10(1 + _HIGHEST_HZ / 700)
    corners = 700 * (10 ** (np.linspace(0, highest_mel, BANDS + 2) / 2595) - 1)
    bins = np.arange(_FFT // 2 + 1)[:, None] * SAMPLE_RATE / _FFT
    left, peak, right = corners[:-2], corners[1:-1], corners[2:]
    rising = (bins - left) / (peak - left)
    falling = (right - bins) / (right - peak)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
