"""Seven-segment displays: glowing digits on black, or dark ones on a grey-green glass."""

from tools.nano.drawing.lamps import lit_color
from tools.nano.drawing.sketch import Color, Mark, Point, Sketch, gray, shaded
from tools.nano.scenes import Display

_SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc",
    "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip
_ENDS = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)), "f": ((0, 0), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip
_GLOWING = ("red", "red", "red", "green", "green", "blue", "orange", "yellow", "white")
_DOTS = {".": (1.95,), ":": (0.65, 1.35)}
_POINT_ROOM, _COLON_ROOM = 0.25, 0.55


def draw_display(sketch: Sketch, scene: Display) -> None:
    """Draw a display that shows the digits of `scene`."""
    chance = sketch.chance
    gap = chance.uniform(0.3, 0.55)
    widths = [{".": _POINT_ROOM, ":": _COLON_ROOM}.get(sign, 1 + gap) for sign in scene.digits]
    length = sum(widths) - gap
    slim = chance.uniform(0.9, 1.15)
    most = min(0.84 * sketch.width / (length + 0.6), 0.4 * sketch.height * slim)
    width = chance.uniform(0.5, 1) * most
    if width * 2 / slim < 0.16 * sketch.height:
        width = most
    height = width / slim
    left = (sketch.width - length * width) / 2
    left += chance.uniform(-0.8, 0.8) * max(0.0, left - 0.35 * width)
    top = sketch.height / 2 - height
    top += chance.uniform(-0.8, 0.8) * max(0.0, top - 0.35 * width)
    lit, unlit = _draw_glass(sketch, (left, top, left + length * width, top + 2 * height), width)
    slant, thick = chance.choice((0, 0, chance.uniform(0, 0.2))), chance.uniform(0.14, 0.28)
    ghosts = chance.random() < 0.5

    def at(place: Point) -> Point:
        x, y = place
        return left + width * (x + slant * (1 - y)), top + height * y

    x = 0.0
    following = [*scene.digits[1:], ""]
    for sign, after, room in zip(scene.digits, following, widths, strict=True):
        if sign.isdigit():
            middle = at((x + 0.5, 1.0))
            sketch.marks.append(Mark(f"digit {sign}", *middle, "" if after.isdigit() else after))
            for name, ends in _ENDS.items():
                shown = name in _SEGMENTS[sign]
                if shown or ghosts:
                    corners = _segment(ends, thick)
                    color = lit if shown else unlit
                    sketch.draw.polygon([at((x + cx, cy)) for cx, cy in corners], color)
        else:
            middle = x - gap + 0.5 * _POINT_ROOM if sign == "." else x + (_COLON_ROOM - gap) / 2
            for y in _DOTS[sign]:
                _draw_dot(sketch, at((middle, y)), 0.58 * width * thick, lit)
        x += room


def _draw_dot(sketch: Sketch, place: Point, half: float, color: Color) -> None:
    x, y = place
    sketch.draw.rectangle((x - half, y - half, x + half, y + half), color)


def _draw_glass(sketch: Sketch, box: tuple[float, ...], width: float) -> tuple[Color, Color]:
    """Draw what the digits stand on; return the colours of what is lit and what is not."""
    chance = sketch.chance
    if chance.random() < 0.65:
        name = chance.choice(_GLOWING)
        lit = lit_color(name, sketch)
        glass = gray(chance, 0, 35, tint=10)
        unlit = shaded(lit, chance.uniform(0.05, 0.16))
    else:
        glass = (chance.randint(120, 200), chance.randint(140, 215), chance.randint(110, 190))
        lit, unlit = gray(chance, 5, 55), shaded(glass, chance.uniform(0.88, 0.96))
    left, top, right, bottom = box
    margin = width * chance.uniform(0.35, 0.8)
    frame = margin * chance.uniform(1.05, 1.5)
    outer = (left - frame, top - frame, right + frame, bottom + frame)
    inner = (left - margin, top - margin, right + margin, bottom + margin)
    sketch.draw.rounded_rectangle(outer, width * 0.1, gray(chance, 10, 220))
    sketch.draw.rounded_rectangle(inner, width * 0.05, glass)
    return lit, unlit


def _segment(ends: tuple[Point, Point], thick: float) -> list[Point]:
    """Return the corners of a segment with pointed ends, a little apart from its neighbours."""
    (x0, y0), (x1, y1) = ends
    half, apart = thick / 2, 0.03
    if y0 == y1:
        x0, x1 = x0 + apart, x1 - apart
        return [
            (x0, y0), (x0 + half, y0 - half), (x1 - half, y0 - half),
            (x1, y0), (x1 - half, y0 + half), (x0 + half, y0 + half),
        ]  # fmt: skip
    y0, y1 = y0 + apart, y1 - apart
    return [
        (x0, y0), (x0 + half, y0 + half), (x0 + half, y1 - half),
        (x0, y1), (x0 - half, y1 - half), (x0 - half, y0 + half),
    ]  # fmt: skip
