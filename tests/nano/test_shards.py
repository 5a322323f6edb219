"""A shard of pictures comes back as it was kept."""

import numpy as np
import pytest

pytest.importorskip("transformers")

from tools.nano.drawing.sketch import Mark
from tools.nano.pictures import Shard, shards
from tools.nano.scenes import SceneKind


def test_a_shard_comes_back_as_it_was_kept(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (2, 16, 24, 3), np.uint8)
    marks = ((Mark("digit 7", 3.5, 4.5, "."), Mark("digit 1", 9.0, 4.5)), ())
    kept = Shard(pixels, (SceneKind.DISPLAY, SceneKind.NOTHING), ("display 7.1", "nothing"), marks)
    kept.save(tmp_path / "training-000.npz")
    assert list(shards(tmp_path, "training")) == [tmp_path / "training-000.npz"]
    assert list(shards(tmp_path, "watched")) == []
    found = Shard.load(tmp_path / "training-000.npz")
    assert np.array_equal(found.pixels, kept.pixels)
    assert (found.kinds, found.words, found.marks) == (kept.kinds, kept.words, kept.marks)
