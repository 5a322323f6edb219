"""A scene as pixels: drawn on a background, and then seen by a camera."""

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.nano.drawing.camera import askew, seen_by_camera
from tools.nano.drawing.digits import draw_display
from tools.nano.drawing.gauges import draw_gauge
from tools.nano.drawing.lamps import draw_lamps
from tools.nano.drawing.rooms import draw_door, draw_room
from tools.nano.drawing.sketch import Mark, Props, Sketch, array_of, draw_background
from tools.nano.drawing.things import draw_things
from tools.nano.scenes import Display, Door, Gauge, Lamps, Nothing, Room, Scene, Things

_ASKEW = 0.7


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels, uint8 [height, width, 3], and where in them the things of the scene lie."""

    pixels: NDArray[np.uint8]
    marks: tuple[Mark, ...]


def draw_picture(
    scene: Scene, width: int, height: int, props: Props, chance: random.Random
) -> Picture:
    """Draw a scene. The same chance draws the same picture."""
    sketch = Sketch(width, height, props, chance)
    draw_background(sketch, dark=not isinstance(scene, Nothing))
    match scene:
        case Lamps():
            draw_lamps(sketch, scene)
        case Gauge():
            draw_gauge(sketch, scene)
        case Display():
            draw_display(sketch, scene)
        case Door():
            draw_door(sketch, scene)
        case Room():
            draw_room(sketch, scene)
        case Things():
            draw_things(sketch, scene)
    image, marks = sketch.image, sketch.marks
    if chance.random() < _ASKEW:
        image, marks = askew(image, marks, chance)
    image = seen_by_camera(image, chance, dim=not isinstance(scene, Room))
    return Picture(array_of(image), tuple(marks))
