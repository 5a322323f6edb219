import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.attention_mask import AttentionMask, mask_values
from edge_agent.model.litert import TensorSpec

CONTEXT = 64


def causal(start: int, length: int) -> np.ndarray:
    return np.arange(CONTEXT)[None, :] <= start + np.arange(length)[:, None]


@pytest.mark.parametrize("dtype", [np.bool_, np.float32, np.float16])
@pytest.mark.parametrize("length", [1, 4, 16])
@given(moves=st.lists(st.integers(0, CONTEXT - 16), max_size=8))
def test_rows_see_themselves_and_what_came_before(
    dtype: type, length: int, moves: list[int]
) -> None:
    spec = TensorSpec("mask", np.dtype(dtype), (1, 1, length, CONTEXT))
    array = np.zeros(spec.shape, dtype)
    mask = AttentionMask(array, spec)
    attended, masked = mask_values(spec)
    for start in [0, *moves]:
        mask.move_to(start)
        expected = np.where(causal(start, length), attended, masked).astype(dtype)
        assert np.array_equal(array[0, 0], expected)


def test_masked_is_low_but_finite() -> None:
    for dtype in (np.float32, np.float16):
        attended, masked = mask_values(TensorSpec("mask", np.dtype(dtype), (1, 1, 1, CONTEXT)))
        assert attended == 0
        assert np.isfinite(masked)
        assert masked < 0.6 * np.finfo(dtype).min
