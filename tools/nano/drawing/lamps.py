"""Indicator lamps on a panel, lit or not, with or without labels."""

import colorsys
from dataclasses import dataclass

from PIL import ImageDraw

from tools.nano.drawing.sketch import Color, Mark, Sketch, any_color, contrasting, gray, shaded
from tools.nano.scene_words import OFF
from tools.nano.scenes import Lamp, Lamps

_HUES = {
    "red": (-10, 7), "orange": (22, 33), "yellow": (50, 60), "green": (100, 150),
    "blue": (200, 238),
}  # fmt: skip


@dataclass(frozen=True)
class _Form:
    """What the lamps of one panel have in common; `pitch` is from one to the next."""

    pitch: float
    upright: bool
    radius: float
    square: bool
    bezel: Color | None
    tinted: bool
    glow: float
    label_below: bool
    capitals: int


def draw_lamps(sketch: Sketch, scene: Lamps) -> None:
    """Draw a panel with the lamps of `scene`, from left to right or from top to bottom."""
    chance, count = sketch.chance, len(scene.lamps)
    labelled = bool(scene.lamps[0].label)
    along = sketch.height if scene.upright else sketch.width
    pitch = along / (count + chance.uniform(0.25, 1.4))
    most = 0.36 if not labelled else (0.2 if scene.upright else 0.3)
    radius = min(chance.uniform(0.16, most) * pitch, 0.25 * sketch.unit)
    form = _Form(
        pitch,
        scene.upright,
        max(radius, 0.035 * sketch.unit),
        chance.random() < 0.2,
        gray(chance, 20, 210) if chance.random() < 0.7 else None,
        chance.random() < 0.6,
        chance.uniform(0.1, 1.1),
        chance.random() < 0.6,
        chance.randint(0, 2),
    )
    middle = (count - 1) / 2
    slack_x = chance.uniform(-0.5, 0.5) * max(
        0, sketch.width - (1 if scene.upright else count) * pitch
    )
    slack_y = chance.uniform(-0.5, 0.5) * max(
        0, sketch.height - (count if scene.upright else 1) * pitch
    )
    center = (sketch.width / 2 + 0.7 * slack_x, sketch.height / 2 + 0.7 * slack_y)
    if labelled and scene.upright:
        center = (sketch.width * chance.uniform(0.2, 0.35), center[1])
    if labelled and not scene.upright:
        center = (center[0], min(max(center[1], 0.35 * sketch.height), 0.65 * sketch.height))
    places = [
        (center[0], center[1] + (at - middle) * pitch)
        if scene.upright
        else (center[0] + (at - middle) * pitch, center[1])
        for at in range(count)
    ]
    panel = _draw_panel(sketch, places, pitch, labelled=labelled, upright=scene.upright)
    for place, lamp in zip(places, scene.lamps, strict=True):
        _draw_lamp(sketch, place, lamp, form)
        sketch.marks.append(Mark(f"lamp {lamp.color or OFF}", *place))
    for place, lamp in zip(places, scene.lamps, strict=True):
        if lamp.label:
            _write_label(sketch, place, lamp.label, form, panel)


def lit_color(name: str, sketch: Sketch) -> Color:
    """Draw a bright colour of that name."""
    chance = sketch.chance
    if name == "white":
        return _white(chance.uniform(-0.12, 0.12))
    low, high = _HUES[name]
    hue = (chance.uniform(low, high) % 360) / 360
    red, green, blue = colorsys.hsv_to_rgb(hue, chance.uniform(0.75, 1), chance.uniform(0.85, 1))
    return round(255 * red), round(255 * green), round(255 * blue)


def _white(warm: float) -> Color:
    return round(255 - max(0, -warm) * 150), 250, round(255 - max(0, warm) * 150)


def _draw_panel(
    sketch: Sketch,
    places: list[tuple[float, float]],
    pitch: float,
    *,
    labelled: bool,
    upright: bool,
) -> Color:
    """Draw a plate behind the lamps, or none, and return the colour that labels stand on."""
    chance = sketch.chance
    color = gray(chance, 20, 235) if chance.random() < 0.8 else any_color(chance, 20, 160)
    if not labelled and chance.random() < 0.25:
        return color
    xs, ys = [x for x, _ in places], [y for _, y in places]
    margin = pitch * chance.uniform(0.45, 0.6)
    box = (min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)
    if labelled:
        right = sketch.width * 0.97 if upright else box[2]
        box = (box[0], box[1] - 0.1 * sketch.unit, right, box[3] + 0.1 * sketch.unit)
    if chance.random() < 0.3:
        box = (-9, -9, sketch.width + 9, sketch.height + 9)
    edge = shaded(color, chance.choice((0.6, 1.4)))
    sketch.draw.rounded_rectangle(
        box, chance.uniform(0, 0.08) * sketch.unit, color, edge, chance.randint(0, 5)
    )
    if chance.random() < 0.3:
        for x in (box[0], box[2]):
            for y in (box[1], box[3]):
                _disc(
                    sketch.draw,
                    (x + (12 if x == box[0] else -12), y + (12 if y == box[1] else -12)),
                    5,
                    shaded(color, 0.7),
                )
    return color


def _draw_lamp(sketch: Sketch, place: tuple[float, float], lamp: Lamp, form: _Form) -> None:
    chance, radius = sketch.chance, form.radius
    draw = sketch.draw
    if form.bezel is not None:
        _shape(draw, place, radius * 1.25, form.bezel, square=form.square)
        _shape(draw, place, radius * 1.1, shaded(form.bezel, 0.6), square=form.square)
    if lamp.color is None:
        tint = chance.choice(("red", "green", "blue", "yellow", "orange", "white"))
        dull = (
            shaded(lit_color(tint, sketch), chance.uniform(0.12, 0.38))
            if form.tinted
            else gray(chance, 30, 130)
        )
        _shape(draw, place, radius, dull, square=form.square)
        _shape(draw, place, radius * 0.8, shaded(dull, 1.15), square=form.square)
        _draw_shine(sketch, place, radius)
        return
    color = lit_color(lamp.color, sketch)

    def light(canvas: ImageDraw.ImageDraw, scale: float) -> None:
        _shape(
            canvas,
            (place[0] * scale, place[1] * scale),
            max(1.0, radius * scale * 1.2),
            color,
            square=False,
        )

    sketch.glow(form.glow, light)
    draw = sketch.draw
    _shape(draw, place, radius, color, square=form.square)
    core = chance.uniform(0, 0.75)
    steps = 6
    for step in range(steps):
        towards = core * (step + 1) / steps
        mixed = tuple(round(value + (255 - value) * towards) for value in color)
        _shape(
            draw,
            place,
            radius * (0.75 - 0.1 * step),
            (mixed[0], mixed[1], mixed[2]),
            square=form.square,
        )
    if chance.random() < 0.4:
        _draw_shine(sketch, place, radius)


def _draw_shine(sketch: Sketch, place: tuple[float, float], radius: float) -> None:
    """Draw the reflection of a window or a ceiling lamp."""
    chance = sketch.chance
    if chance.random() < 0.6:
        at = (
            place[0] - radius * chance.uniform(0.2, 0.45),
            place[1] - radius * chance.uniform(0.2, 0.5),
        )
        _disc(sketch.draw, at, radius * chance.uniform(0.08, 0.2), gray(chance, 150, 240))


def _write_label(
    sketch: Sketch,
    place: tuple[float, float],
    label: str,
    form: _Form,
    panel: Color,
) -> None:
    text = (label, label.upper(), label.capitalize())[form.capitals]
    chance = sketch.chance
    room = sketch.width - place[0] - 1.5 * form.radius if form.upright else form.pitch * 0.95
    size = min(chance.uniform(0.1, 0.16) * sketch.unit, 1.55 * room / len(text))
    font = sketch.font(size)
    color = contrasting(panel, chance)
    if form.upright:
        at, anchor = (place[0] + 1.45 * form.radius, place[1]), "lm"
    else:
        side = 1 if form.label_below else -1
        at = (place[0], place[1] + side * (1.45 * form.radius + 0.1 * size))
        anchor = "ma" if form.label_below else "md"
    sketch.draw.text(at, text, color, font, anchor)
    left, top, right, bottom = sketch.draw.textbbox(at, text, font, anchor)
    sketch.marks.append(Mark(f"label {label}", (left + right) / 2, (top + bottom) / 2))


def _shape(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    radius: float,
    color: Color,
    *,
    square: bool,
) -> None:
    if square:
        x, y = place
        draw.rounded_rectangle(
            (x - radius, y - radius, x + radius, y + radius), radius * 0.25, color
        )
    else:
        _disc(draw, place, radius, color)


def _disc(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], radius: float, color: Color
) -> None:
    x, y = place
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), color)
