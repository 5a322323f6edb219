"""One turn as the model sees it: the tokens round the sound, and the reply that it should give."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from edge_agent.model.calls import format_call
from edge_agent.model.media_places import time_stamp
from edge_agent.model.types import ToolCall
from tools.nano.prompts import NO_THOUGHT, REPLY_START, TURN_START

NOT_FOR_ME = "I can only run this home."
NO_SUCH_DEVICE = "There is no such device here."
HEARD_NOTHING = "I heard no request."
WRITE_DOWN = (
    "write down what is said", "Write down what is said.", "transcribe this", "What is said?",
    "write down the words", "Transcribe the audio.",
)  # fmt: skip

_FILLING = 0
_NOT_WORDS = re.compile(r"[^a-z' ]+")


@dataclass(frozen=True)
class Turn:
    """Token ids of a turn, with the reading of its sound between `before` and `after`.

    `sound` is float16 [tokens, 512]. A turn without sound has all its tokens in `before`. Only
    `reply` is learnt. `media` are the places in `before` of what was seen, written down as tokens:
    their embeddings are those of the tokens, their per-layer embeddings that of token 0, which
    runtimes look up for whatever comes out of a tower.
    """

    before: tuple[int, ...]
    sound: NDArray[np.float16] | None
    after: tuple[int, ...]
    reply: tuple[int, ...]
    media: tuple[range, ...] = ()

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

    def picture(self, words: str, room: int) -> tuple[int, ...]:
        """Write down what a picture shows, filled up with token 0 to the `room` that it takes.

        Raises `ValueError` where the words take more.
        """
        tokens = self.tokens(words)
        if len(tokens) > room:
            raise ValueError(f"{words!r} takes {len(tokens)} tokens, and the picture {room}")
        return tokens + (_FILLING,) * (room - len(tokens))

    def shown(
        self,
        pictures: Sequence[tuple[int, ...]],
        asked: str,
        action: str,
        times: Sequence[int] = (),
    ) -> Turn:
        """Write a turn in which something is asked of pictures, or of frames with their seconds."""
        before, media = list(self.tokens(TURN_START)), []
        for number, picture in enumerate(pictures):
            stamp = f"{' ' if number else ''}{time_stamp(times[number])} " if times else ""
            before += self.tokens(f"{stamp}<|image>")
            media.append(range(len(before), len(before) + len(picture)))
            before += (*picture, *self.tokens("<image|>"))
        before += self.tokens(asked + REPLY_START)
        reply = self.tokens(f"{action}<turn|>")
        return Turn(tuple(before), None, (), reply, tuple(media))

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


def as_typed(text: str, chance: random.Random) -> str:
    """Write a request as people type it, as the model's chat template gives it: in lower case."""
    if chance.random() < 0.3:
        text = text.replace(" percent", "%")
    if chance.random() < 0.5:
        text = text.replace(",", "")
    return typed_style(text, chance).lower()


def action_of(calls: Sequence[ToolCall]) -> str:
    """Write calls one after another."""
    return "".join(format_call(call) for call in calls)
