"""Test clips for the end of speech: spoken requests in rooms of several kinds.

A clip's last word ends where the clean recording last comes within 35 dB of its loudest 10 ms.
"""

import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 16_000
ROOM_BEFORE = 2.0
"""Seconds of the room alone, before the speaker begins."""
ROOM_AFTER = 3.0

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Clip:
    """A request in a room: float32 [n] at 16 kHz, and the second at which its last word ends."""

    sound: Sound
    last_word_ends: float


@dataclass(frozen=True)
class Room:
    """A kind of room: what it sounds like, how far below the speaker, and the speaker's pause."""

    name: str
    noise: Callable[[int, np.random.Generator, list[Sound]], Sound]
    below_speech_db: tuple[float, float]
    pause_seconds: tuple[float, float] | None = None


def white(samples: int, rng: np.random.Generator, _: list[Sound]) -> Sound:
    """Hiss, as of an amplifier."""
    return rng.standard_normal(samples).astype(np.float32)


def fan(samples: int, rng: np.random.Generator, _: list[Sound]) -> Sound:
    """Return noise that falls by 6 dB an octave, as of a fan or an extractor hood."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequency = np.fft.rfftfreq(samples, 1 / RATE)
    return np.fft.irfft(spectrum / np.maximum(frequency, 40), samples).astype(np.float32)


def music(samples: int, rng: np.random.Generator, _: list[Sound]) -> Sound:
    """Chords of plucked, harmonic tones over a bass and a beat."""
    out = np.zeros(samples)
    beat = int(RATE * rng.uniform(0.25, 0.5))
    for start in range(0, samples, beat):
        length = min(2 * beat, samples - start)
        t = np.arange(length) / RATE
        for note in rng.choice([0, 3, 4, 7, 9, 12, 16], 3, replace=False) + rng.integers(45, 60):
            pitch = 440 * 2 ** ((note - 69) / 12)
            for harmonic in range(1, 7):
                tone = np.sin(2 * np.pi * pitch * harmonic * t + rng.uniform(0, 6))
                out[start : start + length] += tone * np.exp(-3 * t) / harmonic
        drum = rng.standard_normal(min(1600, length)) * np.exp(-np.arange(min(1600, length)) / 300)
        out[start : start + drum.size] += 2 * drum
    return out.astype(np.float32)


def other_voices(samples: int, rng: np.random.Generator, speech: list[Sound]) -> Sound:
    """Somebody else speaking all the time, as on television."""
    talk = np.concatenate([speech[i] for i in rng.permutation(len(speech))[:12]])
    return np.resize(talk, samples)


ROOMS = (
    Room("quiet", white, (45, 60)),
    Room("hiss", white, (15, 30)),
    Room("fan", fan, (8, 25)),
    Room("music", music, (10, 25)),
    Room("voices", other_voices, (18, 30)),
    Room("pause in quiet", white, (45, 60), (0.15, 0.4)),
    Room("pause in music", music, (10, 25), (0.15, 0.4)),
    Room("long hesitation", white, (45, 60), (0.5, 1.0)),
)
OUTSIDE_THE_PROMISE = "long hesitation"
"""Silence alone cannot tell a hesitation of a second from an end."""


def read_speech(folder: Path, count: int) -> list[Sound]:
    """Read the first recordings of a folder of tar or sound files, float32 at 16 kHz."""
    found: list[Sound] = []
    for data in _files(folder):
        sound, rate = soundfile.read(io.BytesIO(data), dtype="float32")
        if rate != RATE or sound.ndim != 1:
            raise SystemExit(f"The speech in {folder} must be mono at {RATE} Hz.")
        found.append(at_speech_level(sound))
        if len(found) == count:
            return found
    if not found:
        raise SystemExit(f"There is no speech in {folder}: give a folder of tar or sound files.")
    return found


def at_speech_level(sound: Sound) -> Sound:
    """Return a recording as loud as all are before they are put into a room."""
    return sound * np.float32(0.1 / np.sqrt(np.mean(sound**2)))


def place(speech: Sound, room: Room, rng: np.random.Generator, others: list[Sound]) -> Clip:
    """Put a request into a room."""
    if room.pause_seconds:
        speech = _with_pause(speech, rng.uniform(*room.pause_seconds))
    gain = 10 ** (rng.uniform(-20, 0) / 20)
    before, after = int(ROOM_BEFORE * RATE), int(ROOM_AFTER * RATE)
    sound = np.pad(speech, (before, after))
    noise = room.noise(sound.size, rng, others)
    noise *= 0.1 * 10 ** (-rng.uniform(*room.below_speech_db) / 20) / np.sqrt(np.mean(noise**2))
    ends = ROOM_BEFORE + _last_loud(speech)
    return Clip(((sound + noise) * gain).clip(-1, 1).astype(np.float32), ends)


def _files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".tar":
            with tarfile.open(path) as tar:
                for member in tar:
                    if (file := tar.extractfile(member)) is not None:
                        yield file.read()
        elif path.suffix in {".wav", ".ogg", ".flac"}:
            yield path.read_bytes()


def _levels(sound: Sound) -> NDArray[np.float64]:
    frames = sound[: sound.size // 160 * 160].reshape(-1, 160)
    return 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)


def _last_loud(sound: Sound) -> float:
    levels = _levels(sound)
    return (np.flatnonzero(levels > levels.max() - 35)[-1] + 1) * 0.01


def _with_pause(speech: Sound, seconds: float) -> Sound:
    """Insert a pause at the quietest 10 ms of the middle half."""
    levels = _levels(speech[: int(_last_loud(speech) * RATE)])
    quarter = levels.size // 4
    at = (quarter + int(np.argmin(levels[quarter : 3 * quarter]))) * 160 + 80
    return np.concatenate([speech[:at], np.zeros(int(seconds * RATE), np.float32), speech[at:]])
