"""Speech for the tests, by espeak-ng, in a quiet room."""

import io
import shutil
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
import soxr

from edge_agent.senses.hearing.hearing import Hearing
from edge_agent.senses.types import SAMPLE_RATE, Block, Heard

REQUEST = "turn on the kitchen light please"


def spoken(text: str, voice: str = "en-gb") -> np.ndarray:
    """Return a text as float32 [n] at 16 kHz, without silence round it."""
    if shutil.which("espeak-ng") is None:
        pytest.fail("espeak-ng is missing: sudo apt install espeak-ng")
    wav = subprocess.run(
        ["espeak-ng", "-v", voice, "--stdout", text], capture_output=True, check=True
    ).stdout
    sound, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    sound = soxr.resample(sound, rate, SAMPLE_RATE)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    return sound[loud[0] : loud[-1] + 1] * (0.3 / np.abs(sound).max())


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def in_a_room(*sounds: np.ndarray) -> np.ndarray:
    """Join sounds, and add the faint noise that every room has."""
    sound = np.concatenate(sounds)
    noise = np.random.default_rng(0).standard_normal(sound.size)
    return (sound + 0.001 * noise).astype(np.float32)


def hear(hearing: Hearing, sound: np.ndarray, began: float = 0.0) -> Iterator[tuple[float, Heard]]:
    """Give a sound to the hearing, 20 ms at a time; yield what it says, and at which second."""
    for start in range(0, sound.size, 320):
        piece = sound[start : start + 320]
        now = began + (start + piece.size) / SAMPLE_RATE
        for heard in hearing.take(Block(piece, now)):
            yield now, heard
