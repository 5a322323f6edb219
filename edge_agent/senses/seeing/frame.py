"""A frame, and how pictures are brought to a size that is worth keeping."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAME_PIXELS = 322_560
"""Pixels of a frame at the most: what the model sees of a picture of 140 tokens. Sixty such frames
are 58 MB; a camera of 640 x 480 stays below."""


class SightError(Exception):
    """A picture could not be had: the message says from where, why, and what to do."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What a source gives: uint8 [height, width, 3], red, green, blue.

    `at` is when it was taken, in seconds of `time.monotonic`; in a clip, since its beginning.
    """

    pixels: NDArray[np.uint8]
    at: float


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture that is kept. `changed` tells whether it differs from the frame before.

    One that does not is the very same array.
    """

    pixels: NDArray[np.uint8]
    at: float
    changed: bool = True


def shrunk(pixels: NDArray[np.uint8], pixels_at_most: int = FRAME_PIXELS) -> NDArray[np.uint8]:
    """Return a picture made smaller, in its own shape, or itself if it is small enough.

    The result is always memory of its own: sources give theirs again for the next picture.
    """
    height, width = pixels.shape[:2]
    factor = (pixels_at_most / (height * width)) ** 0.5
    if factor >= 1:
        return np.array(pixels)
    from PIL import Image  # noqa: PLC0415 - heavy, and needed for large pictures alone

    size = max(1, int(width * factor)), max(1, int(height * factor))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.array(image.resize(size, Image.Resampling.BOX))
