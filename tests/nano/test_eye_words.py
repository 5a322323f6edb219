"""Maps that show a scene are read as its words, and patches are put where they belong."""

import random

import numpy as np
import pytest
from tokenizers import Regex, pre_tokenizers

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from edge_agent.model.image_patches import cut_into_patches
from tools.export.gemma4_tokenizer import train_tokenizer
from tools.nano.drawing.sketch import Mark
from tools.nano.export_eyes import SeeingWords
from tools.nano.eye_lessons import NONE, lay_out
from tools.nano.eye_words import EyeWords
from tools.nano.eyes import CELL, CELLS, CLASSES, KINDS, PERCENTS, SIGNS, EyeMaps, Eyes
from tools.nano.picture_lessons import SOFT_TOKENS
from tools.nano.pictures import HALF, Shard
from tools.nano.prompts import chat_template
from tools.nano.scene_words import OFF, describe
from tools.nano.scenes import Display, Door, Gauge, Lamps, SceneKind, Things, draw_scene
from tools.nano.tokenizer import _PIECES

ROWS, COLUMNS = 21, 27
SIDE = HALF * CELL


@pytest.fixture(scope="module")
def tokenizer():
    chance = random.Random(8)
    corpus = [describe(draw_scene(kind, chance)) for kind in SceneKind for _ in range(200)]
    pieces = pre_tokenizers.Split(Regex(_PIECES), "isolated")
    return train_tokenizer(corpus, 400, chat_template(), pieces)


@pytest.mark.parametrize("kind", SceneKind)
def test_maps_of_a_scene_are_read_as_its_words(tokenizer, kind):
    chance = random.Random(2)
    scenes = [draw_scene(kind, chance) for _ in range(40)]
    words = EyeWords(tokenizer.encode, CELLS, SOFT_TOKENS)
    lesson = lesson_of(kind, scenes)
    found = words(padded(maps_of(lesson)), padding(lesson.inside))
    for scene, row in zip(scenes, found, strict=True):
        tokens = [int(token) for token in row]
        length = tokens.index(0)
        assert not any(tokens[length:])
        assert tokens[:length] == tokenizer.encode(describe(scene))


def lesson_of(kind, scenes):
    pixels = np.zeros((len(scenes), ROWS * CELL, COLUMNS * CELL, 3), np.uint8)
    words = tuple(map(describe, scenes))
    shard = Shard(pixels, (kind,) * len(scenes), words, tuple(map(marks_of, scenes)))
    early = [torch.zeros(len(scenes), 1, 48, 56), torch.zeros(len(scenes), 1, 24, 28)]
    return lay_out(shard, early, range(len(scenes)))


def marks_of(scene):
    """Lay the things of a scene out by hand, in cells of the picture."""
    match scene:
        case Lamps():
            found = marks_of_lamps(scene)
        case Gauge(percent, bar):
            found = [Mark("bar" if bar else "gauge", 13 * SIDE, 9 * SIDE, str(percent))]
            if bar:
                x, y, length = 4.3 * SIDE, 9 * SIDE, 17 * SIDE
                places = {"bar start": 0, "bar level": percent / 100, "bar end": 1}
                found += [Mark(what, x + length * share, y) for what, share in places.items()]
        case Display(digits):
            found = []
            for sign in digits:
                if sign.isdigit():
                    found.append(Mark(f"digit {sign}", (4 + 3 * len(found)) * SIDE, 9 * SIDE))
                else:
                    found[-1] = Mark(found[-1].what, found[-1].x, found[-1].y, sign)
        case Door(is_open):
            found = [Mark(f"door {'open' if is_open else 'closed'}", 13 * SIDE, 9 * SIDE)]
        case Things(count, sort):
            found = [Mark(sort, (4 + 4 * at) * SIDE, (8 + at % 3) * SIDE) for at in range(count)]
        case _:
            found = []
    return tuple(found)


def marks_of_lamps(scene):
    found = []
    for number, lamp in enumerate(scene.lamps):
        x, y = (5, 3 + 5 * number) if scene.upright else (3 + 6 * number, 10)
        found.append(Mark(f"lamp {lamp.color or OFF}", x * SIDE, y * SIDE))
        if lamp.label:
            across, down = (4, 0) if scene.upright else (0, 3)
            found.append(Mark(f"label {lamp.label}", (x + across) * SIDE, (y + down) * SIDE))
    return found


def maps_of(lesson):
    heat = lesson.heat.clamp(1e-4, 1 - 1e-4)
    count, _, high, wide = heat.shape
    signs = torch.zeros(count, len(SIGNS), high, wide)
    percents = torch.zeros(count, len(PERCENTS), high, wide)
    for (which, row, column), sign, percent in zip(
        lesson.at.tolist(), lesson.signs.tolist(), lesson.percents.tolist(), strict=True
    ):
        if sign != NONE:
            signs[which, sign, row, column] = 5
        if percent != NONE:
            percents[which, percent, row, column] = 5
    offsets = torch.zeros(count, 2, high, wide)
    which, row, column = lesson.at.T
    offsets[which, :, row, column] = lesson.offsets
    kinds = torch.nn.functional.one_hot(lesson.kinds, len(KINDS)).float()
    return EyeMaps(torch.logit(heat), signs, percents, offsets, kinds)


def padding(maps):
    room = (0, CELLS - maps.shape[3], 0, CELLS - maps.shape[2])
    return torch.nn.functional.pad(maps, room)


def padded(maps):
    return EyeMaps(
        padding(maps.things),
        padding(maps.signs),
        padding(maps.percents),
        padding(maps.offsets),
        maps.kinds,
    )


def test_maps_that_show_nothing_are_read_as_words_too(tokenizer):
    words = EyeWords(tokenizer.encode, CELLS, SOFT_TOKENS)
    inside = torch.ones(len(KINDS), 1, CELLS, CELLS)
    nothing = [
        torch.zeros(len(KINDS), count, CELLS, CELLS) for count in (len(SIGNS), len(PERCENTS), 2)
    ]
    things = torch.full((len(KINDS), len(CLASSES), CELLS, CELLS), -9.0)
    found = words(EyeMaps(things, *nothing, torch.eye(len(KINDS))), inside)
    said = [tokenizer.decode([int(token) for token in row if token]) for row in found]
    assert said[KINDS.index("things")] == "one box"
    assert said[KINDS.index("gauge")] == "gauge 0 percent"
    assert said[KINDS.index("room dark")] == "room dark"
    assert found.max() < len(tokenizer)


@pytest.mark.parametrize(("height", "width"), [(336, 432), (288, 528), (432, 336), (384, 384)])
def test_patches_in_any_order_make_the_picture_at_half_its_size(tokenizer, height, width):
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
    patches = cut_into_patches(pixels, SOFT_TOKENS)
    order = rng.permutation(len(patches.values))
    images, positions = np.zeros((1, 630, 768), np.float32), np.full((1, 630, 2), -1, np.int32)
    images[0, : len(order)], positions[0, : len(order)] = (
        patches.values[order],
        patches.positions[order],
    )
    shown = []

    class Looking(Eyes):
        def forward(self, pictures, inside):
            shown.append((pictures, inside))
            return super().forward(pictures, inside)

    seeing = SeeingWords(Looking().eval(), tokenizer).eval()
    with torch.no_grad():
        found = seeing(torch.from_numpy(images), torch.from_numpy(positions))
    (picture, inside), fours = shown[0], pixels.reshape(height // 2, 2, width // 2, 2, 3)
    seen = 128 * picture[0].permute(1, 2, 0).numpy() + 127
    assert np.allclose(seen[: height // 2, : width // 2], fours.mean((1, 3)), atol=0.01)
    assert inside.sum() == height * width / SIDE**2
    assert not picture[0, :, height // 2 :].any()
    assert not picture[0, :, :, width // 2 :].any()
    assert int(found["mask"].sum()) == patches.tokens
    assert found["features"].shape == (1, SOFT_TOKENS, 1)
