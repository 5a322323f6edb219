import numpy as np
import pytest

from edge_agent.model.kv_cache import CacheSpec, KVCache
from edge_agent.model.litert import TensorSpec

CONTEXT = 32
SPECS = (
    CacheSpec(TensorSpec("k", np.dtype(np.int8), (1, 2, CONTEXT, 8)), 2),
    CacheSpec(TensorSpec("v", np.dtype(np.float32), (1, 2, 8, CONTEXT)), 3),
)


@pytest.fixture
def cache():
    cache = KVCache(SPECS, CONTEXT)
    random = np.random.default_rng(1)
    for tensor in cache.tensors.values():
        tensor.array[...] = random.integers(-100, 100, tensor.array.shape)
    yield cache
    cache.close()


def contents(cache: KVCache) -> tuple[np.ndarray, np.ndarray]:
    return cache.tensors["k"].array.copy(), cache.tensors["v"].array.copy()


def test_saved_rows_come_back(cache: KVCache) -> None:
    cache.length = 10
    saved = cache.save()
    before = contents(cache)
    for tensor in cache.tensors.values():
        tensor.array[...] = 7
    cache.length = 20
    cache.restore(saved)
    after = contents(cache)
    assert cache.length == 10
    assert np.array_equal(after[0][:, :, :10], before[0][:, :, :10])
    assert np.array_equal(after[1][..., :10], before[1][..., :10])
    assert (after[0][:, :, 10:] == 7).all()
    assert (after[1][..., 10:] == 7).all()


def test_a_copy_is_as_small_as_its_rows(cache: KVCache) -> None:
    cache.length = 10
    assert cache.save().size == 10 * (2 * 8 + 4 * 2 * 8)


def test_going_back_frees_room(cache: KVCache) -> None:
    cache.length = 30
    assert cache.room == 2
    cache.rewind(12)
    assert (cache.length, cache.room) == (12, 20)
    with pytest.raises(ValueError, match="cannot go back to 13 from 12"):
        cache.rewind(13)
