"""What is said of pictures and clips equals what LiteRT-LM says, token by token."""

from pathlib import Path

import numpy as np
import pytest
from litert_lm_judge import open_litert_lm
from litert_lm_pixels import litert_lm_resized
from numpy.typing import NDArray
from pictures import picture
from PIL import Image as Pillow

from edge_agent.model.engine import Engine
from edge_agent.model.generation import Generation
from edge_agent.model.grammar import Thought
from edge_agent.model.image_patches import fitted_size, patches_of, resized
from edge_agent.model.loaded_model import EngineOptions, LoadedModel, load_model
from edge_agent.model.media_places import time_stamp
from edge_agent.model.prompt import Prompt
from edge_agent.model.session import TurnOptions
from edge_agent.model.stop_tokens import stop_ids
from edge_agent.model.types import Clip, Image

SEEING = Path(__file__).parent.parent / "models" / "seeing.litertlm"
CONTEXT = 2048
OPTIONS = EngineOptions(context=CONTEXT, threads=2, audio=False)
REPLY = 40
ASKED = "What do you see?"
PICTURES = (
    ("slopes", 336, 500, 70),
    ("noise", 480, 640, 70),
    ("red", 480, 640, 140),
    ("board", 300, 300, 280),
    ("lamp", 720, 1280, 70),
    ("slopes", 900, 600, 140),
    ("board", 200, 640, 70),
)
"""What they show, height, width, and the soft tokens that they may take."""


def saved(pixels: NDArray[np.uint8], path: Path) -> Path:
    Pillow.fromarray(pixels).save(path)
    return path


def test_pictures_are_answered_with_the_same_tokens(tmp_path: Path) -> None:
    """With LiteRT-LM's way of making pictures smaller in the place of ours, the reference's."""
    model = load_model(SEEING, OPTIONS)
    replies = set()
    with Engine(model), open_litert_lm(SEEING, tmp_path, CONTEXT, vision=True) as judge:
        for number, (kind, height, width, budget) in enumerate(PICTURES):
            pixels = picture(kind, height, width)
            file = saved(pixels, tmp_path / f"{number}.png")
            layout, theirs = judge.look([file, ASKED], REPLY, budget)
            made = litert_lm_resized(pixels, *fitted_size(height, width, budget))
            reply = answer_of(model, layout, made)
            assert model.tokenizer.decode(reply) == theirs
            replies.add(tuple(reply))
    assert len(replies) == len(PICTURES)


def test_a_session_sees_what_litert_lm_sees(tmp_path: Path) -> None:
    """Pictures that need no other size go the whole way: alone, together, and as clips."""
    plain = [ready(kind, 480, 640, 70, seed) for seed, kind in enumerate(("lamp", "board"))]
    short = [ready("lamp", 480, 640, 70, seed) for seed in range(5)]
    wide = [ready(kind, 360, 640, 70, n) for n in range(6) for kind in ("slopes", "lamp")]
    with (
        Engine.open(SEEING, OPTIONS) as engine,
        open_litert_lm(SEEING, tmp_path, CONTEXT, vision=True) as judge,
    ):
        session = engine.session()

        def ours(*parts) -> str:
            options = TurnOptions(budget=REPLY, thought=Thought.NONE)
            tokens = session.turn([*parts, ASKED], options).tokens
            return engine._model.tokenizer.decode(tokens)

        def theirs(*content) -> str:
            files = [
                part if isinstance(part, str) else saved(part, tmp_path / f"{place}.png")
                for place, part in enumerate(content)
            ]
            return judge.look([*files, ASKED], REPLY, 70)[1]

        replies = [ours(Image(pixels, 70)) for pixels in plain]
        assert replies == [theirs(pixels) for pixels in plain]
        replies.append(ours(*(Image(pixels, 70) for pixels in plain)))
        assert replies[-1] == theirs(*plain)
        for frames, first in ((short, 0), (wide, 55)):
            clip = Clip(tuple((float(first + n), Image(it, 70)) for n, it in enumerate(frames)))
            content = []
            for number, pixels in enumerate(frames):
                content += [f"{' ' if number else ''}{time_stamp(first + number)} ", pixels]
            replies.append(ours(clip))
            assert replies[-1] == theirs(*content)
        assert len(set(replies)) == 5


def test_ways_of_making_smaller_differ_where_light_meets_dark() -> None:
    one_color = picture("red", 480, 640)
    assert np.array_equal(resized(one_color, 336, 432), litert_lm_resized(one_color, 336, 432))
    for kind in ("slopes", "board", "noise", "lamp"):
        pixels = picture(kind, 480, 640)
        ours, theirs = resized(pixels, 336, 432), litert_lm_resized(pixels, 336, 432)
        assert 40 < np.abs(ours.astype(int) - theirs).max() < 80


@pytest.mark.parametrize(("seconds", "stamp"), [(0, "00:00"), (59.9, "00:59"), (61, "01:01")])
def test_times_are_minutes_and_seconds(seconds: float, stamp: str) -> None:
    assert time_stamp(seconds) == stamp


def ready(kind: str, height: int, width: int, budget: int, seed: int) -> NDArray[np.uint8]:
    """Return a picture of the size that is wanted for `budget`: nobody makes it smaller again."""
    size = fitted_size(height, width, budget)
    assert fitted_size(*size, budget) == size
    return picture(kind, *size, seed)


def answer_of(model: LoadedModel, layout: str, pixels: NDArray[np.uint8]) -> list[int]:
    """Continue `layout` greedily, with a picture of the right size at its placeholder."""
    before, after = layout.split("<|image|>")
    eyes, tokenizer = model.eyes, model.tokenizer
    prompt = (
        Prompt.of_ids(tokenizer.encode(f"<bos>{before}<|image>", special=True))
        + Prompt((eyes.encode_patches(patches_of(pixels)), eyes.end))
        + Prompt.of_ids(tokenizer.encode(after, special=True))
    )
    model.decoder.cache.rewind(0)
    stops = stop_ids(model.metadata, tokenizer)
    generation = Generation(model.decoder, lambda logits, _: int(logits.argmax()), None, stops)
    for _ in generation.run(prompt, REPLY):
        pass
    return generation.tokens
