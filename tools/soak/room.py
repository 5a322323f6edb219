"""What an agent hears in such an hour: noise, talk, its name, commands; and when its name was said.

Everything is drawn from one seed, a piece at a time, so that an hour of it takes no memory.
"""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from edge_agent.senses.types import SAMPLE_RATE
from tools.endpointing.clips import ROOMS, Room

Sound = NDArray[np.float32]

CALL = "okay nabu"

_VOICES = ("en-gb", "en-us", "en-gb-scotland", "en-029", "en-gb+m3", "en-gb+f2", "en-gb+f5")
"""espeak-ng's, all of which the wake word's model takes in a quiet room."""

_REQUESTS = {
    "turn on the kitchen light": ("kitchen_light", {"state": "ON"}),
    "turn off the kitchen light": ("kitchen_light", {"state": "OFF"}),
    "turn on the living room lamp": ("living_room_lamp", {"state": "ON"}),
    "turn off the living room lamp": ("living_room_lamp", {"state": "OFF"}),
    "turn on the coffee maker": ("coffee_maker", {"state": "ON"}),
    "turn off the bedroom fan": ("bedroom_fan", {"state": "OFF"}),
}
_TALK = (
    "did you see what the neighbours have done to their fence",
    "we could have soup for dinner and then go for a walk",
    "the train was late again so i missed the beginning",
    "turn left at the second light and then straight on",
    "she said okay but nobody believed her",
    "i think the kitchen could do with some paint",
    "have you fed the cat yet",
)
_PEAK = 0.25


@dataclass(frozen=True)
class Piece:
    """Float32 [n] at 16 kHz; `about` says who speaks in which noise.

    Who calls in it has said the name at sample `called_at`; `wanted` is the device that they then
    name, and what is to be told to it.
    """

    sound: Sound
    about: str
    called_at: int | None = None
    wanted: tuple[str, dict[str, str]] | None = None


def pieces(seconds: float, seed: int) -> Iterator[Piece]:
    """Yield pieces of `seconds` each without end; in each somebody talks, then calls and asks."""
    rng = np.random.default_rng(seed)
    talk = [_spoken(text, voice) for text in _TALK for voice in _VOICES[:2]]
    while True:
        yield _piece(round(seconds * SAMPLE_RATE), rng, talk)


def _piece(size: int, rng: np.random.Generator, talk: list[Sound]) -> Piece:
    room = ROOMS[rng.integers(len(ROOMS))]
    request = list(_REQUESTS)[rng.integers(len(_REQUESTS))]
    voice = _VOICES[rng.integers(len(_VOICES))]
    name, words = _spoken(CALL, voice), _spoken(request, voice)
    gap = _silence(rng.uniform(0.1, 0.8))
    called = np.concatenate([name, gap, words])
    loudness = rng.uniform(0.3, 1.0)
    said = np.zeros(size, np.float32)
    begins = size - called.size - 5 * SAMPLE_RATE
    said[begins : begins + called.size] = loudness * called
    other = talk[rng.integers(len(talk))]
    at = rng.integers(SAMPLE_RATE, begins - other.size - 2 * SAMPLE_RATE)
    said[at : at + other.size] += rng.uniform(0.3, 1.0) * other
    speech = loudness * np.sqrt(np.mean(words**2))
    sound = said + speech * _noise(room, size, rng, talk)
    return Piece(
        sound.clip(-1, 1).astype(np.float32),
        f"{voice} in {room.name}",
        begins + name.size,
        _REQUESTS[request],
    )


def _noise(room: Room, size: int, rng: np.random.Generator, talk: list[Sound]) -> Sound:
    """Return the room's noise, as far below speech of level 1 as that room has it."""
    noise = room.noise(size, rng, talk)
    below = 10 ** (-rng.uniform(*room.below_speech_db) / 20)
    scaled: Sound = noise * np.float32(below / np.sqrt(np.mean(noise**2)))
    return scaled


def _spoken(text: str, voice: str) -> Sound:
    command = ["espeak-ng", "-v", voice, "--stdout", text]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    sound, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    at_rate: Sound = soxr.resample(sound, rate, SAMPLE_RATE)
    loud = np.flatnonzero(np.abs(at_rate) > 0.02 * np.abs(at_rate).max())
    return at_rate[loud[0] : loud[-1] + 1] * (_PEAK / np.abs(at_rate).max())


def _silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)
