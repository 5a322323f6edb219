from pathlib import Path

import numpy as np
import pytest

from edge_agent.model.compiled_model import CancelFlag, RunCancelledError
from edge_agent.model.errors import ModelError
from edge_agent.model.loaded_model import EngineOptions, LoadedModel, load_model
from edge_agent.model.prompt import Prompt

MODELS = Path(__file__).parent.parent / "models"
CONTEXT = 256
IDS = [2, *np.random.default_rng(5).integers(30, 500, 199).tolist()]


@pytest.fixture(scope="module", params=["plain", "published"])
def model(request: pytest.FixtureRequest):
    options = EngineOptions(context=CONTEXT, threads=2, audio=False)
    loaded = load_model(MODELS / f"{request.param}.litertlm", options)
    yield loaded
    loaded.close()


@pytest.fixture
def decoder(model: LoadedModel):
    model.decoder.cache.rewind(0)
    return model.decoder


def test_the_context_is_the_users_where_the_file_leaves_it_open(model: LoadedModel) -> None:
    fixed = model.path.name == "plain.litertlm"
    assert model.decoder.cache.context == (1024 if fixed else CONTEXT)


def test_a_prompt_gives_the_same_logits_however_it_is_cut(decoder) -> None:
    whole = decoder.feed(Prompt.of_ids(IDS)).copy()
    for cuts in ([1], [100], [16, 17, 50], list(range(1, 200))):
        decoder.cache.rewind(0)
        pieces = np.split(np.array(IDS, np.int32), cuts)
        logits = [decoder.feed(Prompt.of_ids(piece)).copy() for piece in pieces][-1]
        assert decoder.cache.length == len(IDS)
        assert np.abs(logits - whole).max() < 0.02 * np.abs(whole).max()
        assert logits.argmax() == whole.argmax()


def test_what_was_before_a_rewind_is_forgotten(decoder) -> None:
    fresh = decoder.feed(Prompt.of_ids(IDS[:20])).copy()
    decoder.prefill(Prompt.of_ids(reversed(IDS[:100])))
    decoder.cache.rewind(0)
    assert np.array_equal(decoder.feed(Prompt.of_ids(IDS[:20])), fresh)


def test_restored_rows_go_on_as_before(decoder) -> None:
    decoder.prefill(Prompt.of_ids(IDS[:50]))
    saved = decoder.cache.save()
    there = decoder.feed(Prompt.of_ids(IDS[50:60])).copy()
    decoder.cache.rewind(0)
    decoder.prefill(Prompt.of_ids(IDS[100:180]))
    decoder.cache.restore(saved)
    assert np.array_equal(decoder.feed(Prompt.of_ids(IDS[50:60])), there)


def test_soft_tokens_stand_where_ids_could(model: LoadedModel, decoder) -> None:
    width = decoder.layout.steps[0].embeddings.shape[-1]
    soft = np.random.default_rng(1).normal(size=(40, width)).astype(np.float32)
    prompt = Prompt.of_ids(IDS[:10]) + Prompt((soft,)) + Prompt.of_ids(IDS[10:20])
    assert len(prompt) == 60
    heard = decoder.feed(prompt).copy()
    decoder.cache.rewind(0)
    other = Prompt.of_ids(IDS[:10]) + Prompt((-soft,)) + Prompt.of_ids(IDS[10:20])
    assert not np.allclose(decoder.feed(other), heard, atol=1e-3)


def test_the_context_can_be_filled_to_its_last_position(decoder) -> None:
    decoder.prefill(Prompt.of_ids([7] * (decoder.cache.context - 3)))
    assert len(decoder.feed(Prompt.of_ids([8, 9, 10]))) == decoder.layout.vocabulary
    assert decoder.cache.room == 0
    with pytest.raises(ModelError, match="too long: 1 tokens come in, and 0 of the context"):
        decoder.feed(Prompt.of_ids([1]))


def test_a_set_flag_stops_a_prefill(decoder) -> None:
    flag = CancelFlag()
    decoder.stop_on(flag)
    flag.set()
    with pytest.raises(RunCancelledError):
        decoder.prefill(Prompt.of_ids(IDS))
    assert decoder.cache.length == 0
    flag.clear()
    decoder.prefill(Prompt.of_ids(IDS))
