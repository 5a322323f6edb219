"""The test of the eyes: pictures of scenes, drawn with held-out props, and what is asked of them.

The questions are worded otherwise than in training, the homes have held-out names.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.home.types import Device
from edge_agent.model.types import ToolCall
from tools.nano.drawing.picture import draw_picture
from tools.nano.drawing.props import load_props
from tools.nano.homes import fill_home
from tools.nano.names import HELD_OUT
from tools.nano.picture_questions import ask, ask_of_clip, draw_clip, make_condition
from tools.nano.picture_wordings import held_out_wordings
from tools.nano.requests import PLAIN_TEST, ask_for
from tools.nano.scene_words import near_enough
from tools.nano.scenes import Scene, SceneKind, draw_scene

SIZES = ((480, 640), (720, 1280), (600, 600), (640, 480))
"""Height and width of the pictures."""

_SEED = 211
_A_KIND, _CONDITIONS, _CLIPS = 30, 60, 60
_DEVICES = 6
_NOT_OF_CLIPS = (SceneKind.NOTHING,)

Frames = tuple[tuple[int, NDArray[np.uint8]], ...]
"""Pictures, uint8 [height, width, 3], with their seconds."""


@dataclass(frozen=True, eq=False)
class PictureCase:
    """What is shown and said, and what is right: these calls, or one of the answers.

    More than one frame is a clip. `row` is what the case counts for. It is asked in a `home`, or
    of the eyes alone.
    """

    row: str
    frames: Frames
    home: tuple[Device, ...]
    said: str
    calls: tuple[ToolCall, ...]
    answers: frozenset[str]


def picture_cases() -> Iterator[PictureCase]:
    """Draw the cases of the test, the same every time."""
    chance = random.Random(_SEED)
    draw = _Drawing(chance)
    for kind in SceneKind:
        for _ in range(_A_KIND):
            scene = draw_scene(kind, chance)
            asked = ask(scene, held_out_wordings(), chance)
            answers = near_enough(asked.answer)
            yield PictureCase(f"a picture of {kind}", draw.one(scene), (), asked.said, (), answers)
    for _ in range(_CONDITIONS):
        yield _conditional(draw, chance)
    for _ in range(_CLIPS):
        kind = chance.choice([kind for kind in SceneKind if kind not in _NOT_OF_CLIPS])
        clip = draw_clip(kind, chance.randint(3, 6), chance)
        asked = ask_of_clip(clip, held_out_wordings(), chance)
        answers = near_enough(asked.answer)
        yield PictureCase("a clip", draw.clip(clip.frames), (), asked.said, (), answers)


def _conditional(draw: "_Drawing", chance: random.Random) -> PictureCase:
    home = tuple(fill_home([], _DEVICES, HELD_OUT, chance))
    scene = draw_scene(chance.choice(list(SceneKind)), chance)
    condition = make_condition(scene, held_out_wordings(), chance)
    done = ask_for((chance.choice(home),), PLAIN_TEST, chance, digits=True)
    while done.calls[0].name == "get_state":
        done = ask_for((chance.choice(home),), PLAIN_TEST, chance, digits=True)
    said = condition.said.replace("{do}", done.text.rstrip(".?!"))
    holds = condition.holds
    return PictureCase(
        f"something to do if it shows something, which it {'does' if holds else 'does not'}",
        draw.one(scene),
        home,
        said,
        done.calls if holds else (),
        frozenset() if holds else near_enough(condition.otherwise),
    )


class _Drawing:
    """Draws frames with held-out props."""

    def __init__(self, chance: random.Random) -> None:
        self._props, self._chance = load_props(held_out=True), chance

    def one(self, scene: Scene) -> Frames:
        height, width = self._chance.choice(SIZES)
        return ((0, draw_picture(scene, width, height, self._props, self._chance).pixels),)

    def clip(self, frames: tuple[tuple[int, Scene], ...]) -> Frames:
        """Draw frames that look alike but for what changes."""
        height, width = self._chance.choice(SIZES)
        look = self._chance.getrandbits(32)
        return tuple(
            (at, draw_picture(scene, width, height, self._props, random.Random(look)).pixels)
            for at, scene in frames
        )
