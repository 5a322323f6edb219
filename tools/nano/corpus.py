"""All clips that training draws from, with what they say."""

import random
from pathlib import Path

from tools.nano.clip_store import ClipStore
from tools.nano.clips import read_requests, written_tables
from tools.nano.ears import WINDOW_TOKENS

TEST_VOICES = frozenset({"af_nova", "am_eric", "bf_lily", "bm_fable"})
"""Voices that speak in no training clip."""


def clip_store(
    shards: Path, speech: Path, chance: random.Random, *, watched: bool = False
) -> ClipStore:
    """Return the shards of neural clips of the data set in `speech` and of espeak-ng's.

    They lie in a folder `shards` of the work folder: features or readings. One request of 60 is
    left out of training: `watched` gives only those, to watch it by.
    """
    tables = (speech / "requests.tsv", *written_tables(shards.parent))
    requests = {name: row for table in tables for name, row in read_requests(table).items()}
    chosen = {name: row for name, row in requests.items() if _is_watched(name) == watched}
    return ClipStore(shards, chosen, chance, WINDOW_TOKENS)


def _is_watched(name: str) -> bool:
    return int(name.lstrip("r")) % 60 == 7
