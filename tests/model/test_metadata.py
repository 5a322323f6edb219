from pathlib import Path

import pytest
from containers import Part, model, write
from litert_lm_builder.runtime.proto import llm_metadata_pb2

from edge_agent.model.bundle import Bundle
from edge_agent.model.errors import ModelFileError
from edge_agent.model.metadata import parse_metadata, read_metadata

MODELS = Path(__file__).parent.parent / "models"


def test_a_real_file_says_what_it_is() -> None:
    with Bundle.open(MODELS / "published.litertlm") as bundle:
        metadata = read_metadata(bundle)
    assert metadata.family == "gemma4"
    assert metadata.start_tokens == ("<bos>",)
    assert (1,) in metadata.stop_tokens
    assert metadata.audio_start == "<|audio>"
    assert metadata.image_start is None
    assert metadata.template is not None
    assert "<|turn>" in metadata.template


def test_a_file_that_sees_says_what_opens_a_picture() -> None:
    with Bundle.open(MODELS / "seeing.litertlm") as bundle:
        assert read_metadata(bundle).image_start == "<|image>"


def test_tokens_are_ids_or_text() -> None:
    message = llm_metadata_pb2.LlmMetadata()
    message.start_token.token_ids.ids.append(2)
    message.stop_tokens.add().token_str = "<end>"  # noqa: S105 - a token of a model
    message.stop_tokens.add().token_ids.ids.extend([5, 6])
    message.stop_tokens.add()
    metadata = parse_metadata(message.SerializeToString())
    assert metadata.start_tokens == ((2,),)
    assert metadata.stop_tokens == ("<end>", (5, 6))
    assert (metadata.family, metadata.template, metadata.audio_start) == (
        "generic_model",
        None,
        None,
    )


def test_damaged_metadata_is_told() -> None:
    with pytest.raises(ModelFileError, match="metadata is damaged"):
        parse_metadata(b"\xff" * 50)


def test_a_file_without_metadata_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "m.litertlm", [model("prefill_decode")])
    with Bundle.open(path) as bundle, pytest.raises(ModelFileError, match="no section of metadata"):
        read_metadata(bundle)


def test_an_endless_template_is_refused(tmp_path: Path) -> None:
    message = llm_metadata_pb2.LlmMetadata(jinja_prompt_template="x" * (2 << 20))
    path = write(tmp_path / "m.litertlm", [Part(5, message.SerializeToString())])
    with Bundle.open(path) as bundle, pytest.raises(ModelFileError, match="too many"):
        read_metadata(bundle)
