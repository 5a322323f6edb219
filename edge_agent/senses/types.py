"""What the senses hand on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Samples a second of every `Utterance`: what the model's audio front end takes."""


@dataclass(frozen=True, eq=False)
class Utterance:
    """Something that was said: float32 [n], mono, 16 kHz, in -1...1, and where it came from."""

    samples: NDArray[np.float32]
    seconds: float
    source: str


class SoundError(Exception):
    """Sound could not be had: the message says from where, why, and what to do."""
