"""A test model with its vocabulary as a SentencePiece model, which Google's own files carry."""

import json
import zlib
from pathlib import Path

import litert_lm_builder as builder
from sentencepiece import sentencepiece_model_pb2

from edge_agent.model.bundle import Bundle
from edge_agent.model.bundle_header import SectionKind

Piece = sentencepiece_model_pb2.ModelProto.SentencePiece
TFLITE_MODELS = (
    "prefill_decode",
    "embedder",
    "per_layer_embedder",
    "audio_encoder_hw",
    "audio_adapter",
    "end_of_audio",
)
CONTROL = {"<pad>", "<eos>", "<bos>"}


def write_sentencepiece_twin(source: Path, target: Path) -> None:
    """Pack the sections of `source` anew into `target`, with the other form of its tokenizer."""
    file = builder.LitertLmFileBuilder()
    author = builder.Metadata(key="Authors", value="tests", dtype=builder.DType.STRING)
    file.add_system_metadata(author)
    with Bundle.open(source) as bundle:

        def extracted(content: bytes, name: str) -> str:
            path = target.with_name(name)
            path.write_bytes(content)
            return str(path)

        metadata = bundle.read(bundle.of_kind(SectionKind.LLM_METADATA))
        file.add_llm_metadata(extracted(metadata, "metadata.pb"))
        zipped = bundle.read(bundle.of_kind(SectionKind.HF_TOKENIZER_ZLIB))
        model = sentencepiece_of(json.loads(zlib.decompress(zipped[8:])))
        file.add_sentencepiece_tokenizer(extracted(model, "tokenizer.model"))
        for name in TFLITE_MODELS:
            content = bytes(bundle.map(bundle.model(name)))
            kind = builder.TfLiteModelType[name.upper()]
            file.add_tflite_model(extracted(content, f"{name}.tflite"), kind)
        with target.open("wb") as stream:
            file.build(stream)


def sentencepiece_of(tokenizer: dict) -> bytes:
    """Turn a `tokenizer.json` of BPE into a SentencePiece model that merges in the same order."""
    special = {token["content"] for token in tokenizer["added_tokens"]}
    ranks = {"".join(pair): rank for rank, pair in enumerate(tokenizer["model"]["merges"])}
    model = sentencepiece_model_pb2.ModelProto()
    vocabulary = tokenizer["model"]["vocab"]
    for name in sorted(vocabulary, key=vocabulary.get):
        score = -float(ranks.get(name, len(ranks)))
        model.pieces.add(piece=name, score=score, type=kind_of(name, special))
    model.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.BPE
    model.trainer_spec.vocab_size = len(vocabulary)
    model.trainer_spec.byte_fallback = True
    for role in ("pad", "eos", "bos", "unk"):
        setattr(model.trainer_spec, f"{role}_id", vocabulary[f"<{role}>"])
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = False
    model.normalizer_spec.remove_extra_whitespaces = False
    return model.SerializeToString()


def kind_of(name: str, special: set[str]) -> int:
    if name == "<unk>":
        return Piece.UNKNOWN
    if name in CONTROL:
        return Piece.CONTROL
    if name in special:
        return Piece.USER_DEFINED
    return Piece.BYTE if name.startswith("<0x") else Piece.NORMAL
