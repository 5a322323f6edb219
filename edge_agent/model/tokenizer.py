"""Text to token ids and back, for the tokenizers that a model file can carry.

A tokenizer is two things here: what turns plain text into ids, and the bytes that each id stands
for. Control tokens (`<|turn>`, `<|tool_call>`, ...) are cut out of the text before the library
sees it, so one rule says where they may come from: only from text encoded with `special=True`.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from edge_agent.model.errors import ModelFileError
from edge_agent.model.token_names import TokenNames

TokenizerKind = Literal["sentencepiece", "hf-json", "hf-json-zlib"]
"""How a file stores its tokenizer; the names of the sections in litert-lm-builder's schema."""


@dataclass(frozen=True, eq=False)
class Tokenizer:
    """A vocabulary and the way into it.

    `token_bytes` holds, for every id, the bytes that it writes; for a control token, its name.
    `special_tokens` leads from the name of each control token to its id. `encode_plain` is the
    library's own encoder, `undefined` the id that it gives for what the vocabulary cannot write.
    `reserved` are names that the library would turn into one token, but that are just text.
    """

    token_bytes: Sequence[bytes]
    special_tokens: Mapping[str, int]
    encode_plain: Callable[[str], list[int]]
    undefined: int | None = None
    reserved: frozenset[str] = frozenset()

    @property
    def vocabulary_size(self) -> int:
        """Return how many ids there are; a model's logits may have more."""
        return len(self.token_bytes)

    @cached_property
    def special_ids(self) -> frozenset[int]:
        """Return the ids of the control tokens."""
        return frozenset(self.special_tokens.values())

    @cached_property
    def special_names(self) -> TokenNames:
        """Return the names of the control tokens, for finding them in text."""
        return TokenNames(self.special_tokens)

    def encode(self, text: str, *, special: bool) -> list[int]:
        """Turn `text` into ids; nothing is added in front.

        With `special`, the name of a control token becomes that token. Without it, `text` is
        nobody's instruction: what looks like a control token is written out letter by letter.
        """
        if not special:
            return self._encode_text(text)
        ids: list[int] = []
        start = 0
        for place, name in self.special_names.all_in(text):
            ids += self._encode_text(text[start:place])
            ids.append(self.special_tokens[name])
            start = place + len(name)
        return ids + self._encode_text(text[start:])

    def decode(self, ids: Iterable[int], *, keep_special: bool = False) -> str:
        """Turn ids into text; broken UTF-8 becomes U+FFFD, ids beyond the vocabulary nothing."""
        decoder = StreamingDecoder(self, keep_special=keep_special)
        return decoder.push(ids) + decoder.finish()

    def _encode_text(self, text: str) -> list[int]:
        ids = [i for piece in self._harmless_pieces(text) for i in self.encode_plain(piece)]
        if self._forbidden.isdisjoint(ids):
            return ids
        # A normalizer can make a control token's name out of other characters (a full-width "<").
        return [i for c in text for i in self.encode_plain(c) if i not in self._forbidden]

    def _harmless_pieces(self, text: str) -> Iterator[str]:
        """Cut `text` so that no piece holds the name of a control token."""
        start = 0
        for place, _ in self._reserved_names.all_in(text, overlapping=True):
            yield text[start : place + 1]
            start = place + 1
        if start < len(text):
            yield text[start:]

    @cached_property
    def _forbidden(self) -> frozenset[int]:
        return self.special_ids - {self.undefined}

    @cached_property
    def _reserved_names(self) -> TokenNames:
        return TokenNames({*self.special_tokens, *self.reserved})


class StreamingDecoder:
    """Turns ids into text as they come, never a part of a character."""

    def __init__(self, tokenizer: Tokenizer, *, keep_special: bool = False) -> None:
        """Decode with `tokenizer`; `keep_special` writes control tokens out by name."""
        self._tokenizer = tokenizer
        self._keep_special = keep_special
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, ids: Iterable[int]) -> str:
        """Take ids and return the characters that they finish."""
        return "".join(self._text_of(i) for i in ids)

    def finish(self) -> str:
        """Return U+FFFD if a character was left unfinished, else nothing; start anew."""
        text = self._utf8.decode(b"", final=True)
        self._utf8.reset()
        return text

    def _text_of(self, token: int) -> str:
        if not 0 <= token < self._tokenizer.vocabulary_size:
            return ""
        written = self._tokenizer.token_bytes[token]
        if token not in self._tokenizer.special_ids:
            return self._utf8.decode(written)
        return self.finish() + (written.decode() if self._keep_special else "")


def load_tokenizer(kind: TokenizerKind, data: bytes) -> Tokenizer:
    """Read the tokenizer section of a model file.

    Raises `ModelFileError` for a damaged or unknown one.
    """
    match kind:
        case "sentencepiece":
            from edge_agent.model.tokenizer_sentencepiece import read_sentencepiece  # noqa: PLC0415 - heavy

            return read_sentencepiece(data)
        case "hf-json" | "hf-json-zlib":
            from edge_agent.model.tokenizer_hf import read_hf_json, unpack_zlib  # noqa: PLC0415 - heavy

            return read_hf_json(data if kind == "hf-json" else unpack_zlib(data))
    raise ModelFileError(f"the model file's tokenizer is of an unknown kind, {kind!r}")


_CONTROL_SHAPE = re.compile(r"<\|.+>|<.+\|>|<[a-z]+(?:_[a-z]+)+>|<(?:bos|eos|pad|unk|mask)>")
_BYTE_SHAPE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def looks_like_control(name: str) -> bool:
    """Tell by its shape whether a token that the file calls user-defined steers the model.

    `<|turn>`, `<turn|>`, `<start_of_turn>` and `<bos>` do; `<b>` and `<unused3>` are text.
    """
    return _CONTROL_SHAPE.fullmatch(name) is not None


def byte_of(name: str) -> bytes | None:
    """Return the byte that a byte-fallback token such as `<0x0A>` stands for."""
    found = _BYTE_SHAPE.fullmatch(name)
    return bytes.fromhex(found.group(1)) if found else None
