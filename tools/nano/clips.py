"""Spoken clips and what they say, read from the folder that holds the speech data set."""

import csv
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from edge_agent.model.types import ToolCall

SAMPLE_RATE = 16_000
NONSPEECH = ("silence", "noise", "clicks", "hum", "tune")
"""Sounds that ask for nothing; the names of their clips begin so."""


@dataclass(frozen=True)
class Spoken:
    """One request of `requests.tsv`: its words, the calls it asks for, the devices it names."""

    id: str
    text: str
    calls: tuple[ToolCall, ...]
    devices: tuple[dict[str, str], ...]


def is_nonspeech(name: str) -> bool:
    """Tell by a clip's name whether it is a sound that is no speech."""
    return name.partition("-")[0] in NONSPEECH


def read_requests(path: Path) -> dict[str, Spoken]:
    """Read a table of requests (columns id, text, calls, devices), by id."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: _spoken(row) for row in rows}


def written_tables(work: Path) -> list[Path]:
    """Return the tables in the work folder whose rows espeak-ng speaks."""
    return sorted(work.glob("*.tsv"))


def speech_tars(folder: Path) -> list[Path]:
    """Return the archives of clips in `folder`, in order."""
    return sorted(folder.glob("speech-*.tar"))


def read_speech_tar(
    path: Path, at_most: int | None = None
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield each clip of an archive: its request's id and its samples, float32 [n], 16 kHz."""
    with tarfile.open(path) as archive:
        members = (member for member in archive if member.name.endswith(".ogg"))
        for member in islice(members, at_most):
            content = archive.extractfile(member)
            if content is not None:
                samples, _ = soundfile.read(io.BytesIO(content.read()), dtype="float32")
                yield Path(member.name).stem, samples


def read_clip_folder(folder: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield each `NAME.ogg` or `NAME.wav` of a folder: its name and its samples, 16 kHz."""
    for path in sorted([*folder.glob("*.ogg"), *folder.glob("*.wav")]):
        samples, _ = soundfile.read(path, dtype="float32")
        yield path.stem, samples


def _spoken(row: dict[str, str]) -> Spoken:
    calls = tuple(ToolCall(call["tool"], call["arguments"]) for call in json.loads(row["calls"]))
    return Spoken(row["id"], row["text"], calls, tuple(json.loads(row["devices"])))
