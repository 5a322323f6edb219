"""Gemma 3's vocabulary of 262,144 tokens, in both forms that a model file can carry.

Gemma 4's control tokens take the places of tokens that Gemma 3 leaves unused, as they do in
Gemma 4 itself, so that a tool call can be written down in one and the same syntax.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from gguf import GGUFReader, TokenType
from sentencepiece import sentencepiece_model_pb2
from transformers import AutoTokenizer

from tools.export.gemma4_tokenizer import NAMED_TOKENS, UNKNOWN

RENAMED: Mapping[str, str] = {
    f"<unused{place}>": name for place, name in enumerate(NAMED_TOKENS.values())
}
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
_ModelProto = sentencepiece_model_pb2.ModelProto
_Piece = _ModelProto.SentencePiece
_KINDS = {
    TokenType.CONTROL: _Piece.CONTROL,
    TokenType.USER_DEFINED: _Piece.USER_DEFINED,
    TokenType.BYTE: _Piece.BYTE,
    TokenType.NORMAL: _Piece.NORMAL,
}


def write_hugging_face(gguf: Path, target: Path) -> None:
    """Write the tokenizer as a `tokenizer.json`."""
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    content = json.loads(tokenizer.backend_tokenizer.to_str())
    vocabulary = content["model"]["vocab"]
    for old, new in RENAMED.items():
        vocabulary[new] = vocabulary.pop(old)
    for token in content["added_tokens"]:
        token["content"] = RENAMED.get(token["content"], token["content"])
    target.write_text(json.dumps(content, ensure_ascii=False))


def write_sentencepiece(gguf: Path, target: Path) -> None:
    """Write the tokenizer as a SentencePiece model, the form of Google's published files."""
    fields = GGUFReader(gguf).fields
    texts, scores, kinds = (
        fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "scores", "token_type")
    )
    model = _ModelProto()
    for text, score, kind in zip(texts, scores, kinds, strict=True):
        name = RENAMED.get(text, text).replace(" ", SPACE)
        model.pieces.add(piece=name, score=score, type=_kind(name, TokenType(kind)))
    model.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.BPE
    model.trainer_spec.vocab_size = len(model.pieces)
    model.trainer_spec.byte_fallback = True
    model.trainer_spec.unk_id, model.trainer_spec.bos_id = 3, 2
    model.trainer_spec.eos_id, model.trainer_spec.pad_id = 1, 0
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = False
    model.normalizer_spec.remove_extra_whitespaces = False
    target.write_bytes(model.SerializeToString())


def _kind(name: str, kind: TokenType) -> int:
    """Return how SentencePiece treats a token: what is user-defined is found in text as it is."""
    if name == UNKNOWN:
        return _Piece.UNKNOWN
    if name in RENAMED.values():
        return _Piece.USER_DEFINED
    return _KINDS[kind]
