from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.errors import ImageError
from edge_agent.model.image_patches import cut_into_patches, fitted_size, patches_of, soft_tokens

GOLDEN = Path(__file__).parent / "golden" / "patches.npz"
CASES = sorted(key.removesuffix(".kept") for key in np.load(GOLDEN).files if key.endswith(".kept"))
BUDGETS = (70, 140, 280, 560, 1120)


@pytest.mark.parametrize("case", CASES)
def test_equals_the_reference_processor(case: str) -> None:
    golden = np.load(GOLDEN)
    name, budget = case.split(".")
    made = cut_into_patches(golden[f"{name}.pixels"], int(budget))
    assert np.array_equal(made.positions, golden[f"{case}.positions"])
    assert made.values.dtype == np.float32
    assert np.array_equal(made.values[golden[f"{case}.kept"]], golden[f"{case}.values"])


def test_the_reference_was_asked_for_every_way_of_fitting() -> None:
    golden = np.load(GOLDEN)
    assert len(CASES) == 11
    sizes = {case: golden[f"{case}.positions"].max(axis=0) + 1 for case in CASES}
    assert tuple(sizes["landscape.70"]) == (27, 21)
    assert tuple(sizes["landscape.280"]) == (57, 42)
    assert tuple(sizes["long.70"]) == (210, 3)
    assert tuple(sizes["tall.70"]) == (3, 210)
    assert golden["as_it_is.pixels"].shape == (21 * 16, 27 * 16, 3)


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from(BUDGETS))
def test_a_picture_fits_its_budget_and_keeps_its_shape(
    height: int, width: int, budget: int
) -> None:
    rows, columns = fitted_size(height, width, budget)
    assert rows % 48 == columns % 48 == 0
    assert 1 <= rows * columns // 48**2 == soft_tokens(height, width, budget) <= budget
    if min(rows, columns) > 48 * 3:
        assert 0.7 < (columns / rows) / (width / height) < 1.4


def test_patches_stand_row_by_row_with_colors_in_each_pixel() -> None:
    pixels = np.zeros((48, 96, 3), np.uint8)
    pixels[17, 34] = 255, 51, 0
    made = patches_of(pixels)
    assert made.tokens == 2
    (place,) = np.flatnonzero(made.values.any(axis=1))
    assert tuple(made.positions[place]) == (2, 1)
    assert place == 6 + 2
    first = (1 * 16 + 2) * 3
    assert made.values[place, first : first + 3].tolist() == pytest.approx([1.0, 0.2, 0.0])


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (20_000, 5, 3)])
def test_a_picture_of_no_size_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="a side has 1 to 16384 pixels"):
        cut_into_patches(np.zeros(shape, np.uint8), 70)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((5, 5), np.uint8),
        np.zeros((5, 5, 4), np.uint8),
        np.zeros((5, 5, 3), np.float32),
    ],
)
def test_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ImageError, match=r"uint8 \[height, width, 3\]"):
        cut_into_patches(pixels, 70)
