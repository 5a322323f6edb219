"""Rooms, noise and levels round a clip, so that the model hears homes and not studios."""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

SAMPLE_RATE = 16_000
LONGEST_SECONDS = 16.0

Sound = NDArray[np.float32]


def quietly_framed(clip: Sound, random: np.random.Generator) -> Sound:
    """Put short silence and hardly any noise round `clip`: a good microphone, close by."""
    framed = with_silence(clip, random.uniform(0.1, 0.5), random.uniform(0.1, 0.7))
    return add_noise(at_level(framed, random.uniform(0.1, 0.9)), random.uniform(30, 55), random)


def varied(clip: Sound, random: np.random.Generator) -> Sound:
    """Change speed, room, bandwidth, noise and level of `clip` by chance, mildly to strongly."""
    sound = clip
    if random.random() < 0.6:
        sound = at_speed(sound, random.uniform(0.88, 1.14))
    before = random.uniform(0.1, 1.5) if random.random() < 0.4 else random.uniform(0.05, 0.5)
    after = random.uniform(0.1, 1.5) if random.random() < 0.5 else random.uniform(0.05, 0.6)
    sound = with_silence(sound, before, after)
    if random.random() < 0.4:
        sound = in_room(sound, random)
    if random.random() < 0.2:
        sound = band_limited(sound, random)
    if random.random() < 0.8:
        sound = add_noise(sound, random.uniform(5, 40), random)
    if random.random() < 0.06:
        loud = at_level(sound, random.uniform(1.2, 2.5))
        return np.clip(loud, -1, 1)
    return at_level(sound, 10 ** random.uniform(-1.3, -0.02))


def with_silence(clip: Sound, before: float, after: float) -> Sound:
    """Put silence, in seconds, before and after; less where the whole would become too long."""
    spare = max(0.0, LONGEST_SECONDS - len(clip) / SAMPLE_RATE)
    share = min(1.0, spare / max(before + after, 1e-6))
    pads = [int(seconds * share * SAMPLE_RATE) for seconds in (before, after)]
    return np.pad(clip, (pads[0], pads[1]))


def at_speed(clip: Sound, factor: float) -> Sound:
    """Play `clip` faster (more than 1) or slower: speed and pitch change together."""
    there = np.arange(0, len(clip) - 1, factor)
    return np.interp(there, np.arange(len(clip)), clip).astype(np.float32)


def in_room(clip: Sound, random: np.random.Generator) -> Sound:
    """Add the echo of a room: decaying noise of 0.1 to 0.6 s, behind the direct sound."""
    decay = random.uniform(0.1, 0.6)
    time = np.arange(int(decay * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.normal(0, 1, len(time)) * 10 ** (-3 * time / decay)
    tail *= random.uniform(0.1, 0.7) / np.sqrt((tail**2).sum())
    tail[0] = 1
    return signal.fftconvolve(clip, tail)[: len(clip)].astype(np.float32)


def band_limited(clip: Sound, random: np.random.Generator) -> Sound:
    """Cut the low and the high end, down to what a telephone lets through."""
    edges = (random.uniform(50, 300), random.uniform(3_300, 7_000))
    shape = signal.butter(3, edges, "bandpass", fs=SAMPLE_RATE, output="sos")
    return signal.sosfilt(shape, clip).astype(np.float32)


def add_noise(clip: Sound, decibels: float, random: np.random.Generator) -> Sound:
    """Add noise of some colour, `decibels` below the level of the sound."""
    noise = coloured_noise(len(clip), random.uniform(0, 2), random)
    if random.random() < 0.15:
        noise = 0.5 * noise + hum(len(clip), random)
    speech = np.sqrt(np.mean(clip[np.abs(clip) > 1e-4] ** 2)) if np.any(clip) else 0.01
    return (clip + noise * speech * 10 ** (-decibels / 20)).astype(np.float32)


def coloured_noise(length: int, slope: float, random: np.random.Generator) -> Sound:
    """Return noise of deviation 1 whose power falls with frequency^`slope`: 0 white, 2 brown."""
    spectrum = np.fft.rfft(random.normal(0, 1, length))
    frequency = np.maximum(np.arange(len(spectrum)), max(1, len(spectrum) // 400))
    noise = np.fft.irfft(spectrum * frequency ** (-slope / 2), length)
    return (noise / max(float(noise.std()), 1e-9)).astype(np.float32)


def hum(length: int, random: np.random.Generator) -> Sound:
    """Return the hum of the mains or a motor, with some harmonics, of deviation near 1."""
    time = np.arange(length) / SAMPLE_RATE
    base = random.uniform(45, 140)
    waves = [np.sin(2 * np.pi * base * k * time + random.uniform(0, 6)) / k for k in range(1, 6)]
    return np.sum(waves, axis=0).astype(np.float32)


def at_level(clip: Sound, peak: float) -> Sound:
    """Scale `clip` so that its loudest sample is `peak`."""
    loudest = float(np.abs(clip).max(initial=0))
    return clip * np.float32(peak / loudest) if loudest > 0 else clip
