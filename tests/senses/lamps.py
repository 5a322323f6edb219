"""A clip of indicator lamps: made here, so that what it shows at any second is known."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SECONDS = 90
HEIGHT, WIDTH = 480, 640
LAMPS = 4
_FPS = 5
_COLORS = ((255, 40, 40), (40, 255, 40), (60, 60, 255), (255, 255, 60))


def lit(second: int) -> tuple[bool, ...]:
    """Return which lamps are on: the number of the ten seconds, in binary, the first lamp last."""
    return tuple(bool(second // 10 >> lamp & 1) for lamp in range(LAMPS))


def lamps_at(second: int) -> NDArray[np.uint8]:
    """Return the picture of a second: uint8 [480, 640, 3], red, green, blue."""
    picture = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    for lamp, (is_on, color) in enumerate(zip(lit(second), _COLORS, strict=True)):
        left = 80 + 140 * lamp
        picture[200:240, left : left + 40] = color if is_on else (60, 60, 60)
    return picture


def lamps_seen(picture: NDArray[np.uint8]) -> tuple[bool, ...]:
    """Tell which lamps are on in a picture of any size, as `lit` does."""
    height, width, _ = picture.shape
    row = 220 * height // HEIGHT
    columns = [(100 + 140 * lamp) * width // WIDTH for lamp in range(LAMPS)]
    return tuple(int(picture[row, column].max()) > 150 for column in columns)


def write_clip(path: Path, seconds: int = SECONDS) -> Path:
    """Write the clip, five pictures a second."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), _FPS, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for number in range(seconds * _FPS):
        writer.write(lamps_at(number // _FPS)[:, :, ::-1])
    writer.release()
    return path
