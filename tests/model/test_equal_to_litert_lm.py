"""Greedy tokens equal those of LiteRT-LM on the same files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from litert_lm_judge import open_litert_lm
from litert_lm_mel import litert_lm_log_mel
from numpy.typing import NDArray
from sentencepiece_twin import write_sentencepiece_twin

from edge_agent.model.engine import Engine
from edge_agent.model.generation import Generation
from edge_agent.model.loaded_model import EngineOptions, LoadedModel, load_model
from edge_agent.model.mel import SAMPLE_RATE, log_mel
from edge_agent.model.prompt import Prompt
from edge_agent.model.stop_tokens import stop_ids
from edge_agent.model.tokenizer import Tokenizer

MODELS = Path(__file__).parent.parent / "models"
CLIPS = sorted((Path(__file__).parent.parent / "audio").glob("*.wav"))
CONTEXT = 1024
OPTIONS = EngineOptions(context=CONTEXT, threads=2)
REPLY = 40
BOS = "<bos>"
LENGTHS = (
    5, 6, 8, 12, 15, 16, 17, 18, 31, 33, 40, 63, 64, 65,
    97, 127, 128, 129, 130, 160, 200, 255, 257, 290, 300,
)  # fmt: skip
STORY = (
    "Please turn on the kitchen lamp at seven, because it is cold outside. Could you ask the old "
    'radio: "is 40 percent enough?" Größe, señor, 日本 and ☃ are not in the vocabulary. Set the '
    "bedroom heater to 21 degrees before the guests arrive and the music begins;\n\tlock the front "
    "door, unless somebody is still reading there. call:set_brightness{device:hall light} "
)


def prompt_of(length: int, tokenizer: Tokenizer) -> str:
    """Return a text that is `length` tokens long with `<bos>`, each begun at another place."""
    ids = tokenizer.encode(STORY * 3, special=False)
    start = length % 40
    return tokenizer.decode(ids[start : start + length - 1])


@pytest.fixture(params=["plain", "published", "published, SentencePiece"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name, _, twin = request.param.partition(", ")
    source = MODELS / f"{name}.litertlm"
    if not twin:
        return source
    target = tmp_path / "twin.litertlm"
    write_sentencepiece_twin(source, target)
    return target


def test_text_goes_on_with_the_same_tokens(path: Path, tmp_path: Path) -> None:
    model = load_model(path, OPTIONS)
    tokenizer = model.tokenizer
    replies = []
    with Engine(model) as ours, open_litert_lm(path, tmp_path, CONTEXT) as judge:
        for length in LENGTHS:
            prompt = prompt_of(length, tokenizer)
            ids = tokenizer.encode(BOS + prompt, special=True)
            assert abs(len(ids) - length) < 4
            assert ids[1:] == judge.tokenize(prompt)
            reply = ours.complete(ids, budget=REPLY, stop_ids=stops_of(model))
            assert [tokenizer.decode([token]) for token in reply] == judge.go_on(prompt, REPLY)
            replies.append(tuple(reply))
    assert len(set(replies)) == len(LENGTHS)
    assert len({token for reply in replies for token in reply}) > 100


def test_sound_is_answered_with_the_same_tokens(tmp_path: Path) -> None:
    """With LiteRT-LM's mel filters in the place of ours, which follow transformers."""
    path = MODELS / "plain.litertlm"
    clips = [*CLIPS, long_clip(tmp_path / "long.wav")]
    model = load_model(path, OPTIONS)
    replies = set()
    with Engine(model), open_litert_lm(path, tmp_path, CONTEXT, audio=True) as judge:
        for clip in clips:
            layout, theirs = judge.answer(clip, "What was said?", REPLY)
            samples, _ = soundfile.read(clip, dtype="float32")
            reply = answer_of(model, layout, litert_lm_log_mel(samples))
            assert model.tokenizer.decode(reply) == theirs
            replies.add(tuple(reply))
    assert len(replies) == len(clips) >= 6


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.stem)
def test_mel_frames_are_close_to_those_of_litert_lm(clip: Path) -> None:
    samples, _ = soundfile.read(clip, dtype="float32")
    ours, theirs = log_mel(samples), litert_lm_log_mel(samples)
    assert 0 <= len(theirs) - len(ours) <= 1
    assert np.abs(ours - theirs[: len(ours)]).max() < 0.02


def stops_of(model: LoadedModel) -> tuple[int, ...]:
    return stop_ids(model.metadata, model.tokenizer)


def long_clip(target: Path) -> Path:
    """Join all clips into one that does not fit into one window of the encoder."""
    samples = np.concatenate([soundfile.read(clip, dtype="float32")[0] for clip in CLIPS])
    assert len(samples) > 8.16 * SAMPLE_RATE
    soundfile.write(target, samples, SAMPLE_RATE, subtype="PCM_16")
    return target


def answer_of(model: LoadedModel, layout: str, frames: NDArray[np.float32]) -> list[int]:
    """Continue `layout` greedily, with the sound of `frames` at its placeholder."""
    before, after = layout.split("<|audio|>")
    ears, tokenizer = model.ears, model.tokenizer
    prompt = (
        Prompt.of_ids(tokenizer.encode(f"{BOS}{before}<|audio>", special=True))
        + Prompt((ears.hear_frames(frames).embeddings, ears.end))
        + Prompt.of_ids(tokenizer.encode(after, special=True))
    )
    model.decoder.cache.rewind(0)
    generation = Generation(
        model.decoder, lambda logits, _: int(logits.argmax()), None, stops_of(model)
    )
    for _ in generation.run(prompt, REPLY):
        pass
    return generation.tokens
