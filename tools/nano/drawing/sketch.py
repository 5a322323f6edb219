"""A picture in the making: a background to draw on, and the light that lamps throw."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Color = tuple[int, int, int]
Point = tuple[float, float]

_GLOW_SCALE = 8


@dataclass(frozen=True)
class Props:
    """What pictures are made with: font files for labels, and photographs for backgrounds."""

    fonts: tuple[Path, ...]
    photographs: tuple[Image.Image, ...]


@dataclass(frozen=True)
class Mark:
    """Where the middle of a thing lies, in pixels, what is to be seen there, and what goes with it.

    `detail` is the sign that follows a digit, or the percentage of a gauge.
    """

    what: str
    x: float
    y: float
    detail: str = ""


class Sketch:
    """A picture of `width` x `height` pixels; lengths are given in shares of its shorter side."""

    def __init__(self, width: int, height: int, props: Props, chance: random.Random) -> None:
        """Start with black."""
        self.width, self.height, self.chance = width, height, chance
        self.unit = min(width, height)
        self.marks: list[Mark] = []
        self._props = props
        self.show(Image.new("RGB", (width, height)))

    def show(self, image: Image.Image) -> None:
        """Replace what is drawn so far."""
        self.image = image
        self.draw = ImageDraw.Draw(image)

    def numbers(self) -> np.random.Generator:
        """Return a source of random numbers for whole pictures."""
        return np.random.default_rng(self.chance.getrandbits(32))

    def font(self, size: float) -> ImageFont.FreeTypeFont:
        """Return one of the fonts, letters `size` high."""
        return ImageFont.truetype(str(self.chance.choice(self._props.fonts)), max(6, round(size)))

    def photograph(self) -> Image.Image:
        """Cut a piece of a photograph to the size of the picture."""
        photograph = self.chance.choice(self._props.photographs)
        share = self.chance.uniform(0.35, 1)
        factor = share * min(photograph.width / self.width, photograph.height / self.height)
        width, height = factor * self.width, factor * self.height
        left = self.chance.uniform(0, photograph.width - width)
        top = self.chance.uniform(0, photograph.height - height)
        box = (left, top, left + width, top + height)
        piece = photograph.resize((self.width, self.height), Image.Resampling.BILINEAR, box)
        if self.chance.random() < 0.5:
            piece = piece.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return piece

    def glow(self, strength: float, paint: Callable[[ImageDraw.ImageDraw, float], None]) -> None:
        """Add the blurred light of what `paint` draws, given a canvas and its scale."""
        size = (self.width // _GLOW_SCALE + 1, self.height // _GLOW_SCALE + 1)
        light = Image.new("RGB", size)
        paint(ImageDraw.Draw(light), 1 / _GLOW_SCALE)
        blur = self.unit * self.chance.uniform(0.03, 0.12) / _GLOW_SCALE
        light = light.filter(ImageFilter.GaussianBlur(blur)).resize(self.image.size)
        added = np.asarray(self.image, np.float32) + strength * np.asarray(light, np.float32)
        self.show(Image.fromarray(np.minimum(added, 255).astype(np.uint8)))


def any_color(chance: random.Random, low: int = 0, high: int = 255) -> Color:
    """Draw a colour with values between `low` and `high`."""
    red, green, blue = (chance.randint(low, high) for _ in range(3))
    return red, green, blue


def gray(chance: random.Random, low: int, high: int, tint: int = 8) -> Color:
    """Draw a gray between `low` and `high`, tinted a little."""
    value = chance.randint(low, high)
    red, green, blue = (min(255, max(0, value + chance.randint(-tint, tint))) for _ in range(3))
    return red, green, blue


def shaded(color: Color, factor: float) -> Color:
    """Return a colour that is darker or brighter."""
    red, green, blue = (min(255, max(0, round(value * factor))) for value in color)
    return red, green, blue


def draw_background(sketch: Sketch, *, dark: bool = True) -> None:
    """Fill the picture with a shaded colour, rough stuff, or a photograph; it may be `dark`."""
    chance = sketch.chance
    luck = chance.random()
    if luck < 0.35:
        photograph = sketch.photograph()
        if chance.random() < 0.6:
            even = Image.new("RGB", photograph.size, any_color(chance))
            photograph = Image.blend(photograph, even, chance.uniform(0.1, 0.8))
        sketch.show(photograph)
        return
    low, high = (15, 90) if dark and chance.random() < 0.35 else (60, 240)
    corners = np.array([gray(chance, low, high, tint=25) for _ in range(4)], np.uint8)
    even = Image.fromarray(corners.reshape(2, 2, 3)).resize(
        sketch.image.size, Image.Resampling.BILINEAR
    )
    if luck < 0.65:
        even = _roughened(even, sketch)
    sketch.show(even)
    if chance.random() < 0.3:
        _draw_clutter(sketch)


def luminance(color: Sequence[float]) -> float:
    """Return how bright a colour looks, 0 to 255."""
    red, green, blue = color
    return 0.3 * red + 0.6 * green + 0.1 * blue


def contrasting(color: Color, chance: random.Random) -> Color:
    """Draw a gray that stands out from `color`."""
    return gray(chance, 0, 50) if luminance(color) > 110 else gray(chance, 190, 255)


def _roughened(image: Image.Image, sketch: Sketch) -> Image.Image:
    """Add grain, coarse or fine, in one direction or in both."""
    chance = sketch.chance
    columns = max(2, round(sketch.width / chance.choice((1, 2, 4, 12, 40, 400))))
    rows = max(2, round(sketch.height / chance.choice((1, 2, 4, 12, 40, 400))))
    grain = sketch.numbers().integers(0, 255, (rows, columns), np.uint8)
    wide = Image.fromarray(grain).resize(image.size, Image.Resampling.BILINEAR).convert("RGB")
    return Image.blend(image, wide, chance.uniform(0.03, 0.2))


def _draw_clutter(sketch: Sketch) -> None:
    """Draw lines and plates that mean nothing."""
    chance, width, height = sketch.chance, sketch.width, sketch.height
    for _ in range(chance.randint(1, 6)):
        color = gray(chance, 10, 230, tint=30)
        x, y = chance.uniform(-0.1, 1) * width, chance.uniform(-0.1, 1) * height
        right = x + chance.uniform(0.02, 0.5) * width
        bottom = y + chance.uniform(0.02, 0.5) * height
        if chance.random() < 0.5:
            sketch.draw.rectangle((x, y, right, bottom), fill=color)
        else:
            sketch.draw.line((x, y, right, bottom), fill=color, width=chance.randint(1, 8))


def array_of(image: Image.Image) -> NDArray[np.uint8]:
    """Return the pixels of an image, uint8 [height, width, 3]."""
    return np.asarray(image.convert("RGB"))
