"""What the ears make of a request, without any sound: as the decoder finds it in the prompt.

Whisper writes nearly everything as it was said. Where it errs, it writes what sounds alike; so the
sentences that nobody has spoken are mixed with the errors that it made with those that were.
"""

import random
from collections.abc import Mapping, Sequence

from transformers import PreTrainedTokenizerFast

from tools.nano.mishearing import Mishearing
from tools.nano.numbers import in_digits, in_two
from tools.nano.soft_words import NOTHING
from tools.nano.whisper import load_whisper_tokenizer
from tools.nano.whisper_words import (
    PieceTable,
    WhisperWords,
    as_whisper_writes,
    renumbered,
    whisper_words,
)

_ERRING, _IN_TWO, _IN_DIGITS, _WITHOUT_COMMAS, _WITHOUT_STOP = 0.35, 0.08, 0.9, 0.3, 0.15
_ERRORS_A_WORD = (0.05, 0.25)


class Hearing:
    """Gives the word pieces in which a sentence stands in the place of its sound."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, mishearing: Mishearing) -> None:
        """Write in the pieces of `tokenizer`, with errors as in `mishearing`."""
        self._whisper = load_whisper_tokenizer()
        self._words: WhisperWords = whisper_words()
        self._numbers = renumbered(self._words).tolist()
        self._table = PieceTable(self._words, tokenizer)
        self._mishearing = mishearing
        self._parts: dict[int, tuple[int, ...]] = {}
        self._by_text: Mapping[str, int] = {
            text: number for number, text in enumerate(self._words.texts) if text
        }

    def imagined(self, text: str, chance: random.Random, *, erring: bool = True) -> tuple[int, ...]:
        """Return the pieces for `text`, as if somebody had said it; now and then `erring`."""
        if erring and chance.random() < _ERRING:
            text = self._mishearing.of(text, chance.uniform(*_ERRORS_A_WORD), chance)
        if erring and chance.random() < _IN_TWO:
            text = in_two(text, chance)
        if chance.random() < _IN_DIGITS:
            text = in_digits(text)
        if chance.random() < _WITHOUT_COMMAS:
            text = text.replace(",", "")
        text = as_whisper_writes(text)
        if chance.random() < _WITHOUT_STOP:
            text = text.rstrip(".")
        tokens = self._whisper.encode(text, add_special_tokens=False)
        return self.pieces([part for token in tokens for part in self._kept(token)])

    def pieces(self, tokens: Sequence[int]) -> tuple[int, ...]:
        """Return the pieces for Whisper's `tokens`, numbered as in `WhisperWords`."""
        return tuple(self._table.of(tokens)) or (NOTHING,)

    def _kept(self, token: int) -> tuple[int, ...]:
        """Return `token` as it is numbered here, or shorter ones for one that is not kept."""
        if token not in self._parts:
            number = self._numbers[token] if token < len(self._numbers) else -1
            parts = (number,) if number >= 0 else tuple(self._spelt(self._whisper.decode([token])))
            self._parts[token] = parts
        return self._parts[token]

    def _spelt(self, text: str) -> list[int]:
        """Put `text` together from tokens that are kept, the longest first."""
        found = []
        while text:
            size = next((n for n in range(len(text), 0, -1) if text[:n] in self._by_text), None)
            if size is None:
                text = text[1:]
            else:
                found.append(self._by_text[text[:size]])
                text = text[size:]
        return found
