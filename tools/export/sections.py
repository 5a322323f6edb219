"""The parts of a `.litertlm` file as files of their own, and packing them into one."""

from dataclasses import dataclass, fields
from pathlib import Path

import litert_lm_builder as builder


@dataclass(frozen=True)
class Sections:
    """Where each part lies; a part that the model does without is None.

    `tokenizer` is a `.json` file of Hugging Face's form, or a SentencePiece model otherwise.
    Replace a part (`dataclasses.replace`) to put another encoder into a file.
    """

    llm_metadata: Path
    tokenizer: Path
    prefill_decode: Path
    embedder: Path | None = None
    per_layer_embedder: Path | None = None
    audio_encoder_hw: Path | None = None
    audio_adapter: Path | None = None
    end_of_audio: Path | None = None
    vision_encoder: Path | None = None
    vision_adapter: Path | None = None
    end_of_vision: Path | None = None
    executor_metadata: Path | None = None


NOT_A_MODEL = {"llm_metadata", "tokenizer", "executor_metadata"}


def pack(sections: Sections, target: Path, authors: str = "edge-agent") -> None:
    """Write `sections` into one `.litertlm` file at `target`."""
    file = builder.LitertLmFileBuilder()
    file.add_system_metadata(
        builder.Metadata(key="Authors", value=authors, dtype=builder.DType.STRING)
    )
    file.add_llm_metadata(str(sections.llm_metadata))
    if sections.executor_metadata:
        file.add_executor_metadata(str(sections.executor_metadata))
    if sections.tokenizer.suffix == ".json":
        file.add_hf_tokenizer(str(sections.tokenizer))
    else:
        file.add_sentencepiece_tokenizer(str(sections.tokenizer))
    for part in fields(sections):
        path = getattr(sections, part.name)
        if path and part.name not in NOT_A_MODEL:
            file.add_tflite_model(str(path), builder.TfLiteModelType[part.name.upper()])
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        file.build(stream)
