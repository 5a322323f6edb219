"""How long audio is cut into the windows of a file's encoder.

The encoder of a file takes a fixed number of mel frames, 816 (8.16 s) in those of litert-torch.
Two convolutions of stride 2 make one soft token of 4 frames (40 ms). Gemma 4 was trained on 30 s
at most, 750 tokens; source: transformers' `Gemma4Processor`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.errors import AudioError

FRAMES_PER_TOKEN = 4
TOKENS_AT_MOST = 750
SECONDS_AT_MOST = 30

_PAUSE_FRAMES = 25
"""How long a pause between words is looked for: 250 ms."""


@dataclass(frozen=True)
class AudioWindow:
    """One run of the encoder: mel frames `start` up to `stop`, and the soft tokens they give."""

    start: int
    stop: int

    @property
    def tokens(self) -> int:
        """Return how many of the encoder's outputs are of real sound."""
        return token_count(self.stop - self.start)


def token_count(frames: int) -> int:
    """Return how many soft tokens that many mel frames give: a quarter, rounded up."""
    return -(-frames // FRAMES_PER_TOKEN)


def plan_windows(frames: int, frames_per_window: int) -> tuple[AudioWindow, ...]:
    """Cut `frames` mel frames into windows, all but the last one full; no frames give none.

    Raises `AudioError` beyond 30 s.
    """
    _check_length(frames, frames_per_window)
    return tuple(
        AudioWindow(start, min(start + frames_per_window, frames))
        for start in range(0, frames, frames_per_window)
    )


def plan_windows_at_pauses(
    frames: NDArray[np.float32], frames_per_window: int
) -> tuple[AudioWindow, ...]:
    """Cut log-mel `frames` [f, 128] into windows where it is quietest, for ears that write words.

    Such ears hear each window by itself, and a word that is cut in two is lost or said again and
    again. All windows but the last are more than half full. Raises `AudioError` beyond 30 s.
    """
    count = len(frames)
    if count <= frames_per_window:
        return plan_windows(count, frames_per_window)
    _check_length(count, frames_per_window)
    loudness = np.convolve(frames.mean(axis=1), np.full(_PAUSE_FRAMES, 1 / _PAUSE_FRAMES), "same")
    windows, start = [], 0
    while count - start > frames_per_window:
        earliest = start + frames_per_window // 2 + 1
        quietest = int(np.argmin(loudness[earliest : start + frames_per_window + 1]))
        windows.append(AudioWindow(start, earliest + quietest))
        start = windows[-1].stop
    return (*windows, AudioWindow(start, count))


def _check_length(frames: int, frames_per_window: int) -> None:
    if frames_per_window <= 0 or frames_per_window % FRAMES_PER_TOKEN:
        raise ValueError(f"a window of {frames_per_window} frames is no multiple of 4")
    if token_count(frames) > TOKENS_AT_MOST:
        raise AudioError(
            f"the sound is {frames / 100:.1f} s long; the model hears {SECONDS_AT_MOST} s at most,"
            " so send it in shorter pieces"
        )
