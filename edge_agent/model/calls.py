"""Gemma 4's tool-call syntax: `<|tool_call>call:NAME{key:value,…}<tool_call|>`, read and written.

Strings stand in `<|"|>`, numbers, booleans and null bare, lists in `[…]`, objects in `{…}`; keys
are bare and sorted. Source: Google's page "Gemma 4 Prompt Formatting".
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from edge_agent.model.control_tokens import (
    CALL_END,
    CALL_START,
    QUOTE,
    RESPONSE_END,
    RESPONSE_START,
)
from edge_agent.model.errors import ModelError
from edge_agent.model.types import ToolCall, ToolResult, Value

_LARGEST_WHOLE_FLOAT = 2**53
_DEEPEST = 32


class CallSyntaxError(ModelError):
    """A tool call that does not follow the syntax: where, and what was expected there."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        """Tell that `expected` should stand at `position` of `text`."""
        found = text[position : position + 20] or "the end"
        super().__init__(
            f"the model wrote a broken tool call: expected {expected} at character {position}, "
            f"found {found!r}"
        )
        self.position = position
        self.expected = expected


def format_call(call: ToolCall) -> str:
    """Write `call` as the model does."""
    return f"{CALL_START}call:{call.name}{format_value(call.arguments)}{CALL_END}"


def format_result(result: ToolResult) -> str:
    """Write what a tool answered, for the model to read on from."""
    return f"{RESPONSE_START}response:{result.name}{format_value(result.response)}{RESPONSE_END}"


def format_value(value: Value) -> str:
    """Write one argument: the way back from what the parser reads.

    Raises `ValueError` for a number that is not finite and for a key that the syntax cannot hold.
    Text is written as it is; text that nobody vouches for is to be defused first.
    """
    if isinstance(value, str):
        return f"{QUOTE}{value}{QUOTE}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _format_number(value)
    if isinstance(value, Mapping):
        pairs = (f"{_format_key(key)}:{format_value(value[key])}" for key in sort_keys(value))
        return "{" + ",".join(pairs) + "}"
    return "[" + ",".join(map(format_value, value)) + "]"


def sort_keys(keys: Iterable[str]) -> list[str]:
    """Return `keys` in the order that the chat templates write them: Jinja's `dictsort`."""
    return sorted(keys, key=str.lower)


def parse_calls(text: str) -> tuple[ToolCall, ...]:
    """Find the calls in what a model wrote, in order; the text round them is passed over.

    Raises `CallSyntaxError` for a call that is broken or cut off.
    """
    calls: list[ToolCall] = []
    position = 0
    while (start := text.find(CALL_START, position)) >= 0:
        parser = _Parser(text, start)
        calls.append(parser.call())
        position = parser.position
    return tuple(calls)


def _format_number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written in a tool call")
    whole = value.is_integer() and abs(value) < _LARGEST_WHOLE_FLOAT
    return str(int(value)) if whole else repr(value)


def _format_key(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} cannot be the name of an argument in a tool call")
    return key


_KEY = re.compile(r"[^\s:,{}\[\]<>](?:[^:,{}\[\]<>\n]*[^\s:,{}\[\]<>])?")
_NAME = re.compile(r"[^\s:,{}\[\]<>]+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"(true|false|null)(?!\w)")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


class _Parser:
    """Reads one call from `position` on and moves it past what was read."""

    def __init__(self, text: str, position: int) -> None:
        self._text = text
        self.position = position
        self._depth = 0

    def call(self) -> ToolCall:
        self._take(CALL_START)
        self._take("call:")
        name = self._match(_NAME, "the name of a tool")
        arguments = self._object()
        self._take(CALL_END)
        return ToolCall(name, arguments)

    def _value(self) -> Value:
        if self._at(QUOTE):
            return self._string()
        if self._at("{"):
            return self._object()
        if self._at("["):
            return self._list()
        if word := _WORD.match(self._text, self.position):
            self.position = word.end()
            return _WORDS[word.group()]
        return self._number()

    def _string(self) -> str:
        self._take(QUOTE)
        end = self._text.find(QUOTE, self.position)
        if end < 0:
            raise CallSyntaxError(self._text, len(self._text), f"{QUOTE} at the end of a string")
        start, self.position = self.position, end + len(QUOTE)
        return self._text[start:end]

    def _number(self) -> int | float:
        written = self._match(_NUMBER, "a value")
        try:
            number = float(written) if re.search("[.eE]", written) else int(written)
        except ValueError:
            number = math.inf
        if not math.isfinite(number):
            raise CallSyntaxError(self._text, self.position - len(written), "a smaller number")
        return number

    def _object(self) -> Mapping[str, Value]:
        pairs: dict[str, Value] = {}
        self._open("{")
        while not self._close("}", empty=not pairs):
            key = self._match(_KEY, "the name of an argument")
            if key in pairs:
                raise CallSyntaxError(
                    self._text, self.position - len(key), f"no second argument {key!r}"
                )
            self._take(":")
            pairs[key] = self._value()
        return pairs

    def _list(self) -> Sequence[Value]:
        items: list[Value] = []
        self._open("[")
        while not self._close("]", empty=not items):
            items.append(self._value())
        return items

    def _open(self, bracket: str) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CallSyntaxError(self._text, self.position, f"at most {_DEEPEST} levels")
        self._take(bracket)

    def _close(self, bracket: str, *, empty: bool) -> bool:
        """Take the closing bracket, or else the comma before the next item."""
        if self._at(bracket):
            self.position += 1
            self._depth -= 1
            return True
        if not empty:
            self._take(",", f"',' or '{bracket}'")
        return False

    def _at(self, expected: str) -> bool:
        return self._text.startswith(expected, self.position)

    def _take(self, expected: str, described: str | None = None) -> None:
        if not self._at(expected):
            raise CallSyntaxError(self._text, self.position, described or repr(expected))
        self.position += len(expected)

    def _match(self, pattern: re.Pattern[str], described: str) -> str:
        found = pattern.match(self._text, self.position)
        if not found:
            raise CallSyntaxError(self._text, self.position, described)
        self.position = found.end()
        return found.group()
