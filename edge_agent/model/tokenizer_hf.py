"""Reads a Hugging Face `tokenizer.json`, plain or compressed."""

import json
import zlib
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from edge_agent.model.errors import ModelFileError
from edge_agent.model.tokenizer import Tokenizer, byte_of, looks_like_control

_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
_LARGEST_JSON = 256 * 2**20
_LARGEST_VOCABULARY = 2**21
_SIZE_FIELD = 8


def unpack_zlib(data: bytes) -> bytes:
    """Unpack a compressed `tokenizer.json`: its size as 8 little-endian bytes, a zlib stream.

    Source: litert-lm-builder, `add_hf_tokenizer`. Raises `ModelFileError` if it is damaged or
    unpacks to more than 256 MiB.
    """
    size = int.from_bytes(data[:_SIZE_FIELD], "little")
    if size > _LARGEST_JSON:
        raise ModelFileError(f"the compressed tokenizer claims {size:,} bytes, 256 MiB is the most")
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data[_SIZE_FIELD:], size + 1)
    except zlib.error as error:
        raise ModelFileError(f"the compressed tokenizer is damaged: {error}") from error
    if len(text) != size or not unpacker.eof:
        raise ModelFileError(f"the compressed tokenizer does not unpack to the {size:,} bytes told")
    return text


def read_hf_json(data: bytes) -> Tokenizer:
    """Read a `tokenizer.json`.

    Raises `ModelFileError` if it is damaged, or if the bytes of its tokens cannot be told.
    """
    import tokenizers  # noqa: PLC0415 - heavy

    try:
        library = tokenizers.Tokenizer.from_buffer(data)
    except Exception as error:
        raise ModelFileError(f"the tokenizer.json is damaged: {error}") from error
    library.no_padding()
    library.no_truncation()

    names = {index: name for name, index in library.get_vocab(with_added_tokens=True).items()}
    size = max(names, default=-1) + 1
    if not 0 < size <= _LARGEST_VOCABULARY:
        raise ModelFileError(f"the tokenizer.json has a vocabulary of {size:,} tokens")
    added = {token.content: token.special for token in library.get_added_tokens_decoder().values()}
    special_tokens = {
        name: index
        for index, name in names.items()
        if name in added and byte_of(name) is None and (added[name] or looks_like_control(name))
    }
    bytes_of = _reading_of(library.decoder, added)
    token_bytes = [
        name.encode() if name in special_tokens else bytes_of(name)
        for name in (names.get(index, "") for index in range(size))
    ]

    def encode(text: str) -> list[int]:
        ids: list[int] = library.encode(text, add_special_tokens=False).ids
        return ids

    return Tokenizer(
        token_bytes,
        special_tokens,
        encode,
        special_tokens.get(getattr(library.model, "unk_token", None) or ""),
        frozenset(name for name in added if byte_of(name) is not None),
    )


def _reading_of(decoder: Any, added: Container[str]) -> Callable[[str], bytes]:  # noqa: ANN401 - untyped library
    """Return the rule that leads from a token's name to its bytes: that of the file's decoder."""
    kinds = set(_kinds(json.loads(decoder.__getstate__()) if decoder else {}))
    if "ByteLevel" in kinds:
        alphabet = _byte_level_alphabet()
        return lambda name: (
            name.encode() if name in added else bytes(alphabet[letter] for letter in name)
        )
    if kinds & {"ByteFallback", "Metaspace", "Replace"}:
        return lambda name: byte_of(name) or name.replace(_SPACE, " ").encode()
    raise ModelFileError(
        "the tokenizer.json decodes in a way that is not known here "
        f"({', '.join(sorted(kinds)) or 'it has no decoder'})"
    )


def _kinds(decoder: Mapping[str, Any]) -> Iterator[str]:
    yield decoder.get("type", "")
    for part in decoder.get("decoders", ()):
        yield from _kinds(part)


def _byte_level_alphabet() -> dict[str, int]:
    """Return the letter that stands for each byte in byte-level BPE, the other way round.

    Bytes that print in Latin-1 stand for themselves, the others for the letters from U+0100 on.
    Source: the code of GPT-2, `bytes_to_unicode`.
    """
    printing = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printing]
    letters = {chr(byte): byte for byte in printing}
    return letters | {chr(0x100 + place): byte for place, byte in enumerate(others)}
