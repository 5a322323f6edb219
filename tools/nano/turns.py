"""One turn as the model sees it: what is asked, and the reply that it should give."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_agent.model.calls import format_call
from edge_agent.model.media_places import time_stamp
from edge_agent.model.types import ToolCall
from tools.nano.emphasis import Emphasis
from tools.nano.numbers import in_digits
from tools.nano.prompts import NO_THOUGHT, REPLY_START, TURN_START

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

NOT_FOR_ME = "I can only run this home."
NO_SUCH_DEVICE = "There is no such device here."
HEARD_NOTHING = "I heard no request."
WRITE_DOWN = (
    "write down what is said", "Write down what is said.", "transcribe this", "What is said?",
    "write down the words", "Transcribe the audio.",
)  # fmt: skip

_FILLING = 0
_NOT_WORDS = re.compile(r"[^a-z0-9%.' ]+|\.(?![0-9])")


@dataclass(frozen=True)
class Turn:
    """Token ids of a turn; only `reply` is learnt, each token of it with its weight.

    `media` are the places in `before` of what was heard or seen, written down as tokens: their
    embeddings are those of the tokens, their per-layer embeddings that of token 0, which runtimes
    look up for whatever comes out of a tower.
    """

    before: tuple[int, ...]
    reply: tuple[int, ...]
    weights: tuple[float, ...]
    media: tuple[range, ...] = ()

    def __len__(self) -> int:
        """Return how many tokens the turn takes, its reply among them."""
        return len(self.before) + len(self.reply)


@dataclass(frozen=True)
class Lesson:
    """A home's prompt, and turns that each follow it alone."""

    prompt: tuple[int, ...]
    turns: tuple[Turn, ...]


class TurnWriter:
    """Writes turns down as tokens."""

    def __init__(self, tokenizer: "PreTrainedTokenizerFast") -> None:
        """Write with the tokens of `tokenizer`."""
        self._tokenizer, self._emphasis = tokenizer, Emphasis(tokenizer)

    def tokens(self, text: str) -> tuple[int, ...]:
        """Return the token ids of `text`, special tokens among them."""
        return tuple(self._tokenizer.encode(text, add_special_tokens=False))

    def text(self, pieces: tuple[int, ...]) -> str:
        """Return what word pieces say, as the runtime reads it off the ears."""
        return str(self._tokenizer.decode(pieces, skip_special_tokens=True)).strip()

    def typed(self, text: str, action: str) -> Turn:
        """Write a turn of text that is answered by `action`: calls, or a sentence."""
        asked = self.tokens(f"{TURN_START}{text}{REPLY_START}")
        return self._turn(asked, f"{action}<turn|>")

    def spoken(self, pieces: tuple[int, ...], action: str, *, thinks: bool = True) -> Turn:
        """Write a turn of sound, of which the ears made `pieces`.

        What these say is written down first where the model `thinks`.
        """
        start = REPLY_START if thinks else REPLY_START + NO_THOUGHT
        thought = self.thought(self.text(pieces)) if thinks else ""
        return self._heard(pieces, start, f"{thought}{action}<turn|>")

    def thought(self, words: str) -> str:
        """Return how a reply begins that has `words` for its thought."""
        return f"<|channel>thought\n{words}\n<channel|>"

    def written_down(self, pieces: tuple[int, ...], asked: str) -> Turn:
        """Write a turn in which a person asks for the words of a sound."""
        return self._heard(pieces, asked + REPLY_START, f"{self.text(pieces)}<turn|>")

    def picture(self, words: str, room: int | None) -> tuple[int, ...]:
        """Write down what a picture shows, filled up with token 0 to the `room` that it takes.

        Without `room` it takes what the words need. Raises `ValueError` where they need more.
        """
        tokens = self.tokens(words)
        if room is None:
            return tokens
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
        return self._turn(tuple(before), f"{action}<turn|>", tuple(media))

    def _heard(self, pieces: tuple[int, ...], after: str, reply: str) -> Turn:
        start = self.tokens(f"{TURN_START}<|audio>")
        before = (*start, *pieces, *self.tokens(f"<audio|>{after}"))
        media = range(len(start), len(start) + len(pieces))
        return self._turn(before, reply, (media,), thought_is_copied=True)

    def _turn(
        self,
        before: tuple[int, ...],
        reply: str,
        media: tuple[range, ...] = (),
        *,
        thought_is_copied: bool = False,
    ) -> Turn:
        tokens = self.tokens(reply)
        weights = self._emphasis.weigh(tokens, thought_is_copied=thought_is_copied)
        return Turn(before, tokens, weights, media)


def heard(text: str) -> str:
    """Write `text` as the model writes down what it hears: in lower case, numbers in digits."""
    said = in_digits(text.lower().replace("-", " ")).replace(" percent", "%")
    return " ".join(_NOT_WORDS.sub(" ", said).split())


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
