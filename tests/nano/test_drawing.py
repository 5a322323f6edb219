"""A drawn picture shows its scene, and its marks say where."""

import random

import numpy as np
import pytest
from PIL import Image

from tools.nano.drawing.camera import askew
from tools.nano.drawing.picture import draw_picture
from tools.nano.drawing.props import load_props
from tools.nano.drawing.sketch import Mark
from tools.nano.scene_words import OFF
from tools.nano.scenes import Display, Gauge, Lamps, SceneKind, Things, draw_scene

WIDTH, HEIGHT = 432, 336


@pytest.fixture(scope="module")
def props():
    try:
        return load_props(held_out=True)
    except FileNotFoundError as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("kind", SceneKind)
def test_every_thing_has_a_mark_inside_the_picture(props, kind):
    chance = random.Random(1)
    for _ in range(12):
        scene = draw_scene(kind, chance)
        picture = draw_picture(scene, WIDTH, HEIGHT, props, chance)
        assert picture.pixels.shape == (HEIGHT, WIDTH, 3)
        things = [mark for mark in picture.marks if not mark.what.startswith("label")]
        assert [mark.what for mark in things] == marks_wanted(scene)
        assert all(0 <= it.x < WIDTH and 0 <= it.y < HEIGHT for it in things)


def marks_wanted(scene):
    match scene:
        case Lamps(lamps):
            return [f"lamp {lamp.color or OFF}" for lamp in lamps]
        case Display(digits):
            return [f"digit {sign}" for sign in digits if sign.isdigit()]
        case Gauge(bar=bar):
            return ["bar start", "bar level", "bar end", "bar"] if bar else ["gauge"]
        case Things(count, sort):
            return [sort] * count
    return [] if "Door" not in repr(scene) else [f"door {'open' if scene.is_open else 'closed'}"]


def test_the_same_chance_draws_the_same_picture(props):
    def drawn(seed):
        chance = random.Random(seed)
        return draw_picture(draw_scene(SceneKind.LAMPS, chance), 96, 96, props, chance).pixels

    assert np.array_equal(drawn(5), drawn(5))
    assert not np.array_equal(drawn(5), drawn(6))


def test_lit_lamps_have_their_colour_where_the_mark_is(props):
    chance, strongest = random.Random(2), {"red": 0, "green": 1, "blue": 2}
    seen = set()
    for _ in range(60):
        scene = draw_scene(SceneKind.LAMPS, chance)
        picture = draw_picture(scene, WIDTH, HEIGHT, props, chance)
        for lamp, mark in zip(scene.lamps, picture.marks, strict=True):
            if lamp.color in strongest:
                x, y = round(mark.x), round(mark.y)
                around = picture.pixels[y - 4 : y + 5, x - 4 : x + 5].mean((0, 1))
                assert np.argmax(around) == strongest[lamp.color]
                seen.add(lamp.color)
    assert seen == strongest.keys()


def test_marks_move_along_when_a_picture_is_seen_askew():
    chance = random.Random(3)
    for _ in range(10):
        x, y = chance.randint(60, 370), chance.randint(60, 270)
        pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        pixels[y - 2 : y + 3, x - 2 : x + 3] = 255
        image, (mark,) = askew(Image.fromarray(pixels), [Mark("gauge", x + 0.5, y + 0.5)], chance)
        rows, columns = np.nonzero(np.asarray(image)[..., 0] > 128)
        assert abs(columns.mean() + 0.5 - mark.x) < 1
        assert abs(rows.mean() + 0.5 - mark.y) < 1
