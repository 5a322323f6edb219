"""What a camera does to a picture: it stands askew, and blurs, dims, tints and crumbles it."""

import io
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from tools.nano.drawing.sketch import Mark, Point

_TILT = 0.05


def seen_by_camera(image: Image.Image, chance: random.Random, *, dim: bool = True) -> Image.Image:
    """Return `image` as a camera might show it; `dim` lets it change how bright it is."""
    if chance.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 1.8)))
    pixels = np.asarray(image, np.float32)
    tint = np.array([chance.uniform(0.92, 1.08) for _ in range(3)], np.float32)
    pixels = pixels * tint * (chance.uniform(0.65, 1.25) if dim else 1)
    if chance.random() < 0.4:
        pixels = 255 * (np.clip(pixels, 0, 255) / 255) ** chance.uniform(0.8, 1.3)
    if chance.random() < 0.3:
        pixels *= _vignette(image.size, chance.uniform(0.1, 0.5))
    if chance.random() < 0.6:
        noise = np.random.default_rng(chance.getrandbits(32))
        height, width, _ = pixels.shape
        pixels += noise.standard_normal((height, width, 1), np.float32) * chance.uniform(1, 12)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return _crumbled(image, chance) if chance.random() < 0.5 else image


def askew(
    image: Image.Image, marks: Sequence[Mark], chance: random.Random
) -> tuple[Image.Image, list[Mark]]:
    """Show a picture as if it were seen from the side, and move its marks along."""
    (width, height), most = image.size, _TILT
    corners = [
        (
            width * (x + chance.uniform(0, most) * (1 - 2 * x)),
            height * (y + chance.uniform(0, most) * (1 - 2 * y)),
        )
        for x, y in ((0, 0), (0, 1), (1, 1), (1, 0))
    ]
    quad = [value for corner in corners for value in corner]
    seen = image.transform(image.size, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)
    moved = [replace(mark, **_moved(mark, corners, width, height)) for mark in marks]
    return seen, moved


def _moved(mark: Mark, corners: Sequence[Point], width: int, height: int) -> dict[str, float]:
    """Return where a place of the old picture lies in the new one, which shows its `corners`."""
    left_top, left_bottom, right_bottom, right_top = (np.array(corner) for corner in corners)
    x, y = mark.x / width, mark.y / height
    for _ in range(8):
        top, bottom = (
            left_top + (right_top - left_top) * x,
            left_bottom + (right_bottom - left_bottom) * x,
        )
        missed = np.array((mark.x, mark.y)) - (top + (bottom - top) * y)
        x, y = x + missed[0] / width, y + missed[1] / height
    return {"x": float(x * width), "y": float(y * height)}


def _vignette(size: tuple[int, int], strength: float) -> np.ndarray:
    x = np.linspace(-1, 1, size[0], dtype=np.float32)
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    return (1 - strength * (x * x + y * y) / 2)[..., None]


def _crumbled(image: Image.Image, chance: random.Random) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=chance.randint(35, 92))
    return Image.open(stream).convert("RGB")
