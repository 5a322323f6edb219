from pathlib import Path

import numpy as np
import pytest

from edge_agent.model.errors import AudioError
from edge_agent.model.loaded_model import EngineOptions, load_model
from edge_agent.model.mel import log_mel

PLAIN = Path(__file__).parent.parent / "models" / "plain.litertlm"
RATE = 16_000


@pytest.fixture(scope="module")
def model():
    loaded = load_model(PLAIN, EngineOptions(threads=2))
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def ears(model):
    assert model.ears is not None
    return model.ears


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.1, int(seconds * RATE)).astype(np.float32)


@pytest.mark.parametrize(("seconds", "tokens"), [(1, 25), (8.16, 204), (8.4, 210), (20, 500)])
def test_a_token_is_40_ms(ears, seconds: float, tokens: int) -> None:
    embeddings = ears.hear(noise(seconds)).embeddings
    assert abs(len(embeddings) - tokens) <= 1
    assert embeddings.dtype == np.float32
    assert embeddings.shape[1] == ears.width
    assert np.isfinite(embeddings).all()


def test_long_sound_is_its_windows_one_after_the_other(ears) -> None:
    frames = log_mel(noise(10))
    whole = ears.hear_frames(frames).embeddings
    parts = np.concatenate(
        [ears.hear_frames(frames[:816]).embeddings, ears.hear_frames(frames[816:]).embeddings]
    )
    assert np.array_equal(whole, parts)


def test_the_same_sound_is_heard_the_same_after_another(ears) -> None:
    short = noise(1)
    before = ears.hear(short).embeddings
    ears.hear(noise(8))
    assert np.array_equal(ears.hear(short).embeddings, before)


def test_sound_beyond_30_s_is_refused(ears) -> None:
    with pytest.raises(AudioError, match="30 s at most"):
        ears.hear(noise(31))


@pytest.mark.parametrize("samples", [0, 1, 100])
def test_next_to_no_sound_gives_no_tokens(ears, samples: int) -> None:
    assert ears.hear(np.zeros(samples, np.float32)).embeddings.shape == (0, ears.width)


def test_the_end_of_a_sound_is_one_embedding(ears) -> None:
    assert ears.end is not None
    assert ears.end.shape == (1, ears.width)
    assert np.abs(ears.end).max() > 0
