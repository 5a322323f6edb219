from pathlib import Path

import numpy as np
import pytest
from exported_signatures import by_key
from pictures import picture

from edge_agent.model.bundle import Bundle
from edge_agent.model.cancellation import Cancellation
from edge_agent.model.compiled_model import CompiledModel, RunCancelledError
from edge_agent.model.embedding_cache import EmbeddingCache
from edge_agent.model.errors import ImageError, ModelFileError
from edge_agent.model.image_patches import cut_into_patches
from edge_agent.model.litert import Environment, Signature, TensorSpec
from edge_agent.model.loaded_model import EngineOptions, load_model
from edge_agent.model.vision_tower import VisionSections, VisionTower

MODELS = Path(__file__).parent.parent / "models"
SEEING = MODELS / "seeing.litertlm"
F32, I32 = np.dtype(np.float32), np.dtype(np.int32)


@pytest.fixture(scope="module")
def model():
    loaded = load_model(SEEING, EngineOptions(context=512, threads=2, audio=False))
    yield loaded
    loaded.close()


@pytest.fixture
def eyes():
    """Return eyes that have seen nothing yet."""
    with Bundle.open(SEEING) as bundle, Environment() as environment:
        compiled = [
            CompiledModel(environment, bundle.map(bundle.model(name)), threads=2)
            for name in ("vision_encoder", "vision_adapter", "end_of_vision")
        ]
        tower = VisionTower(VisionSections(*compiled))
        yield tower
        tower.close()
        for section in compiled:
            section.close()


@pytest.mark.parametrize(
    ("size", "budget", "tokens"),
    [((480, 640), 70, 63), ((480, 640), 140, 130), ((480, 640), 280, 266), ((48, 48), 70, 64)],
)
def test_a_token_is_48_pixels_square(model, size: tuple[int, int], budget: int, tokens: int):
    embeddings = model.eyes.encode(picture("lamp", *size), budget)
    assert embeddings.shape == (tokens, model.eyes.width)
    assert embeddings.dtype == np.float32
    assert np.isfinite(embeddings).all()
    assert embeddings.std(axis=0).max() > 0.01


def test_what_a_picture_may_take_is_read_from_the_file(model) -> None:
    assert model.eyes.budgets == (70, 140, 280)
    alone = model.eyes.encode(picture("lamp", 480, 640))
    assert np.array_equal(alone, model.eyes.encode(picture("lamp", 480, 640), 280))
    for budget in (281, -1):
        with pytest.raises(ImageError, match=f"cannot take {budget} tokens: .* 70, 140, 280"):
            model.eyes.encode(picture("lamp", 480, 640), budget)


def test_the_smallest_signature_that_holds_a_picture_runs(eyes) -> None:
    eyes.encode(picture("lamp", 480, 640), 70)
    eyes.encode(picture("slopes", 48, 3000), 140)  # 2 x 70 of 140
    made = {tokens for tokens, lens in eyes._lenses.items() if not isinstance(lens, tuple)}
    assert made == {70, 140}


def test_the_same_picture_is_seen_the_same_after_another(eyes) -> None:
    small = cut_into_patches(picture("lamp", 100, 30), 70)
    before = eyes.encode_patches(small)
    eyes.encode_patches(cut_into_patches(picture("noise", 480, 640), 70))
    assert np.array_equal(eyes.encode_patches(small), before)


def test_a_picture_is_encoded_once(eyes) -> None:
    first = eyes.encode(picture("lamp", 480, 640), 70)
    assert eyes.encode(picture("lamp", 480, 640).copy(), 70) is first
    assert eyes.encode(picture("lamp", 480, 640), 140) is not first
    assert eyes.encode(picture("lamp", 480, 640, seed=1), 70) is not first
    assert not first.flags.writeable


def test_the_end_of_a_picture_is_one_embedding(model) -> None:
    assert model.eyes.end.shape == (1, model.eyes.width)
    assert np.abs(model.eyes.end).max() > 0


def test_looking_is_broken_off(model) -> None:
    cancel = Cancellation()
    model.stop_on(cancel.flag)
    cancel.set()
    with pytest.raises(RunCancelledError):
        model.eyes.encode(picture("noise", 480, 640, seed=77), 280)
    cancel.clear()
    assert len(model.eyes.encode(picture("noise", 480, 640, seed=77), 280)) == 266


def test_a_file_without_eyes_has_none() -> None:
    for path, options in (
        (MODELS / "plain.litertlm", EngineOptions(threads=1)),
        (SEEING, EngineOptions(threads=1, context=512, vision=False, audio=False)),
    ):
        model = load_model(path, options)
        assert model.eyes is None
        model.close()


class Described:
    """A section of which only the signatures are known."""

    def __init__(self, *signatures: Signature) -> None:
        self.signatures = by_key(*signatures)


def encoder(tokens: int, key: str = "", patches: int = 0, names=("images", "positions_xy")):
    count = patches or 9 * tokens
    return Signature(
        key or f"vision_{tokens}",
        0,
        (TensorSpec(names[0], F32, (1, count, 768)), TensorSpec(names[1], I32, (1, count, 2))),
        (TensorSpec("features", F32, (1, tokens, 768)),),
    )


def adapter(tokens: int):
    return Signature(
        f"vision_adapter_{tokens}",
        0,
        (TensorSpec("soft_tokens", F32, (1, tokens, 768)),),
        (TensorSpec("mm_embedding", F32, (1, tokens, 1536)),),
    )


def test_the_published_signatures_are_understood() -> None:
    budgets = (70, 140, 280, 560, 1120)
    tower = VisionTower(
        VisionSections(Described(*map(encoder, budgets)), Described(*map(adapter, budgets)), None)
    )
    assert (tower.budgets, tower.width, tower.end) == (budgets, 1536, None)
    alone = VisionTower(VisionSections(Described(encoder(140)), Described(adapter(140)), None))
    assert alone.budgets == (70, 140)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (encoder(70, key="serving_default"), "a signature serving_default"),
        (encoder(280), "no adapter for 280 tokens"),
        (encoder(70, patches=70), r"images float32 \[1, 70, 768\] is not float32 \[1, 630, 768\]"),
        (encoder(70, names=("pixels", "positions_xy")), "has no tensor images"),
        (encoder(70, names=("images", "places")), "has no tensor positions_xy"),
    ],
)
def test_what_is_not_understood_is_refused(given: Signature, complaint: str) -> None:
    with pytest.raises(ModelFileError, match=complaint):
        VisionTower(VisionSections(Described(given), Described(adapter(70)), None))


def test_the_cache_keeps_what_was_used_last() -> None:
    cache = EmbeddingCache(bytes_at_most=3000)
    for name in (b"a", b"b", b"c"):
        cache.put(name, np.zeros((10, 25), np.float32))
    assert cache.get(b"a") is not None
    cache.put(b"d", np.zeros((10, 25), np.float32))
    assert [cache.get(name) is not None for name in (b"a", b"b", b"c", b"d")] == [
        True, False, True, True,
    ]  # fmt: skip
    cache.put(b"a", np.zeros((20, 25), np.float32))
    assert len(cache) == 2
    cache.put(b"large", np.zeros((100, 100), np.float32))
    assert len(cache) == 1
    assert cache.get(b"large") is not None
