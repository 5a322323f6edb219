"""How long audio is cut into the windows of a file's encoder.

The encoder of a file takes a fixed number of mel frames, 816 (8.16 s) in those of litert-torch.
Two convolutions of stride 2 make one soft token of 4 frames (40 ms). Gemma 4 was trained on 30 s
at most, 750 tokens; source: transformers' `Gemma4Processor`.
"""

from dataclasses import dataclass

from edge_agent.model.errors import AudioError

FRAMES_PER_TOKEN = 4
TOKENS_AT_MOST = 750
SECONDS_AT_MOST = 30


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
    if frames_per_window <= 0 or frames_per_window % FRAMES_PER_TOKEN:
        raise ValueError(f"a window of {frames_per_window} frames is no multiple of 4")
    if token_count(frames) > TOKENS_AT_MOST:
        raise AudioError(
            f"the sound is {frames / 100:.1f} s long; the model hears {SECONDS_AT_MOST} s at most,"
            " so send it in shorter pieces"
        )
    return tuple(
        AudioWindow(start, min(start + frames_per_window, frames))
        for start in range(0, frames, frames_per_window)
    )
