"""Pictures for the tests: slopes, noise, lamps, a board, one color."""

import numpy as np
from numpy.typing import NDArray

KINDS = ("slopes", "noise", "red", "board", "lamp")


def picture(kind: str, height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return a picture: uint8 [height, width, 3]."""
    y, x = np.mgrid[0:height, 0:width]
    if kind == "slopes":
        made = np.stack([x * 255 // width, y * 255 // height, (x + y + seed) % 256], axis=2)
    elif kind == "noise":
        made = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    elif kind == "board":
        made = np.stack([255 * ((x // 20 + y // 20 + seed) % 2)] * 3, axis=2)
    else:
        made = np.zeros((height, width, 3), int)
        left = width // 10 * (seed % 9)
        there = slice(None) if kind == "red" else slice(left, left + width // 4)
        made[:, there] = (200, 30, 30) if kind == "red" else (255, 255, 0)
    return made.astype(np.uint8)
