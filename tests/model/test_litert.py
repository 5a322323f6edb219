import importlib.metadata
from pathlib import Path

import numpy as np
import pytest

from edge_agent.model import litert_library
from edge_agent.model.bundle import Bundle
from edge_agent.model.compiled_model import CancelFlag, CompiledModel, RunCancelledError, Tensor
from edge_agent.model.litert import Environment, Model, TensorSpec
from edge_agent.model.litert_library import LiteRtError

PLAIN = Path(__file__).parent.parent / "models" / "plain.litertlm"


def embedder_section():
    with Bundle.open(PLAIN) as bundle:
        return bundle.map(bundle.model("embedder"))


@pytest.fixture
def embedder():
    with (
        Environment() as environment,
        CompiledModel(environment, embedder_section(), threads=1) as compiled,
    ):
        yield compiled


def tensors(specs):
    return {spec.name: Tensor(spec) for spec in specs}


def test_a_model_reads_and_writes_numpy_memory(embedder: CompiledModel) -> None:
    signature = embedder.signatures["embedder"]
    inputs, outputs = tensors(signature.inputs), tensors(signature.outputs)
    bound = embedder.bind("embedder", inputs, outputs)
    rows = []
    for token in (5, 6, 5):
        inputs["token_ids"].array[...] = token
        bound.run()
        rows.append(outputs["embeddings"].array.copy())
    assert np.abs(rows[0]).max() > 0
    assert np.array_equal(rows[0], rows[2])
    assert not np.array_equal(rows[0], rows[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8, np.int32, np.bool_])
@pytest.mark.parametrize("shape", [(), (1,), (3, 5, 7), (1, 1, 128, 257)])
def test_tensors_are_aligned_zeros(dtype: type, shape: tuple[int, ...]) -> None:
    spec = TensorSpec("x", np.dtype(dtype), shape)
    with Tensor(spec) as tensor:
        assert tensor.array.ctypes.data % 64 == 0
        assert tensor.array.shape == shape
        assert tensor.array.dtype == dtype
        assert not tensor.array.any()


def test_a_dynamic_shape_is_refused() -> None:
    with pytest.raises(LiteRtError, match=r"x float32 \[1, -1\] has a dynamic"):
        Tensor(TensorSpec("x", np.dtype(np.float32), (1, -1)))


def test_a_tensor_of_another_shape_is_refused(embedder: CompiledModel) -> None:
    outputs = tensors(embedder.signatures["embedder"].outputs)
    wrong = Tensor(TensorSpec("token_ids", np.dtype(np.int32), (1, 2)))
    with pytest.raises(LiteRtError, match=r"needs token_ids int32 \[1, 1\], and got .*\[1, 2\]"):
        embedder.bind("embedder", {"token_ids": wrong}, outputs)
    with pytest.raises(LiteRtError, match="and got None"):
        embedder.bind("embedder", {}, outputs)


def test_a_set_flag_stops_a_run(embedder: CompiledModel) -> None:
    signature = embedder.signatures["embedder"]
    bound = embedder.bind("embedder", tensors(signature.inputs), tensors(signature.outputs))
    flag = CancelFlag()
    embedder.stop_on(flag)
    bound.run()
    flag.set()
    with pytest.raises(RunCancelledError, match="embedder was cancelled"):
        bound.run()
    flag.clear()
    bound.run()


@pytest.mark.parametrize("content", [bytes(100), b"LITERTLM" * 40, bytes(range(256)) * 10])
def test_what_is_no_model_is_told(content: bytes) -> None:
    with Environment() as environment, pytest.raises(LiteRtError):
        Model(environment, np.frombuffer(content, np.uint8))


def test_closing_twice_is_harmless() -> None:
    with Environment() as environment:
        model = CompiledModel(environment, embedder_section(), threads=1)
        model.close()
        model.close()


def test_another_version_of_litert_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "2.4.0")
    litert_library.library.cache_clear()
    try:
        with pytest.raises(LiteRtError, match=r"2\.4\.0 is installed, and this program drives 2\."):
            Environment()
    finally:
        litert_library.library.cache_clear()


def test_a_failed_run_says_why(embedder: CompiledModel, capfd: pytest.CaptureFixture[str]) -> None:
    signature = embedder.signatures["embedder"]
    inputs, outputs = tensors(signature.inputs), tensors(signature.outputs)
    bound = embedder.bind("embedder", inputs, outputs)
    inputs["token_ids"].array[...] = 100_000_000
    with pytest.raises(LiteRtError, match=r"embedder failed.*index out of bounds"):
        bound.run()
    inputs["token_ids"].array[...] = 5
    bound.run()
    assert "ERROR" not in capfd.readouterr().err
