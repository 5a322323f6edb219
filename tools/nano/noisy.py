"""Clips of the test under noise: other people, music, machines and clicks, at so many decibels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tools.nano.augment import at_level, coloured_noise, hum
from tools.nano.nonspeech import clicks, tune

Sound = NDArray[np.float32]

NOISES = ("babble", "music", "machine", "kitchen")
_SPEECH = 1e-4
"""Samples below are the silence round a clip, which does not count for its level."""
_LOUDEST = 0.9


def mixed(clip: Sound, noise: str, decibels: float, others: Sequence[Sound], seed: str) -> Sound:
    """Put `noise` under `clip`, so that speech is `decibels` louder; `others` babble.

    Both levels are root mean squares: of the clip where somebody speaks, and of the whole noise.
    """
    random = np.random.default_rng([ord(character) for character in seed])
    sound = _noise(noise, len(clip), others, random)
    speech = np.sqrt(np.mean(np.square(clip[np.abs(clip) > _SPEECH])))
    sound *= speech / np.sqrt(np.mean(np.square(sound))) * 10 ** (-decibels / 20)
    return at_level((clip + sound).astype(np.float32), _LOUDEST)


def _noise(kind: str, length: int, others: Sequence[Sound], random: np.random.Generator) -> Sound:
    if kind == "babble":
        return _babble(length, others, random)
    if kind == "music":
        return tune(length, random)
    if kind == "machine":
        return hum(length, random) + coloured_noise(length, random.uniform(0.5, 2), random)
    dishes, water = clicks(length, random), coloured_noise(length, random.uniform(0, 1), random)
    return 8 * dishes + 0.3 * water


def _babble(length: int, others: Sequence[Sound], random: np.random.Generator) -> Sound:
    """Let `others` speak at once, each over and over from somewhere in its clip."""
    sound = np.zeros(length, np.float32)
    for spoken in others:
        again = np.tile(spoken, length // len(spoken) + 2)
        start = int(random.integers(len(spoken)))
        sound += again[start : start + length] / max(float(np.std(spoken)), 1e-6)
    return sound
