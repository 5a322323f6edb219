"""Reads a SentencePiece model, the tokenizer of the published Gemma 4 files."""

from edge_agent.model.errors import ModelFileError
from edge_agent.model.tokenizer import Tokenizer, byte_of, looks_like_control

_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"


def read_sentencepiece(data: bytes) -> Tokenizer:
    """Read a serialised `ModelProto`; no space is put in front of text, whatever it says.

    Raises `ModelFileError` if it is damaged.
    """
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - heavy
    from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined] # noqa: PLC0415 - made at import by protobuf

    proto = ModelProto()
    try:
        proto.ParseFromString(data)
        proto.normalizer_spec.add_dummy_prefix = False
        proto.normalizer_spec.remove_extra_whitespaces = False
        processor = SentencePieceProcessor(model_proto=proto.SerializeToString())
    except Exception as error:
        raise ModelFileError(f"the SentencePiece tokenizer is damaged: {error}") from error

    kinds = ModelProto.SentencePiece
    special_tokens: dict[str, int] = {}
    token_bytes: list[bytes] = []
    for index, piece in enumerate(proto.pieces):
        name, kind = piece.piece, piece.type
        if not isinstance(name, str):
            raise ModelFileError(f"the SentencePiece tokenizer's piece {index} is not UTF-8")
        control = kind in (kinds.CONTROL, kinds.UNKNOWN)
        control |= kind == kinds.USER_DEFINED and looks_like_control(name)
        byte = byte_of(name) if kind == kinds.BYTE else None
        if control:
            special_tokens[name] = index
            token_bytes.append(name.encode())
        else:
            token_bytes.append(byte or name.replace(_SPACE, " ").encode())
    return Tokenizer(token_bytes, special_tokens, processor.encode, processor.unk_id())
