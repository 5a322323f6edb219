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


@dataclass(frozen=True, eq=False)
class Block:
    """A piece of a stream of sound: float32 [n > 0], mono, 16 kHz, in -1...1.

    `at` is when its last sample was taken, in seconds of `time.monotonic`.
    """

    samples: NDArray[np.float32]
    at: float


@dataclass(frozen=True)
class Woken:
    """The agent was called, by a wake word or a button, and listens from now on."""

    word: str


@dataclass(frozen=True, eq=False)
class Said:
    """Something was said to the agent, perhaps to its end: it is time to think about it.

    What follows is `Settled` or `WentOn`. `last_word_at` is when the speech ended, and `decided_at`
    when that was found out, in seconds of `time.monotonic`.
    """

    utterance: Utterance
    last_word_at: float
    decided_at: float


@dataclass(frozen=True)
class WentOn:
    """The speaker had only paused: forget the last `Said`. Another, of all of it, will follow."""


@dataclass(frozen=True)
class Settled:
    """The last `Said` was all: what was thought about it may be done."""


@dataclass(frozen=True)
class NothingSaid:
    """The agent was called by `word`, and then nobody spoke."""

    word: str


Heard = Woken | Said | WentOn | Settled | NothingSaid


class SoundError(Exception):
    """Sound could not be had: the message says from where, why, and what to do."""
