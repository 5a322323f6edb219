"""A picture stands in a turn where the runtime puts it, in as many tokens as it takes there."""

import random

import numpy as np
import pytest

pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

from edge_agent.eyes import SYSTEM_PROMPT
from edge_agent.model.image_patches import soft_tokens
from edge_agent.model.media_places import fill_places
from edge_agent.model.types import Clip, Image
from tools.export.gemma4_tokenizer import train_tokenizer
from tools.nano.batch import lay_out
from tools.nano.homes import fill_home
from tools.nano.lessons import Lesson
from tools.nano.names import TRAINING as WORDS
from tools.nano.picture_lessons import SHAPES, SOFT_TOKENS, PictureLessons
from tools.nano.prompts import chat_template, render
from tools.nano.requests import TRAINING
from tools.nano.scene_words import describe
from tools.nano.scenes import SceneKind, draw_scene
from tools.nano.turns import Turn, TurnWriter


@pytest.fixture(scope="module")
def tokenizer():
    chance = random.Random(8)
    corpus = [describe(draw_scene(kind, chance)) for kind in SceneKind for _ in range(200)]
    return train_tokenizer(corpus, 400, chat_template())


def test_frames_stand_where_the_chat_template_and_the_runtime_put_them(tokenizer):
    writer = TurnWriter(tokenizer)
    pictures = [writer.picture(words, 20) for words in ("lamp off", "lamp red")]
    turn = writer.shown(pictures, "when did it turn red?", "At 00:07.", (0, 7))
    image = Image(np.zeros((60, 80, 3), np.uint8))
    said = [Clip(((0.0, image), (7.0, image))), "when did it turn red?"]
    content = [{"type": "image"}, {"type": "text", "text": said[1]}]
    messages = [{"role": "system", "content": SYSTEM_PROMPT}]
    start = render(messages, [])
    asked = [*messages, {"role": "user", "content": content}]
    whole = render(asked, [], add_generation_prompt=True).removeprefix(start)
    expected, media = [], []
    shown = iter(pictures)
    for piece in fill_places(whole, said):
        if isinstance(piece, str):
            expected += writer.tokens(piece)
        else:
            expected += writer.tokens("<|image>")
            media.append(range(len(expected), len(expected) + 20))
            expected += [*next(shown), *writer.tokens("<image|>")]
    assert list(turn.before) == expected
    assert list(turn.media) == media


def test_what_is_seen_is_read_by_its_embeddings_alone(tokenizer):
    writer = TurnWriter(tokenizer)
    turn = writer.shown([writer.picture("lamp red", 20)], "is it on?", "Yes.")
    batch = lay_out([Lesson(writer.tokens("<bos>"), (turn,))])
    (seen,) = turn.media
    first = 1 + seen.start
    words = writer.tokens("lamp red")
    assert batch.token_ids[first : first + len(words)].tolist() == list(words)
    assert batch.layer_ids[first : first + 20].tolist() == [0] * 20
    elsewhere = torch.ones(len(batch.token_ids), dtype=torch.bool)
    elsewhere[first : first + 20] = False
    assert torch.equal(batch.layer_ids[elsewhere], batch.token_ids[elsewhere])


def test_words_that_a_picture_has_no_room_for_are_refused(tokenizer):
    with pytest.raises(ValueError, match="the picture 3"):
        TurnWriter(tokenizer).picture("left lamp red, right lamp off", 3)


def test_turns_about_pictures_are_whole(tokenizer):
    chance = random.Random(3)
    lessons = PictureLessons(TurnWriter(tokenizer), TRAINING, chance)
    home = fill_home([], 6, WORDS, chance)
    turns = [*lessons.draw(150).turns, *(lessons.turn_at_home(home) for _ in range(150))]
    rooms = {soft_tokens(height * 48, width * 48, SOFT_TOKENS) for height, width in SHAPES}
    filled_up = [turn for turn in turns if _is_filled_up(turn, turn.media[0])]
    assert 30 < len(filled_up) < 100
    for turn in turns:
        if turn in filled_up:
            assert {len(places) for places in turn.media} <= rooms
            assert all(_is_filled_up(turn, places) for places in turn.media)
        else:
            assert not any(turn.before[at] == 0 for places in turn.media for at in places)
        assert tokenizer.decode(turn.reply).endswith("<turn|>")
    called = ["<|tool_call>" in tokenizer.decode(turn.reply) for turn in turns[150:]]
    assert 20 < sum(called) < 100
    assert not any("<|tool_call>" in tokenizer.decode(turn.reply) for turn in turns[:150])


def _is_filled_up(turn: Turn, places: range) -> bool:
    """Tell whether words come first, and then nothing but token 0."""
    tokens = [turn.before[at] for at in places]
    words = tokens.index(0) if 0 in tokens else 0
    return words > 0 and not any(tokens[words:])
