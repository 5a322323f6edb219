"""Short sounds that say what a screen would: heard, done, failed, a question."""

import enum

import numpy as np
from numpy.typing import NDArray

EARCON_RATE = 48_000

_LOUDNESS = 0.2
"""Peak, of full scale: softer than speech, since they sound while somebody may be speaking."""

_FADE_SECONDS = 0.008


class Earcon(enum.Enum):
    """What it says, and its tones as (Hz, seconds).

    Lower ones, in the range of voices, are taken for speech by the detector.
    """

    HEARD = ((880.0, 0.06),)
    DONE = ((659.3, 0.07), (987.8, 0.11))
    FAILED = ((784.0, 0.1), (523.3, 0.16))
    ASK = ((587.3, 0.07), (587.3, 0.07), (880.0, 0.11))


def tones_of(earcon: Earcon) -> NDArray[np.float32]:
    """Return an earcon as float32 [n], mono, at 48 kHz."""
    return np.concatenate([_tone(hertz, seconds) for hertz, seconds in earcon.value])


def _tone(hertz: float, seconds: float) -> NDArray[np.float32]:
    """Make a tone with a softer octave, faded at both ends so that it does not click."""
    time = np.arange(round(seconds * EARCON_RATE)) / EARCON_RATE
    wave = 0.8 * np.sin(2 * np.pi * hertz * time) + 0.2 * np.sin(4 * np.pi * hertz * time)
    fade = np.minimum(1.0, np.minimum(time, time[::-1]) / _FADE_SECONDS)
    return (_LOUDNESS * wave * fade).astype(np.float32)
