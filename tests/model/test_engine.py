from pathlib import Path

import numpy as np
import pytest
from containers import Part, copy, model, write
from litert_lm_builder.runtime.proto import llm_metadata_pb2

from edge_agent.model import Audio, AudioError, Engine, EngineOptions, ModelError, ModelFileError
from edge_agent.model.bundle import Bundle

PLAIN = Path(__file__).parent.parent / "models" / "plain.litertlm"
EARS = ("audio_encoder_hw", "audio_adapter", "end_of_audio")
METADATA, TOKENIZER = "5", "6"


@pytest.fixture(scope="module")
def plain():
    with Bundle.open(PLAIN) as bundle:
        yield bundle


def opened(path: Path) -> Engine:
    return Engine.open(path, EngineOptions(threads=1))


def test_a_copy_section_by_section_is_the_same_model(plain: Bundle, tmp_path: Path) -> None:
    ids = [2, 40, 50, 60]
    with opened(PLAIN) as one, opened(copy(plain, tmp_path / "copy.litertlm")) as other:
        assert one.complete(ids, budget=10) == other.complete(ids, budget=10)
        assert one.context == other.context
        assert one.can_hear


@pytest.mark.parametrize(
    ("missing", "complaint"),
    [
        ("prefill_decode", "no section prefill_decode"),
        ("embedder", "embeddings .* the file has no embedder"),
        ("per_layer_embedder", "per_layer_embeddings .* the file has no per_layer_embedder"),
        (METADATA, "no section of metadata"),
        (TOKENIZER, "no tokenizer"),
    ],
)
def test_a_missing_section_is_told(
    plain: Bundle, tmp_path: Path, missing: str, complaint: str
) -> None:
    path = copy(plain, tmp_path / "m.litertlm", without=(missing,))
    with pytest.raises(ModelFileError, match=complaint) as caught:
        opened(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("section", ["prefill_decode", "embedder", "audio_adapter", TOKENIZER])
@pytest.mark.parametrize("content", [b"nonsense" * 100, bytes(4096)])
def test_a_section_of_nonsense_is_told(
    plain: Bundle, tmp_path: Path, section: str, content: bytes
) -> None:
    path = copy(plain, tmp_path / "m.litertlm", replacing={section: content})
    with pytest.raises(ModelFileError):
        opened(path)


def test_sections_that_do_not_fit_each_other_are_told(plain: Bundle, tmp_path: Path) -> None:
    section = plain.model("per_layer_embedder")
    assert section is not None
    path = copy(plain, tmp_path / "m.litertlm", replacing={"embedder": plain.read(section)})
    with pytest.raises(ModelFileError, match="does not fit the embedder"):
        opened(path)


def test_a_file_for_an_npu_is_refused(tmp_path: Path, plain: Bundle) -> None:
    metadata, tokenizer = (plain.read(s) for s in plain.sections if s.kind in {5, 6})
    parts = [Part(5, metadata), Part(6, tokenizer), model("prefill_decode"), model("tf_lite_aux")]
    with pytest.raises(ModelFileError, match="made for an NPU"):
        opened(write(tmp_path / "npu.litertlm", parts))


def test_a_model_without_ears_says_so(plain: Bundle, tmp_path: Path) -> None:
    path = copy(plain, tmp_path / "deaf.litertlm", without=EARS)
    with opened(path) as engine:
        assert not engine.can_hear
        session = engine.session("You are deaf.")
        with pytest.raises(AudioError, match=r"cannot hear: .*deaf\.litertlm has no audio"):
            session.turn([Audio(np.zeros(16_000, np.float32))])
        assert session.turn(["hello"]).tokens


def test_a_file_without_a_template_completes_only(plain: Bundle, tmp_path: Path) -> None:
    section = next(section for section in plain.sections if section.kind == 5)
    message = llm_metadata_pb2.LlmMetadata.FromString(plain.read(section))
    message.ClearField("jinja_prompt_template")
    replacing = {METADATA: message.SerializeToString()}
    with opened(copy(plain, tmp_path / "m.litertlm", replacing=replacing)) as engine:
        assert engine.complete([2, 40], budget=3)
        with pytest.raises(ModelFileError, match="no chat template"):
            engine.session("You run a home.")


@pytest.mark.parametrize("kept", [10, 1000, 70_000, 1_000_000, 4_000_000])
def test_a_file_that_is_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "m.litertlm"
    path.write_bytes(PLAIN.read_bytes()[:kept])
    with pytest.raises(ModelFileError, match="cut off"):
        opened(path)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (EngineOptions(context=10), "a context of 10 tokens is too short"),
        (EngineOptions(threads=0), "cannot run on 0 threads"),
    ],
)
def test_odd_options_are_told(options: EngineOptions, complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint):
        Engine.open(PLAIN, options)


def test_closing_gives_everything_back() -> None:
    for _ in range(3):
        engine = opened(PLAIN)
        engine.session("You run a home.").turn(["hello"])
        engine.close()
        engine.close()


def test_a_closed_engine_says_so() -> None:
    with opened(PLAIN) as engine:
        session = engine.session("You run a home.")
        stream = session.stream(["hello"])
        next(stream)
    stream.close()
    with pytest.raises(ModelError, match="the engine is closed"):
        session.turn(["hello"])
