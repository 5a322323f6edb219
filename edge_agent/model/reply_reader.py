"""Takes what a model writes apart, token by token: its thought, its text and its calls.

Only real control tokens open and close a channel or a call; the same letters spelled out by the
model are text.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from edge_agent.model.calls import parse_calls
from edge_agent.model.control_tokens import (
    CALL_END,
    CALL_START,
    THOUGHT_END,
    THOUGHT_NAME,
    THOUGHT_START,
)
from edge_agent.model.events import CallMade, Event, TextPiece, ThoughtPiece
from edge_agent.model.tokenizer import StreamingDecoder, Tokenizer
from edge_agent.model.types import ToolCall
from edge_agent.model.untrusted_text import defuse


class ReplyReader:
    """Reads one turn of the model, and keeps what it has read.

    A thought or a call that is still open at the end was cut off: of the thought all that came is
    kept, of the call nothing.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Read ids of `tokenizer`."""
        self._tokenizer = tokenizer
        self._decoder = StreamingDecoder(tokenizer)
        self._text: list[str] = []
        self._thought: list[str] = []
        self._calls: list[ToolCall] = []
        self._kept: list[int] = []
        self._in_thought = False
        self._call_ids: list[int] | None = None
        special = tokenizer.special_tokens
        self._call_start, self._call_end = special.get(CALL_START), special.get(CALL_END)
        self._thought_start, self._thought_end = (
            special.get(THOUGHT_START),
            special.get(THOUGHT_END),
        )

    @property
    def text(self) -> str:
        """Return what was said to the person so far."""
        return "".join(self._text).strip()

    @property
    def thought(self) -> str:
        """Return what was thought so far, without the channel's name."""
        return "".join(self._thought).removeprefix(THOUGHT_NAME).strip()

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """Return the calls that are complete, in order."""
        return tuple(self._calls)

    @property
    def kept(self) -> tuple[int, ...]:
        """Return the ids that later turns are shown: all but the thought channel."""
        return tuple(self._kept)

    def push(self, ids: Iterable[int]) -> tuple[Event, ...]:
        """Take the next ids and return what they finish.

        Raises `CallSyntaxError` if they finish a call that is broken, which no grammar allows.
        """
        return tuple(event for token in ids for event in self._taken(token))

    def finish(self) -> tuple[Event, ...]:
        """Return what was left over; the turn is over."""
        return tuple(self._said(self._decoder.finish()))

    def _taken(self, token: int) -> Iterator[Event]:
        if not (self._in_thought or token == self._thought_start):
            self._kept.append(token)
        if self._call_ids is not None:
            self._call_ids.append(token)
            if token == self._call_end:
                yield self._called(self._call_ids)
                self._call_ids = None
            return
        yield from self._said(self._decoder.push((token,)))
        if token == self._call_start:
            self._call_ids = [token]
        elif token == self._thought_start:
            self._in_thought = True
        elif token == self._thought_end:
            self._in_thought = False

    def _said(self, text: str) -> Iterator[Event]:
        if not text:
            return
        if not self._in_thought:
            self._text.append(text)
            yield TextPiece(text)
            return
        before = len(self._past_channel_name())
        self._thought.append(text)
        if more := self._past_channel_name()[before:]:
            yield ThoughtPiece(more)

    def _past_channel_name(self) -> str:
        thought = "".join(self._thought)
        return "" if THOUGHT_NAME.startswith(thought) else thought.removeprefix(THOUGHT_NAME)

    def _called(self, ids: Iterable[int]) -> CallMade:
        special_ids = self._tokenizer.special_ids
        runs = groupby(ids, special_ids.__contains__)
        written = "".join(
            self._tokenizer.decode(run, keep_special=True)
            if special
            else defuse(self._tokenizer.decode(run), self._tokenizer.special_names)
            for special, run in runs
        )
        (call,) = parse_calls(written)
        self._calls.append(call)
        return CallMade(call)
