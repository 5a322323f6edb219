"""Dials with a needle, and bars that are filled."""

import math

from tools.nano.drawing.sketch import (
    Color,
    Mark,
    Point,
    Sketch,
    any_color,
    contrasting,
    gray,
    shaded,
)
from tools.nano.scenes import Gauge


def draw_gauge(sketch: Sketch, scene: Gauge) -> None:
    """Draw a dial, or a bar."""
    if scene.bar:
        x, y = _draw_bar(sketch, scene.percent / 100)
    else:
        x, y = _draw_dial(sketch, scene.percent / 100)
    sketch.marks.append(Mark("bar" if scene.bar else "gauge", x, y, str(scene.percent)))


def _draw_dial(sketch: Sketch, share: float) -> Point:
    chance = sketch.chance
    radius = chance.uniform(0.3, 0.47) * sketch.unit
    x = sketch.width / 2 + chance.uniform(-1, 1) * (sketch.width / 2 - radius)
    y = sketch.height / 2 + chance.uniform(-1, 1) * (sketch.height / 2 - radius)
    face = gray(chance, 200, 255) if chance.random() < 0.65 else gray(chance, 5, 50)
    ink = contrasting(face, chance)
    half = chance.random() < 0.25
    spread = math.pi if half else math.radians(chance.choice((270, 270, 260, 280, 240)))
    _circle(sketch, x, y, radius, gray(chance, 20, 220))
    _circle(sketch, x, y, radius * chance.uniform(0.86, 0.95), face)
    rim = radius * 0.82

    def at(value: float, distance: float) -> tuple[float, float]:
        angle = -math.pi / 2 - spread / 2 + spread * value
        return x + distance * math.cos(angle), y + distance * math.sin(angle)

    if chance.random() < 0.4:
        _draw_zones(sketch, x, y, rim, spread)
    steps = chance.choice((10, 10, 20, 5))
    for step in range(steps + 1):
        length = 0.14 if step % (steps // 5) == 0 else 0.07
        ends = (*at(step / steps, rim), *at(step / steps, rim * (1 - length)))
        sketch.draw.line(ends, ink, max(1, round(radius * 0.02)))
    top = chance.choice((100, 10, 5, 1, 0, 0))
    if top:
        font = sketch.font(radius * chance.uniform(0.12, 0.17))
        for step in range(6 if top != 10 else 11):
            value = step / (5 if top != 10 else 10)
            sketch.draw.text(at(value, rim * 0.7), f"{top * value:g}", ink, font, "mm")
    if chance.random() < 0.4:
        word = chance.choice(("bar", "psi", "%", "kPa", "V", "A", "RPM", "°C"))
        sketch.draw.text((x, y + radius * 0.4), word, ink, sketch.font(radius * 0.16), "mm")
    needle = chance.choice(((200, 20, 20), (220, 90, 10), ink, ink, ink))
    _draw_needle(sketch, at, share, rim, needle)
    _circle(sketch, x, y, radius * chance.uniform(0.05, 0.12), shaded(needle, 0.8))
    return x, y


def _draw_needle(sketch: Sketch, at, share: float, rim: float, color: Color) -> None:  # noqa: ANN001 - a function of the dial
    chance = sketch.chance
    tip = at(share, rim * chance.uniform(0.78, 1))
    width = rim * chance.uniform(0.03, 0.09)
    hub = at(share, 0)
    along = math.atan2(tip[1] - hub[1], tip[0] - hub[0])
    side = (-math.sin(along) * width / 2, math.cos(along) * width / 2)
    back = chance.uniform(0, 0.2)
    tail = (hub[0] - (tip[0] - hub[0]) * back, hub[1] - (tip[1] - hub[1]) * back)
    sketch.draw.polygon(
        [
            (tail[0] + side[0], tail[1] + side[1]),
            (tip[0] + side[0] * 0.3, tip[1] + side[1] * 0.3),
            (tip[0] - side[0] * 0.3, tip[1] - side[1] * 0.3),
            (tail[0] - side[0], tail[1] - side[1]),
        ],
        color,
    )


def _draw_zones(sketch: Sketch, x: float, y: float, rim: float, spread: float) -> None:
    """Colour parts of the scale, as of what is safe and what is not."""
    chance = sketch.chance
    start = math.degrees(-math.pi / 2 - spread / 2)
    bounds = sorted((0.0, chance.uniform(0.3, 0.6), chance.uniform(0.65, 0.9), 1.0))
    colors = [(60, 170, 60), (230, 190, 40), (210, 40, 40)]
    if chance.random() < 0.3:
        colors.reverse()
    box = (x - rim, y - rim, x + rim, y + rim)
    for low, high, color in zip(bounds, bounds[1:], colors, strict=False):
        ends = (start + math.degrees(spread) * low, start + math.degrees(spread) * high)
        sketch.draw.arc(box, *ends, fill=color, width=max(2, round(rim * 0.08)))


def _draw_bar(sketch: Sketch, share: float) -> Point:
    chance = sketch.chance
    upright = chance.random() < 0.6
    room = (0.86 * sketch.height) if upright else (0.86 * sketch.width)
    length = chance.uniform(0.55, 1) * room
    across = sketch.width if upright else sketch.height
    thick = min(chance.uniform(0.12, 0.45) * length, 0.7 * across)
    width, height = (thick, length) if upright else (length, thick)
    left = sketch.width / 2 + chance.uniform(-0.5, 0.5) * (sketch.width - width) * 0.9 - width / 2
    top = (
        sketch.height / 2 + chance.uniform(-0.5, 0.5) * (sketch.height - height) * 0.9 - height / 2
    )
    box = (left, top, left + width, top + height)
    empty = gray(chance, 5, 70) if chance.random() < 0.5 else gray(chance, 170, 250)
    full = any_color(chance)
    while abs(sum(full) - sum(empty)) < 160:
        full = any_color(chance)
    edge = round(max(1, chance.uniform(0.005, 0.03) * sketch.unit))
    outline = contrasting(empty, chance) if chance.random() < 0.6 else gray(chance, 60, 190)
    sketch.draw.rectangle(
        (left - edge, top - edge, left + width + edge, top + height + edge), outline
    )
    sketch.draw.rectangle(box, empty)
    blocks = chance.choice((0, 0, 10, 20))
    if share > 0:
        filled = (left, top + height * (1 - share), left + width, top + height)
        sketch.draw.rectangle(
            filled if upright else (left, top, left + width * share, top + height), full
        )
    if blocks and share * blocks == round(share * blocks):
        _draw_gaps(sketch, box, blocks, empty, upright=upright)
    if chance.random() < 0.5:
        _draw_scale(sketch, box, outline, upright=upright)
    x, y = left + width / 2, top + height / 2
    for what, at in (("bar start", 0.0), ("bar level", share), ("bar end", 1.0)):
        place = (x, top + height * (1 - at)) if upright else (left + width * at, y)
        sketch.marks.append(Mark(what, *place))
    return x, y


def _draw_gaps(
    sketch: Sketch, box: tuple[float, ...], blocks: int, color: Color, *, upright: bool
) -> None:
    """Cut a bar into blocks."""
    left, top, right, bottom = box
    thick = max(1, round(0.12 * ((bottom - top) if upright else (right - left)) / blocks))
    for number in range(1, blocks):
        share = number / blocks
        if upright:
            y = top + (bottom - top) * share
            sketch.draw.line((left, y, right, y), color, thick)
        else:
            x = left + (right - left) * share
            sketch.draw.line((x, top, x, bottom), color, thick)


def _draw_scale(sketch: Sketch, box: tuple[float, ...], color: Color, *, upright: bool) -> None:
    left, top, right, bottom = box
    steps, size = sketch.chance.choice((4, 5, 10)), 0.04 * sketch.unit
    for number in range(steps + 1):
        share = number / steps
        if upright:
            y = bottom - (bottom - top) * share
            sketch.draw.line((right + size * 0.6, y, right + size * 1.6, y), color, 2)
        else:
            x = left + (right - left) * share
            sketch.draw.line((x, bottom + size * 0.6, x, bottom + size * 1.6), color, 2)


def _circle(sketch: Sketch, x: float, y: float, radius: float, color: Color) -> None:
    sketch.draw.ellipse((x - radius, y - radius, x + radius, y + radius), color)
