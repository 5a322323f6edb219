"""Sounds that ask for nothing: silence, noise, clicks, hums, tunes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tools.nano.augment import SAMPLE_RATE, add_noise, at_level, coloured_noise, hum
from tools.nano.clips import NONSPEECH

Sound = NDArray[np.float32]


def nonspeech_clips(count: int, seed: int) -> Iterator[tuple[str, Sound]]:
    """Yield `count` sounds of 0.5 to 8 s, each with a name of its own."""
    kinds = dict(zip(NONSPEECH, (_silence, _noise, clicks, _hum, tune), strict=True))
    for index in range(count):
        random = np.random.default_rng((seed, index))
        length = int(random.uniform(0.5, 8) * SAMPLE_RATE)
        name = NONSPEECH[index % len(NONSPEECH)]
        yield f"{name}-{index:05d}", kinds[name](length, random)


def _silence(length: int, random: np.random.Generator) -> Sound:
    level = random.choice([0.0, 1e-4, 1e-3])
    return (random.normal(0, 1, length) * level).astype(np.float32)


def _noise(length: int, random: np.random.Generator) -> Sound:
    noise = coloured_noise(length, random.uniform(0, 2), random)
    swell = 1 + random.uniform(0, 0.9) * np.sin(np.arange(length) / random.uniform(1e3, 2e4))
    return at_level((noise * swell).astype(np.float32), 10 ** random.uniform(-2.5, -0.1))


def clicks(length: int, random: np.random.Generator) -> Sound:
    """Return some knocks and clicks, float32 [length]."""
    sound = np.zeros(length, np.float32)
    for start in random.integers(0, max(1, length - 800), random.integers(1, 12)):
        size = int(random.integers(20, 800))
        fade = np.exp(-np.arange(size) / (size / 5))
        sound[start : start + size] += (random.normal(0, 1, size) * fade)[: length - start]
    return at_level(add_noise(sound, 30, random), random.uniform(0.05, 0.9))


def _hum(length: int, random: np.random.Generator) -> Sound:
    return at_level(add_noise(hum(length, random), 15, random), random.uniform(0.01, 0.5))


def tune(length: int, random: np.random.Generator) -> Sound:
    """Return notes and chords, float32 [length]."""
    sound = np.zeros(length, np.float32)
    note = int(random.uniform(0.15, 0.6) * SAMPLE_RATE)
    for start in range(0, length, note):
        time = np.arange(min(note, length - start)) / SAMPLE_RATE
        for _ in range(int(random.integers(1, 4))):
            pitch = 110 * 2 ** (random.integers(0, 36) / 12)
            waves = [np.sin(2 * np.pi * pitch * k * time) / k**2 for k in (1, 2, 3)]
            sound[start : start + len(time)] += np.sum(waves, axis=0) * np.exp(-3 * time)
    return at_level(add_noise(sound, random.uniform(15, 40), random), random.uniform(0.05, 0.8))
