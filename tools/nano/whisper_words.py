"""What Whisper writes, and the word pieces of the small model that stand for it.

Whisper's tokens carry the space in front, the small model's pieces the space behind. So the pieces
of a token depend on whether a new word begins after it, and a table with two rows a token says all.
"""

import random
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from tools.nano import english
from tools.nano.numbers import in_digits
from tools.nano.requests import TRAINING, draw_request
from tools.nano.whisper import load_whisper_tokenizer

PIECES_A_TOKEN = 10
"""Word pieces that one of Whisper's tokens may become."""

_SORTS = (
    (re.compile(r" [a-z]+"), 17_500, 6_000),
    (re.compile(r" [A-Z][a-z]*"), 6_000, 9_000),
    (re.compile(r"[A-Za-z]+|'[a-z]+"), 6_000, 6_000),
    (re.compile(r" ?[0-9]+%?| ?[-,.?!'%:;&$°]"), 6_000, 6_000),
)
"""Which tokens are kept: the form of each sort, and how common a word of English has to be, and
anything else: Whisper's own numbers go by that, the commonest first. Those that training's requests
are written in are kept anyhow."""
_REQUESTS = 20_000
START, NO_TIMESTAMPS = 0, 1
"""What stands before the words, as `WhisperWords` numbers it."""
_BEFORE, _END = ("<|startoftranscript|>", "<|notimestamps|>"), "<|endoftext|>"
_NOT_WORDS = re.compile(r"[ ]?[\[(*♪<{#~_]+.*")
_SILENT_MARKS = "-:;$&"
_SPACED = re.compile(r"[ -]")


@dataclass(frozen=True)
class WhisperWords:
    """The tokens that are kept of Whisper's vocabulary, numbered anew.

    `kept` are their numbers in Whisper's own: first `START` and `NO_TIMESTAMPS`, then those that
    are written down, and from `ends` on those that end the writing ("[music]" is nothing that was
    said). `texts` says what is written for all before `ends`.
    """

    kept: tuple[int, ...]
    texts: tuple[str, ...]
    ends: int


@cache
def whisper_words() -> WhisperWords:
    """Choose the tokens that English is written in."""
    tokenizer = load_whisper_tokenizer()
    number = tokenizer.convert_tokens_to_ids
    texts = [tokenizer.decode([token]) for token in range(number(_END))]
    known = frozenset(english.words())
    used = {token for text in _requests() for token in tokenizer.encode(text)}
    written = [
        token
        for token, text in enumerate(texts)
        if _is_kept(token, text, known, asked=token in used)
    ]
    ends = [token for token, text in enumerate(texts) if _NOT_WORDS.fullmatch(text)]
    before = [number(token) for token in _BEFORE]
    said = ("", "", *(texts[token] for token in written))
    return WhisperWords((*before, *written, *ends, number(_END)), said, len(said))


class PieceTable:
    """How each token is written in the word pieces of the small model.

    `pieces` is int32 [all], those of all tokens one behind the other; `starts` and `counts` int32
    [2 * tokens] say which of them belong to a token. Row 2 t is for token t before another that
    goes on with the word; row 2 t + 1 where a space follows, or the end, behind which another
    window may go on. `spaced` bool [tokens] says which tokens begin with a space.
    """

    def __init__(self, words: WhisperWords, tokenizer: PreTrainedTokenizerFast) -> None:
        """Write down the tokens of `words` by `tokenizer`.

        Raises `ValueError` for a token that becomes more than `PIECES_A_TOKEN`.
        """
        self.starts, self.counts = np.zeros((2, 2 * len(words.kept)), np.int32)
        self.spaced = np.ones(len(words.kept), np.bool_)
        pieces: list[int] = []
        for token, text in enumerate(words.texts):
            self.spaced[token] = _SPACED.match(text) is not None
            said = text.lstrip(" -").lower()
            if said and said not in _SILENT_MARKS:
                for row, space in ((2 * token, ""), (2 * token + 1, " ")):
                    found = tokenizer.encode(said + space, add_special_tokens=False)
                    self.starts[row], self.counts[row] = len(pieces), len(found)
                    pieces += found
        self.pieces = np.array(pieces, np.int32)
        if self.counts.max(initial=0) > PIECES_A_TOKEN:
            raise ValueError(f"a token becomes {self.counts.max()} pieces")

    def of(self, tokens: Sequence[int]) -> list[int]:
        """Return the word pieces for `tokens`, in the numbers of `WhisperWords`."""
        found: list[int] = []
        for token, after in zip(tokens, [*tokens[1:], None], strict=True):
            row = 2 * token + int(after is None or bool(self.spaced[after]))
            start = self.starts[row]
            found += self.pieces[start : start + self.counts[row]].tolist()
        return found


def renumbered(words: WhisperWords) -> NDArray[np.int64]:
    """Return the number in `words` of each of Whisper's tokens; -1 for those not kept."""
    numbers = np.full(max(words.kept) + 1, -1, np.int64)
    numbers[list(words.kept)] = np.arange(len(words.kept))
    return numbers


def as_whisper_writes(text: str) -> str:
    """Give `text` the form that Whisper's tokens expect: a space in front, a capital, a full stop.

    Nothing stays nothing.
    """
    if not text:
        return ""
    said = text[:1].upper() + text[1:]
    return f" {said}" if said[-1:] in ".?!" else f" {said}."


def _is_kept(token: int, text: str, known: Container[str], *, asked: bool) -> bool:
    for form, known_below, others_below in _SORTS:
        if form.fullmatch(text):
            below = known_below if text.strip().lower() in known else others_below
            return asked or token < below
    return False


def _requests() -> Iterator[str]:
    chance = random.Random(1)
    for _ in range(_REQUESTS):
        yield as_whisper_writes(in_digits(draw_request(TRAINING, chance).text))
