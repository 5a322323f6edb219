"""Things to count, on a table or a floor."""

import math
from dataclasses import dataclass

from tools.nano.drawing.sketch import Color, Mark, Sketch, any_color, gray, shaded
from tools.nano.scenes import Things

_PROPORTIONS = {
    "boxes": 1.0, "balls": 1.0, "bottles": 0.38, "cups": 0.95, "books": 0.72, "plants": 0.75,
}  # fmt: skip


@dataclass(frozen=True)
class _Place:
    """Where a thing stands: the middle of its foot, and its size, in pixels."""

    x: float
    y: float
    wide: float
    tall: float


def draw_things(sketch: Sketch, scene: Things) -> None:
    """Draw the things of `scene` beside each other, near or far, without one hiding another."""
    chance, count = sketch.chance, scene.count
    if chance.random() < 0.7:
        edge = sketch.height * chance.uniform(0.2, 0.6)
        sketch.draw.rectangle(
            (0, edge, sketch.width, sketch.height), gray(chance, 50, 220, tint=40)
        )
    columns = chance.randint(count, count + 1)
    pitch = sketch.width / columns
    slots = sorted(chance.sample(range(columns), count))
    proportion = _PROPORTIONS[scene.sort]
    size = min(pitch * chance.uniform(0.55, 0.85) / max(proportion, 0.45), 0.55 * sketch.height)
    alike = any_color(chance, 30, 235) if chance.random() < 0.5 else None
    baseline = chance.uniform(0.6, 0.92) * sketch.height
    for slot in slots:
        tall = size * chance.uniform(0.85, 1.1)
        wide = tall * proportion
        x = (slot + 0.5) * pitch + chance.uniform(-0.5, 0.5) * max(0.0, pitch - wide * 1.15)
        bottom = min(baseline + chance.uniform(-0.5, 0.5) * size * 0.6, 0.98 * sketch.height)
        bottom = max(bottom, tall * 1.02)
        middle = bottom - tall * (0.37 if scene.sort == "cups" else 0.5)
        sketch.marks.append(Mark(scene.sort, x, middle))
        place = _Place(x, bottom, wide, tall)
        _DRAWN[scene.sort](sketch, place, alike or any_color(chance, 30, 235))


def _box(sketch: Sketch, place: _Place, color: Color) -> None:
    x, y, wide, tall = place.x, place.y, place.wide, place.tall
    chance = sketch.chance
    if chance.random() < 0.6:
        color = (chance.randint(150, 205), chance.randint(115, 155), chance.randint(70, 110))
    depth = wide * chance.uniform(0.12, 0.3)
    left, right, top = x - wide / 2, x + wide / 2 - depth, y - tall + depth
    sketch.draw.rectangle((left, top, right, y), color, shaded(color, 0.7), 2)
    lid = [(left, top), (left + depth, top - depth), (right + depth, top - depth), (right, top)]
    sketch.draw.polygon(lid, shaded(color, 1.2), shaded(color, 0.7))
    side = [(right, top), (right + depth, top - depth), (right + depth, y - depth), (right, y)]
    sketch.draw.polygon(side, shaded(color, 0.75), shaded(color, 0.6))
    if chance.random() < 0.5:
        middle, half = (left + right) / 2, wide * 0.05
        sketch.draw.rectangle((middle - half, top, middle + half, y), shaded(color, 0.85))


def _ball(sketch: Sketch, place: _Place, color: Color) -> None:
    x, y, wide = place.x, place.y, place.wide
    radius = wide / 2
    _shadow(sketch, x, y, wide)
    for step in range(5):
        r = radius * (1 - step * 0.18)
        shift = radius * step * 0.06
        box = (x - r - shift, y - radius - r - shift, x + r - shift, y - radius + r - shift)
        sketch.draw.ellipse(box, shaded(color, 0.75 + 0.14 * step))
    if sketch.chance.random() < 0.3:
        box = (x - radius, y - 2 * radius, x + radius, y)
        sketch.draw.arc(box, 200, 340, shaded(color, 0.4), 3)


def _bottle(sketch: Sketch, place: _Place, color: Color) -> None:
    x, y, wide, tall = place.x, place.y, place.wide, place.tall
    chance = sketch.chance
    _shadow(sketch, x, y, wide)
    half, neck = wide / 2, wide * chance.uniform(0.14, 0.22)
    shoulder = y - tall * chance.uniform(0.55, 0.68)
    throat = shoulder - tall * 0.1
    sketch.draw.polygon(
        [
            (x - half, y), (x - half, shoulder), (x - neck, throat), (x - neck, y - tall * 0.94),
            (x + neck, y - tall * 0.94), (x + neck, throat), (x + half, shoulder), (x + half, y),
        ],
        color,
        shaded(color, 0.6),
    )  # fmt: skip
    cap = any_color(chance)
    sketch.draw.rectangle((x - neck * 1.2, y - tall, x + neck * 1.2, y - tall * 0.92), cap)
    if chance.random() < 0.6:
        label = (x - half, shoulder + tall * 0.1, x + half, y - tall * 0.15)
        sketch.draw.rectangle(label, any_color(chance, 120, 255))
    sketch.draw.line((x - half * 0.6, shoulder, x - half * 0.6, y - 4), shaded(color, 1.4), 2)


def _cup(sketch: Sketch, place: _Place, color: Color) -> None:
    x, y, wide, tall = place.x, place.y, place.wide, place.tall
    chance = sketch.chance
    tall *= 0.75
    _shadow(sketch, x, y, wide)
    half, foot, lip = wide * 0.36, wide * chance.uniform(0.24, 0.34), tall * 0.1
    side = 1 if chance.random() < 0.5 else -1
    middle = x - side * wide * 0.12
    ear = (
        middle + side * half - wide * 0.2,
        y - tall * 0.8,
        middle + side * half + wide * 0.2,
        y - tall * 0.3,
    )
    sketch.draw.ellipse(ear, None, shaded(color, 0.85), max(3, round(wide * 0.07)))
    body = [
        (middle - half, y - tall),
        (middle + half, y - tall),
        (middle + foot, y),
        (middle - foot, y),
    ]
    sketch.draw.polygon(body, color, shaded(color, 0.7))
    rim = (middle - half, y - tall - lip, middle + half, y - tall + lip)
    sketch.draw.ellipse(rim, shaded(color, 1.15), shaded(color, 0.7))
    inside = (
        middle - half * 0.85,
        y - tall - lip * 0.7,
        middle + half * 0.85,
        y - tall + lip * 0.7,
    )
    sketch.draw.ellipse(inside, chance.choice(((60, 35, 20), shaded(color, 0.5))))


def _book(sketch: Sketch, place: _Place, color: Color) -> None:
    x, y, wide, tall = place.x, place.y, place.wide, place.tall
    chance = sketch.chance
    left, right, depth = x - wide / 2, x + wide / 2, wide * 0.14
    pages = [
        (right - depth, y - tall + depth),
        (right, y - tall),
        (right, y - depth),
        (right - depth, y),
    ]
    sketch.draw.polygon(pages, gray(chance, 215, 250), shaded(color, 0.6))
    lid = [
        (left, y - tall + depth),
        (left + depth, y - tall),
        (right, y - tall),
        (right - depth, y - tall + depth),
    ]
    sketch.draw.polygon(lid, gray(chance, 200, 240), shaded(color, 0.6))
    sketch.draw.rectangle((left, y - tall + depth, right - depth, y), color, shaded(color, 0.5), 2)
    ink = shaded(color, 1.7) if sum(color) < 330 else shaded(color, 0.4)
    sketch.draw.line(
        (left + wide * 0.1, y - tall + depth, left + wide * 0.1, y), shaded(color, 0.7), 3
    )
    for row in (0.72, 0.62, 0.2)[: chance.randint(1, 3)]:
        sketch.draw.line(
            (left + wide * 0.22, y - tall * row, right - wide * 0.25, y - tall * row), ink, 4
        )


def _plant(sketch: Sketch, place: _Place, color: Color) -> None:
    x, y, wide, tall = place.x, place.y, place.wide, place.tall
    chance = sketch.chance
    pot = (
        (chance.randint(150, 200), chance.randint(80, 110), 60) if chance.random() < 0.6 else color
    )
    half, height = wide * 0.28, tall * 0.35
    leaf = (chance.randint(20, 90), chance.randint(100, 180), chance.randint(20, 90))
    count = chance.randint(5, 9)
    for number in range(count):
        angle = math.pi * (0.12 + 0.76 * number / (count - 1))
        length = tall * 0.62 * chance.uniform(0.75, 1)
        tip = (x + math.cos(angle) * min(length, wide * 0.5), y - height - math.sin(angle) * length)
        side = wide * 0.07
        mid = ((x + tip[0]) / 2, (y - height + tip[1]) / 2)
        shape = [
            (x, y - height),
            (mid[0] - side, mid[1] - side * 0.4),
            tip,
            (mid[0] + side, mid[1] + side * 0.4),
        ]
        sketch.draw.polygon(shape, shaded(leaf, chance.uniform(0.75, 1.25)))
    sketch.draw.polygon(
        [(x - half, y - height), (x + half, y - height), (x + half * 0.7, y), (x - half * 0.7, y)],
        pot,
        shaded(pot, 0.7),
    )
    sketch.draw.rectangle(
        (x - half * 1.12, y - height - tall * 0.03, x + half * 1.12, y - height + tall * 0.05),
        shaded(pot, 1.1),
    )


def _shadow(sketch: Sketch, x: float, y: float, wide: float) -> None:
    if sketch.chance.random() < 0.6:
        under = sketch.image.getpixel(
            (min(max(round(x), 0), sketch.width - 1), min(round(y), sketch.height - 1))
        )
        sketch.draw.ellipse(
            (x - wide * 0.55, y - wide * 0.06, x + wide * 0.6, y + wide * 0.08), shaded(under, 0.7)
        )


_DRAWN = {
    "boxes": _box, "balls": _ball, "bottles": _bottle, "cups": _cup, "books": _book,
    "plants": _plant,
}  # fmt: skip
