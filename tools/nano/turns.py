"""One turn as the model sees it: the tokens round the sound, and the reply that it should give."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from edge_agent.model.calls import format_call
from edge_agent.model.types import ToolCall
from tools.nano.prompts import NO_THOUGHT, REPLY_START, TURN_START

NOT_FOR_ME = "I can only run this home."
NO_SUCH_DEVICE = "There is no such device here."
HEARD_NOTHING = "I heard no request."
WRITE_DOWN = (
    "write down what is said", "Write down what is said.", "transcribe this", "What is said?",
    "write down the words", "Transcribe the audio.",
)  # fmt: skip

_NOT_WORDS = re.compile(r"[^a-z' ]+")


@dataclass(frozen=True)
class Turn:
    """Token ids of a turn, with the reading of its sound between `before` and `after`.

    `sound` is float16 [tokens, 512]. A turn without sound has all its tokens in `before`. Only
    `reply` is learnt.
    """

    before: tuple[int, ...]
    sound: NDArray[np.float16] | None
    after: tuple[int, ...]
    reply: tuple[int, ...]

    def __len__(self) -> int:
        """Return how many tokens the turn takes, its reply and sound among them."""
        sound = 0 if self.sound is None else len(self.sound)
        return len(self.before) + sound + len(self.after) + len(self.reply)


class TurnWriter:
    """Writes turns down as tokens."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        """Write with the tokens of `tokenizer`."""
        self._tokenizer = tokenizer

    def tokens(self, text: str) -> tuple[int, ...]:
        """Return the token ids of `text`, special tokens among them."""
        return tuple(self._tokenizer.encode(text, add_special_tokens=False))

    def typed(self, text: str, action: str) -> Turn:
        """Write a turn of text that is answered by `action`: calls, or a sentence."""
        asked = self.tokens(f"{TURN_START}{text}{REPLY_START}")
        return Turn(asked, None, (), self.tokens(f"{action}<turn|>"))

    def spoken(
        self, sound: NDArray[np.float16], words: str, action: str, *, thinks: bool = True
    ) -> Turn:
        """Write a turn of sound, in which the `words` are heard first where the model `thinks`."""
        start = REPLY_START if thinks else REPLY_START + NO_THOUGHT
        thought = f"<|channel>thought\n{words}\n<channel|>" if thinks else ""
        return self._heard(sound, start, f"{thought}{action}<turn|>")

    def written_down(self, sound: NDArray[np.float16], words: str, asked: str) -> Turn:
        """Write a turn in which a person asks for the words of a sound."""
        return self._heard(sound, asked + REPLY_START, f"{words}<turn|>")

    def _heard(self, sound: NDArray[np.float16], after: str, reply: str) -> Turn:
        before = self.tokens(f"{TURN_START}<|audio>")
        return Turn(before, sound, self.tokens(f"<audio|>{after}"), self.tokens(reply))


def heard(text: str) -> str:
    """Write `text` as the model writes down what it hears: plain words, lower case."""
    return " ".join(_NOT_WORDS.sub(" ", text.lower().replace("-", " ")).split())


def typed_style(text: str, chance: random.Random) -> str:
    """Write `text` as people type: with or without a capital and a full stop."""
    if chance.random() < 0.4:
        text = text[:1].upper() + text[1:]
    ending = chance.choices(("", ".", "!", "?"), (55, 35, 4, 6))[0]
    return text + ending


def action_of(calls: Sequence[ToolCall]) -> str:
    """Write calls one after another."""
    return "".join(format_call(call) for call in calls)
