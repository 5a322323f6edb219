"""What the ears made of spoken clips; in random order, each once before any comes again."""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.nano.clips import Spoken, is_nonspeech, read_requests, written_tables
from tools.nano.turns import heard
from tools.nano.word_errors import word_errors

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

HEARD_TABLE = "heard.csv"
"""A line a clip: its id, which variant of it was heard, and the word pieces for it."""

_WRONG_AT_MOST = 0.35
"""The share of a request's words that may be heard wrongly: from worse, nobody could tell what was
asked, and a model would learn to guess."""


@dataclass(frozen=True)
class Clip:
    """What was said, and the word pieces that the ears made of it."""

    spoken: Spoken
    pieces: tuple[int, ...]


@dataclass(frozen=True)
class Heard:
    """A line of the table."""

    clip: str
    variant: int
    pieces: tuple[int, ...]

    @property
    def request(self) -> str:
        """Return the id of the request that was spoken; a sound that is no speech has none."""
        return self.clip.removeprefix("espeak-")


@dataclass(frozen=True)
class Transcript:
    """A line, with what was said and what was written, as `heard` writes; no speech has neither."""

    row: Heard
    said: str
    written: str


def read_heard(work: Path) -> Iterator[Heard]:
    """Read the table in the work folder."""
    with (work / HEARD_TABLE).open(encoding="utf-8", newline="") as lines:
        for clip, variant, pieces in csv.reader(lines):
            yield Heard(clip, int(variant), tuple(map(int, pieces.split())))


def all_requests(work: Path, speech: Path) -> dict[str, Spoken]:
    """Return all requests that clips were spoken of, by id."""
    tables = (speech / "requests.tsv", *written_tables(work))
    return {name: row for table in tables for name, row in read_requests(table).items()}


def legible(
    rows: Iterable[Heard], requests: Mapping[str, Spoken], tokenizer: "PreTrainedTokenizerFast"
) -> Iterator[Transcript]:
    """Give the rows with their words, without the requests that were heard beyond recognition.

    Raises `ValueError` for a clip that is neither of a request nor a sound that is no speech.
    """
    for row in rows:
        request = requests.get(row.request)
        if request is None and not is_nonspeech(row.clip):
            raise ValueError(
                f"{HEARD_TABLE}: nobody knows what was said in the clip {row.clip}; "
                "take its lines out, or put back the table that it was spoken from"
            )
        if request is None:
            yield Transcript(row, "", "")
            continue
        said, written = heard(request.text), heard(tokenizer.decode(row.pieces))
        if not request.calls or _is_legible(said.split(), written.split()):
            yield Transcript(row, said, written)


def _is_legible(said: Sequence[str], written: Sequence[str]) -> bool:
    return word_errors(said, written) <= _WRONG_AT_MOST * len(said)


class HeardClips:
    """The clips of the work folder. One request of 60 is left out of training, to watch it by."""

    def __init__(
        self,
        rows: Iterable[Heard],
        requests: Mapping[str, Spoken],
        chance: random.Random,
        *,
        watched: bool = False,
    ) -> None:
        """Give what was heard of `requests`; `watched` gives only what training leaves out."""
        self._chance = chance
        self._requests: Mapping[str, Spoken] = {
            name: row for name, row in requests.items() if _is_watched(name) == watched
        }
        clips = list(rows)
        spoken = [row for row in clips if row.request in self._requests]
        self._actions = self._endless([r for r in spoken if self._requests[r.request].calls])
        self._nothing = self._endless([r for r in spoken if not self._requests[r.request].calls])
        self._nonspeech = self._endless([row for row in clips if is_nonspeech(row.clip)])

    def next_action(self) -> Clip:
        """Return a clip that asks for something."""
        return self._clip(next(self._actions))

    def next_nothing(self) -> Clip:
        """Return a clip of speech that is not for the house."""
        return self._clip(next(self._nothing))

    def next_nonspeech(self) -> tuple[int, ...]:
        """Return what was made of a sound that is no speech."""
        return next(self._nonspeech).pieces

    def _endless(self, rows: list[Heard]) -> Iterator[Heard]:
        while rows:
            self._chance.shuffle(rows)
            yield from rows

    def _clip(self, row: Heard) -> Clip:
        return Clip(self._requests[row.request], row.pieces)


def _is_watched(name: str) -> bool:
    return int(name.lstrip("r")) % 60 == 7
