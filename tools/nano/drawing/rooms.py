"""Doors in a wall, and whole rooms, lit or dark."""

import numpy as np
from PIL import Image

from tools.nano.drawing.sketch import Color, Mark, Sketch, any_color, gray, shaded
from tools.nano.scenes import Door, Room

_Box = tuple[float, float, float, float]


def draw_door(sketch: Sketch, scene: Door) -> None:
    """Draw a wall with a door, seen from the front."""
    chance, width, height = sketch.chance, sketch.width, sketch.height
    floor = height * chance.uniform(0.78, 0.96)
    _draw_wall_and_floor(sketch, floor)
    tall = chance.uniform(0.6, 0.92) * floor
    wide = min(tall * chance.uniform(0.4, 0.6), 0.6 * width)
    left = (width - wide) / 2 + chance.uniform(-0.8, 0.8) * (width - wide) / 2
    top = floor - tall
    frame = gray(chance, 60, 255, tint=25)
    rim = wide * chance.uniform(0.04, 0.1)
    sketch.draw.rectangle((left - rim, top - rim, left + wide + rim, floor), frame)
    leaf = any_color(chance, 40, 230) if chance.random() < 0.4 else gray(chance, 60, 250, tint=30)
    box = (left, top, left + wide, floor)
    if scene.is_open:
        _draw_opening(sketch, box)
        _draw_swung_leaf(sketch, box, leaf)
    else:
        _draw_leaf(sketch, box, leaf)
    state = "open" if scene.is_open else "closed"
    sketch.marks.append(Mark(f"door {state}", left + wide / 2, (top + floor) / 2))


def draw_room(sketch: Sketch, scene: Room) -> None:
    """Draw a room with furniture; a dark one is seen by what little light there is."""
    chance, width, height = sketch.chance, sketch.width, sketch.height
    if not scene.lit and chance.random() < 0.3:
        sketch.show(sketch.photograph())
    else:
        floor = height * chance.uniform(0.55, 0.85)
        _draw_wall_and_floor(sketch, floor)
        if chance.random() < 0.5:
            _draw_window(sketch, floor, lit=scene.lit)
        for _ in range(chance.randint(1, 5)):
            _draw_furniture(sketch, floor)
    level = chance.uniform(0.75, 1.15) if scene.lit else chance.uniform(0.03, 0.22)
    pixels = np.asarray(sketch.image, np.float32) * level
    if not scene.lit:
        pixels *= np.array([0.85, 0.95, 1.15], np.float32) ** chance.uniform(0, 1.5)
    sketch.show(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))
    if not scene.lit and chance.random() < 0.3:
        _draw_gleam(sketch)
    if scene.lit and chance.random() < 0.5:
        x, y = chance.uniform(0.15, 0.85) * width, chance.uniform(0.02, 0.25) * height

        def light(canvas, scale: float) -> None:  # noqa: ANN001 - a canvas of Pillow
            radius = 0.12 * sketch.unit * scale
            box = (x * scale - radius, y * scale - radius, x * scale + radius, y * scale + radius)
            canvas.ellipse(box, (255, 240, 210))

        sketch.glow(chance.uniform(0.5, 1.2), light)


def _draw_wall_and_floor(sketch: Sketch, floor: float) -> None:
    chance, width, height = sketch.chance, sketch.width, sketch.height
    wall = gray(chance, 90, 245, tint=30)
    ground = gray(chance, 50, 200, tint=35)
    sketch.draw.rectangle((0, 0, width, height), wall)
    sketch.draw.rectangle((0, floor, width, height), ground)
    if chance.random() < 0.5:
        sketch.draw.rectangle((0, floor - 0.03 * height, width, floor), shaded(wall, 0.8))
    if chance.random() < 0.4:
        for _ in range(chance.randint(2, 12)):
            x = chance.uniform(0, width)
            end = width / 2 + (x - width / 2) * 1.8
            sketch.draw.line((x, floor, end, height), shaded(ground, 0.85), 2)
    if chance.random() < 0.4:
        x, y = chance.uniform(0, 0.9) * width, chance.uniform(0.05, 0.4) * height
        size = chance.uniform(0.08, 0.25) * sketch.unit
        sketch.draw.rectangle(
            (x, y, x + size, y + size), any_color(chance, 40, 220), gray(chance, 20, 90), 3
        )


def _draw_leaf(sketch: Sketch, box: _Box, color: Color) -> None:
    """Draw a closed door: panels or a pane, and a handle."""
    chance = sketch.chance
    left, top, right, bottom = box
    wide, tall = right - left, bottom - top
    sketch.draw.rectangle(box, color, shaded(color, 0.55), max(1, round(wide * 0.012)))
    rows, columns = chance.choice(((0, 0), (2, 1), (2, 2), (3, 2), (4, 1), (1, 1)))
    for row in range(rows):
        for column in range(columns):
            x, y = left + wide * (column + 0.15) / columns, top + tall * (row + 0.12) / rows
            panel = (x, y, x + 0.7 * wide / columns, y + 0.76 * tall / rows)
            inner = shaded(color, chance.choice((0.92, 1.06)))
            sketch.draw.rectangle(panel, inner, shaded(color, 0.75), 2)
    side = left + wide * (0.08 if chance.random() < 0.5 else 0.92)
    y, size = top + tall * chance.uniform(0.48, 0.56), wide * chance.uniform(0.025, 0.05)
    metal = gray(chance, 30, 220)
    sketch.draw.ellipse((side - size, y - size, side + size, y + size), metal)
    reach = wide * 0.12 * (1 if side < left + wide / 2 else -1)
    if chance.random() < 0.6:
        sketch.draw.line((side, y, side + reach, y), metal, max(2, round(size)))


def _draw_opening(sketch: Sketch, door: _Box) -> None:
    """Draw what is to be seen through an open door: another room, the night, or the day."""
    left, top, right, floor = door
    wide = right - left
    chance = sketch.chance
    beyond = gray(chance, 0, 60) if chance.random() < 0.45 else gray(chance, 120, 255, tint=30)
    sketch.draw.rectangle((left, top, left + wide, floor), beyond)
    ground = floor - (floor - top) * chance.uniform(0.08, 0.3)
    sketch.draw.rectangle(
        (left, ground, left + wide, floor), shaded(beyond, chance.uniform(0.5, 0.9))
    )
    if chance.random() < 0.5:
        x = left + wide * chance.uniform(0.1, 0.6)
        y = ground - (floor - top) * chance.uniform(0.1, 0.5)
        box = (x, y, x + wide * chance.uniform(0.1, 0.35), ground)
        sketch.draw.rectangle(box, any_color(chance, 30, 220))


def _draw_swung_leaf(sketch: Sketch, door: _Box, color: Color) -> None:
    """Draw the leaf of an open door, which stands at one side, towards us or away."""
    left, top, right, floor = door
    wide = right - left
    chance = sketch.chance
    sign = 1 if chance.random() < 0.5 else -1
    hinge = left if sign > 0 else left + wide
    reach = wide * chance.uniform(0.12, 0.45)
    lift = (floor - top) * chance.uniform(0.03, 0.1)
    outwards = chance.random() < 0.5
    free = hinge - sign * reach if outwards else hinge + sign * reach
    lift = lift if outwards else -lift
    corners = [(hinge, top), (free, top - lift), (free, floor + lift), (hinge, floor)]
    sketch.draw.polygon(corners, shaded(color, 0.85), shaded(color, 0.5))
    y = (top + floor) / 2
    knob = free + (hinge - free) * 0.15
    size = wide * 0.03
    sketch.draw.ellipse((knob - size, y - size, knob + size, y + size), gray(chance, 30, 220))


def _draw_window(sketch: Sketch, floor: float, *, lit: bool) -> None:
    chance = sketch.chance
    wide, tall = chance.uniform(0.15, 0.4) * sketch.width, chance.uniform(0.3, 0.6) * floor
    x, y = chance.uniform(0.05, 0.55) * sketch.width, chance.uniform(0.08, 0.3) * floor
    day = lit and chance.random() < 0.6
    sky = (chance.randint(150, 230), chance.randint(190, 240), 250) if day else gray(chance, 5, 60)
    sketch.draw.rectangle((x, y, x + wide, y + tall), sky, gray(chance, 120, 250), 5)
    sketch.draw.line((x + wide / 2, y, x + wide / 2, y + tall), gray(chance, 120, 250), 4)


def _draw_furniture(sketch: Sketch, floor: float) -> None:
    """Draw a block that may be a sofa, a shelf or a table."""
    chance = sketch.chance
    wide, tall = chance.uniform(0.1, 0.4) * sketch.width, chance.uniform(0.1, 0.5) * floor
    x, bottom = (
        chance.uniform(-0.05, 0.8) * sketch.width,
        floor + chance.uniform(0, 0.1) * sketch.height,
    )
    color = any_color(chance, 30, 200)
    sketch.draw.rectangle((x, bottom - tall, x + wide, bottom), color)
    if chance.random() < 0.5:
        for number in range(1, chance.randint(2, 5)):
            y = bottom - tall * number / 5
            sketch.draw.line((x, y, x + wide, y), shaded(color, 0.6), 3)
    else:
        sketch.draw.rectangle((x, bottom - tall * 0.5, x + wide, bottom), shaded(color, 1.2))


def _draw_gleam(sketch: Sketch) -> None:
    """Draw a faint light in the dark: a slit under a door, a standby lamp, the moon."""
    chance = sketch.chance
    x, y = chance.uniform(0, 0.9) * sketch.width, chance.uniform(0.1, 0.9) * sketch.height
    color = gray(chance, 60, 160, tint=40)
    if chance.random() < 0.5:
        sketch.draw.rectangle((x, y, x + 0.2 * sketch.width, y + 0.01 * sketch.height), color)
    else:
        sketch.draw.rectangle(
            (x, y, x + 0.08 * sketch.width, y + 0.15 * sketch.height), shaded(color, 0.6)
        )
