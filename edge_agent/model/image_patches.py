"""Pictures as Gemma 4 sees them: squares of 16 x 16 pixels, each with its place in the picture.

A picture keeps its shape and is made as large as its budget allows. Three by three patches become
one soft token, so both sides are multiples of 48 pixels, and a budget of N soft tokens holds 9 N
patches. Sizes, order and scale are those of transformers' `Gemma4ImageProcessorPil`.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.errors import ImageError

PATCH = 16
POOLED = 3
TOKEN_SIDE = PATCH * POOLED
"""The side, in pixels, of the square that becomes one soft token."""
PATCHES_PER_TOKEN = POOLED * POOLED
NO_POSITION = -1
"""Both coordinates of a patch that is only there to fill a tensor."""

_SIDE_AT_MOST = 16_384
_RGB = 3


@dataclass(frozen=True, eq=False)
class ImagePatches:
    """A picture cut up: `values` float32 [n, 768] in 0...1, `positions` int32 [n, 2] as (x, y).

    Patches stand row by row; in each, pixels stand row by row, and red, green, blue in each pixel.
    """

    values: NDArray[np.float32]
    positions: NDArray[np.int32]

    @property
    def tokens(self) -> int:
        """Return how many soft tokens the picture becomes."""
        return len(self.values) // PATCHES_PER_TOKEN


def fitted_size(height: int, width: int, budget: int) -> tuple[int, int]:
    """Return the height and width to which a picture is brought for `budget` soft tokens.

    They are the largest multiples of 48 below the size that would fill the budget exactly; a
    picture that is very long keeps its length and is one token high. Raises `ImageError` for a
    picture without pixels, and for one so long that no such size exists.
    """
    if min(height, width) < 1 or max(height, width) > _SIDE_AT_MOST:
        raise ImageError(
            f"a picture of {width} x {height} pixels cannot be looked at: a side has 1 to"
            f" {_SIDE_AT_MOST} pixels"
        )
    pixels = budget * TOKEN_SIDE**2
    factor = math.sqrt(pixels / (height * width))
    rows = math.floor(factor * height / TOKEN_SIDE)
    columns = math.floor(factor * width / TOKEN_SIDE)
    if rows == 0:
        rows, columns = 1, min(width // height, budget)
    elif columns == 0:
        rows, columns = min(height // width, budget), 1
    return rows * TOKEN_SIDE, columns * TOKEN_SIDE


def soft_tokens(height: int, width: int, budget: int) -> int:
    """Return how many soft tokens a picture of that size takes; at most `budget`."""
    rows, columns = fitted_size(height, width, budget)
    return rows * columns // TOKEN_SIDE**2


def cut_into_patches(pixels: NDArray[np.uint8], budget: int) -> ImagePatches:
    """Bring a picture to its size for `budget` soft tokens, and cut it up.

    `pixels` is uint8 [height, width, 3], red, green, blue. Raises `ImageError`.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != _RGB or pixels.shape[2] != _RGB:
        raise ImageError(
            f"a picture is uint8 [height, width, 3], not {pixels.dtype.name} {list(pixels.shape)}"
        )
    height, width, _ = pixels.shape
    return patches_of(resized(pixels, *fitted_size(height, width, budget)))


def resized(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return a picture of another size, by Pillow's bicubic filter, which the reference uses."""
    if pixels.shape[:2] == (height, width):
        return pixels
    from PIL import Image  # noqa: PLC0415 - heavy, and needed for pictures alone

    image = Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image)


def patches_of(pixels: NDArray[np.uint8]) -> ImagePatches:
    """Cut up a picture whose sides are multiples of 16: uint8 [height, width, 3]."""
    rows, columns = pixels.shape[0] // PATCH, pixels.shape[1] // PATCH
    squares = pixels.reshape(rows, PATCH, columns, PATCH, _RGB).swapaxes(1, 2)
    y, x = np.divmod(np.arange(rows * columns, dtype=np.int32), np.int32(columns))
    values = _scale()[squares.reshape(rows * columns, -1)]
    return ImagePatches(values, np.stack([x, y], axis=1))


@cache
def _scale() -> NDArray[np.float32]:
    """Return what each of the 256 values of a pixel becomes."""
    return np.arange(256, dtype=np.float32) / np.float32(255)
