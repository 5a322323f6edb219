"""What was made of the clips, on disk; in random order, each once before any comes again."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.nano.clips import Spoken

Sound = NDArray[np.float16]


@dataclass(frozen=True)
class Clip:
    """What was said, and features or a reading of its sound, float16 [tokens, width]."""

    spoken: Spoken
    sound: Sound


@dataclass(frozen=True)
class _Place:
    shard: Path
    start: int
    tokens: int
    id: str


class ClipStore:
    """All shards in a folder; `longest` tokens at most, longer clips are left out."""

    def __init__(
        self, folder: Path, requests: Mapping[str, Spoken], chance: random.Random, longest: int
    ) -> None:
        """Read the indexes of `folder`; `requests` says what each clip asks for."""
        self._requests, self._chance = requests, chance
        places = [place for place in _places(folder) if 0 < place.tokens <= longest]
        spoken = [place for place in places if place.id in requests]
        self._shards: dict[Path, Sound] = {}
        self._actions = self._endless([p for p in spoken if requests[p.id].calls])
        self._nothing = self._endless([p for p in spoken if not requests[p.id].calls])
        self._nonspeech = self._endless(
            [p for p in places if p.id[:1].isalpha() and p.id[1:2] not in "0123456789"]
        )
        self.clips = len(spoken)

    def next_action(self) -> Clip:
        """Return a clip that asks for something."""
        return self._clip(next(self._actions))

    def next_nothing(self) -> Clip:
        """Return a clip of speech that is not for the house."""
        return self._clip(next(self._nothing))

    def next_nonspeech(self) -> Sound:
        """Return a sound that is no speech."""
        return self._sound(next(self._nonspeech))

    def _endless(self, places: list[_Place]) -> Iterator[_Place]:
        while places:
            self._chance.shuffle(places)
            yield from places

    def _clip(self, place: _Place) -> Clip:
        return Clip(self._requests[place.id], self._sound(place))

    def _sound(self, place: _Place) -> Sound:
        if place.shard not in self._shards:
            self._shards[place.shard] = np.load(place.shard, mmap_mode="r")
        return np.asarray(self._shards[place.shard][place.start : place.start + place.tokens])


def _places(folder: Path) -> Iterator[_Place]:
    for index in sorted(folder.glob("*.json")):
        shard = Path(f"{str(index)[: -len('.json')]}.npy")
        for row in json.loads(index.read_text(encoding="utf-8")):
            yield _Place(shard, row["start"], row["tokens"], row["id"].removeprefix("espeak-"))
