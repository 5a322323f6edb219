"""Turns in which the model is shown pictures, which stand in the prompt as words.

The eyes write down what they see (`scene_words`); the decoder learns to read that in the places of
a picture's soft tokens. What is seen is drawn at random, and so is what is asked of it.
"""

import random
from collections.abc import Sequence

from edge_agent.eyes import SYSTEM_PROMPT
from edge_agent.home.types import Device
from edge_agent.model.image_patches import soft_tokens
from tools.nano.picture_questions import ask, ask_of_clip, draw_clip, make_condition
from tools.nano.picture_wordings import training_wordings
from tools.nano.prompts import render
from tools.nano.requests import Request, Style, as_prompted, ask_for
from tools.nano.scene_words import describe
from tools.nano.scenes import Scene, SceneKind, draw_scene
from tools.nano.sentences import Sentences
from tools.nano.turns import Lesson, Turn, TurnWriter, action_of, typed_style

SOFT_TOKENS = 70
"""How many soft tokens a picture may take."""
SHAPES = ((3, 4), (9, 16), (1, 1), (4, 3), (2, 3), (16, 9))
"""Height and width of pictures, in proportion."""

_SHAPE_WEIGHTS = (50, 20, 8, 8, 8, 6)
_KIND_WEIGHTS = {
    SceneKind.LAMPS: 13, SceneKind.LABELLED_LAMPS: 10, SceneKind.GAUGE: 18, SceneKind.BAR: 17,
    SceneKind.DISPLAY: 17, SceneKind.DOOR: 3, SceneKind.ROOM: 3, SceneKind.THINGS: 15,
    SceneKind.NOTHING: 4,
}  # fmt: skip
_UNIT = 120
_TRIES = 20
_NARROW = 0.8
"""The share of turns whose pictures take no more tokens than their words: these cost less."""
_CLIPS = 0.25
_FRAMES, _FRAME_WEIGHTS = (2, 3, 4, 5, 6, 8, 10), (15, 20, 20, 15, 15, 10, 5)
_STEPS = (1, 1, 1, 2, 3, 5)
"""How many seconds lie between the frames of clips."""
_WHETHER = 0.8
"""Of questions about one thing, the share of claims: to compare numbers is what takes longest."""
_CONDITIONS, _UNLESS = 0.7, 0.3
"""Beside a home, the share of turns in which something is to be done if the picture shows it, and
of these the share in which it is to be done unless it does: to tell these apart takes longest."""


class PictureLessons:
    """Draws turns about pictures."""

    def __init__(
        self,
        writer: TurnWriter,
        style: Style,
        chance: random.Random,
        wordings: Sentences | None = None,
    ) -> None:
        """Draw by `chance`; what is to be done is asked in `style`, of pictures in `wordings`."""
        self._write, self._style, self._chance = writer, style, chance
        self._wordings = training_wordings() if wordings is None else wordings

    def draw(self, turns: int) -> Lesson:
        """Draw the prompt of the eyes, without a home, and questions about pictures and clips."""
        prompt = self._write.tokens(render([{"role": "system", "content": SYSTEM_PROMPT}], []))
        return Lesson(prompt, tuple(self._of_eyes() for _ in range(turns)))

    def turn_at_home(self, home: Sequence[Device]) -> Turn:
        """Draw a turn for a home's prompt: do something if the picture shows it, or a question."""
        if self._chance.random() < _CONDITIONS:
            return self._conditional(home)
        return self._question()

    def _of_eyes(self) -> Turn:
        if self._chance.random() < _CLIPS:
            return self._of_clip()
        return self._question()

    def _question(self) -> Turn:
        scene = draw_scene(self._kind(), self._chance)
        asked = ask(scene, self._wordings, self._chance, whether=_WHETHER)
        return self._shown([scene], asked.said, asked.answer, asked.thought)

    def _conditional(self, home: Sequence[Device]) -> Turn:
        scene = draw_scene(self._kind(), self._chance)
        found = make_condition(scene, self._wordings, self._chance, unless=_UNLESS)
        done = self._something_to_do(home)
        said = found.said.replace("{do}", done.text.rstrip(".?! "))
        calls = [as_prompted(call) for call in done.calls]
        reply = action_of(calls) if found.holds else found.otherwise
        return self._shown([scene], said, reply, found.thought)

    def _something_to_do(self, home: Sequence[Device]) -> Request:
        """Ask something of a device of `home` that is no question."""
        for _ in range(_TRIES):
            done = ask_for((self._chance.choice(home),), self._style, self._chance, digits=True)
            if done.calls[0].name != "get_state":
                return done
        return done

    def _of_clip(self) -> Turn:
        kind = self._kind()
        while kind is SceneKind.NOTHING:
            kind = self._kind()
        frames = self._chance.choices(_FRAMES, _FRAME_WEIGHTS)[0]
        clip = draw_clip(kind, frames, self._chance, step=self._chance.choice(_STEPS))
        asked = ask_of_clip(clip, self._wordings, self._chance)
        scenes = [scene for _, scene in clip.frames]
        times = [at for at, _ in clip.frames]
        return self._shown(scenes, asked.said, asked.answer, asked.thought, times)

    def _shown(
        self,
        scenes: Sequence[Scene],
        said: str,
        reply: str,
        thought: str,
        times: Sequence[int] = (),
    ) -> Turn:
        height, width = self._chance.choices(SHAPES, _SHAPE_WEIGHTS)[0]
        narrow = self._chance.random() < _NARROW
        room = None if narrow else soft_tokens(height * _UNIT, width * _UNIT, SOFT_TOKENS)
        pictures = [self._write.picture(describe(scene), room) for scene in scenes]
        said = typed_style(said, self._chance).lower()
        reply = (thought and self._write.thought(thought)) + reply
        return self._write.shown(pictures, said, reply, times)

    def _kind(self) -> SceneKind:
        return self._chance.choices(list(_KIND_WEIGHTS), list(_KIND_WEIGHTS.values()))[0]
