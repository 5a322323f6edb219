"""All clips that training draws from, with what they say."""

import random
from pathlib import Path

from tools.nano.clip_store import ClipStore
from tools.nano.clips import read_requests
from tools.nano.ears import WINDOW_TOKENS

TEST_VOICES = frozenset({"af_nova", "am_eric", "bf_lily", "bm_fable"})
"""Voices that speak in no training clip."""


def clip_store(
    work: Path, speech: Path, chance: random.Random, *, watched: bool = False
) -> ClipStore:
    """Return the neural clips of the data set in `speech`, and those that espeak-ng spoke.

    One request of 60 is left out of training: `watched` gives only those, to watch it by.
    """
    tables = (speech / "requests.tsv", work / "requests.tsv")
    requests = {name: row for table in tables for name, row in read_requests(table).items()}
    chosen = {name: row for name, row in requests.items() if _is_watched(name) == watched}
    return ClipStore(work / "features", chosen, chance, WINDOW_TOKENS)


def _is_watched(name: str) -> bool:
    return int(name.lstrip("r")) % 60 == 7
