"""Holds what a model writes to the tools that it was told of, token by token, with llguidance.

A grammar is built once for a list of tools and can start any number of matchers. A matcher says
which tokens may come next, and which must: those need not be sampled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.control_tokens import THOUGHT_END, THOUGHT_NAME, THOUGHT_START
from edge_agent.model.grammar_rules import FREE_TEXT, GrammarError, Rules, literal
from edge_agent.model.tokenizer import Tokenizer
from edge_agent.model.types import ToolDeclaration

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer


class Mode(StrEnum):
    """What a turn of the model may hold, after its thought."""

    CALLS = "calls"
    """One call or more, and no text."""
    CALLS_OR_TEXT = "calls or text"
    """Text, then calls; either may be missing."""
    TEXT = "text"
    """Text alone."""


class Thought(StrEnum):
    """Whether the turn begins with a thought channel."""

    NONE = "none"
    ALLOWED = "allowed"
    REQUIRED = "required"


@dataclass(frozen=True)
class GrammarOptions:
    """What a turn may hold, and the ids that end it (the file's stop tokens)."""

    stop_ids: tuple[int, ...]
    mode: Mode = Mode.CALLS_OR_TEXT
    thought: Thought = Thought.NONE
    calls_at_most: int = 8
    decimals: int = 2


def compile_grammar(
    tokenizer: Tokenizer, tools: Sequence[ToolDeclaration], options: GrammarOptions
) -> "Grammar":
    """Build the grammar for one turn.

    Raises `GrammarError`, with the tool and the argument in its sentence, if a schema says what
    a grammar cannot hold to, or if calls are wanted and no tool can be called.
    """
    from llguidance import LLMatcher  # noqa: PLC0415 - heavy

    if not options.stop_ids:
        raise GrammarError("the model file names no stop token, so a turn could never end")
    rules = Rules(tokenizer.special_tokens, options.decimals)
    text = rules.text(_turn(rules, tools, options))
    matcher = LLMatcher(_guidance_tokenizer(tokenizer), LLMatcher.grammar_from_lark(text))
    if matcher.is_error():
        raise GrammarError(f"the grammar of the tools does not compile: {matcher.get_error()}")
    return Grammar(matcher, tokenizer.vocabulary_size)


class Grammar:
    """What a turn may hold, compiled; it never changes."""

    def __init__(self, start: "LLMatcher", vocabulary_size: int) -> None:
        """Keep `start`, a matcher that nothing was fed to."""
        self._start = start
        self._vocabulary_size = vocabulary_size

    def matcher(self) -> "Matcher":
        """Return a matcher at the start of a turn."""
        return Matcher(self._start.deep_copy(), self._vocabulary_size)


class Matcher:
    """The place in the grammar that one turn has reached. Not for two threads at once."""

    def __init__(self, matcher: "LLMatcher", vocabulary_size: int) -> None:
        """Wrap `matcher`, whose ids from `vocabulary_size` on are not the tokenizer's."""
        self._matcher = matcher
        self._vocabulary_size = vocabulary_size
        self._mask = np.zeros(-(-(vocabulary_size + 1) // 32), np.int32)

    @property
    def finished(self) -> bool:
        """Tell whether the turn is complete: a stop token was taken."""
        return bool(self._matcher.is_stopped())

    def forced(self) -> list[int]:
        """Return the tokens that must come next, as many as are known; they are not yet taken."""
        return [] if self.finished else list(self._matcher.compute_ff_tokens())

    def allowed(self) -> NDArray[np.int32]:
        """Return the ids that may come next, in order; none once the turn is finished.

        Raises `GrammarError` if llguidance gives up (its limits on work for one step).
        """
        if self.finished:
            return np.empty(0, np.int32)
        self._matcher.unsafe_compute_mask_ptr(self._mask.ctypes.data, self._mask.nbytes)
        self._check()
        bits = np.unpackbits(self._mask.view(np.uint8), bitorder="little")
        return np.flatnonzero(bits[: self._vocabulary_size]).astype(np.int32)

    def consume(self, ids: Sequence[int]) -> None:
        """Take `ids`, which must be allowed one after the other.

        Raises `ValueError` if one is not, and leaves the matcher where it was.
        """
        taken = self._matcher.validate_tokens(list(ids))
        if taken < len(ids):
            raise ValueError(f"token {ids[taken]} is not allowed by the grammar here")
        self._matcher.consume_tokens(list(ids))
        self._check()

    def copy(self) -> Self:
        """Return a matcher at the same place that goes its own way."""
        return type(self)(self._matcher.deep_copy(), self._vocabulary_size)

    def _check(self) -> None:
        if self._matcher.is_error():
            raise GrammarError(f"the grammar of the tools failed: {self._matcher.get_error()}")


def _turn(rules: Rules, tools: Sequence[ToolDeclaration], options: GrammarOptions) -> str:
    stop = rules.rule(" | ".join(f"<[{index}]>" for index in sorted(set(options.stop_ids))))
    calls = rules.calls(tools, options.calls_at_most) if options.mode is not Mode.TEXT else None
    if options.mode is Mode.CALLS:
        if calls is None:
            raise GrammarError("a call is wanted, but no tool can be called")
        body = calls
    else:
        body = f"{rules.terminal(FREE_TEXT)}?" + (f" ({calls})?" if calls else "")
    return f"{_thought(rules, options.thought)} {body} {stop}"


def _thought(rules: Rules, thought: Thought) -> str:
    if thought is Thought.NONE:
        return ""
    channel = rules.rule(
        f"{rules.token(THOUGHT_START)} {literal(THOUGHT_NAME)} "
        f"{rules.terminal(FREE_TEXT)}? {rules.token(THOUGHT_END)}"
    )
    return channel if thought is Thought.REQUIRED else f"({channel})?"


@lru_cache(maxsize=1)
def _guidance_tokenizer(tokenizer: Tokenizer) -> "LLTokenizer":
    """Index the vocabulary for llguidance: half a second for 262,144 tokens, so done once.

    Its slices, which speed up JSON strings, would triple the memory and do nothing for this syntax.
    """
    from llguidance import LLTokenizer  # noqa: PLC0415 - heavy

    vocabulary = _VocabularyForGuidance(tokenizer)
    return LLTokenizer(vocabulary, slices=[])  # type: ignore[arg-type] # read by its attributes


class _VocabularyForGuidance:
    """The tokenizer in the form that llguidance reads (`llguidance.TokenizerWrapper`).

    llguidance keeps one token for "the end", which no rule may name, whereas the rules here name
    every stop token: it is given one of its own, past the vocabulary.
    """

    is_tokenizer_wrapper = True
    bos_token_id = None

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.eos_token_id = tokenizer.vocabulary_size
        self.tokens = [*tokenizer.token_bytes, b"<the end>"]
        self.special_token_ids = [*sorted(tokenizer.special_ids), self.eos_token_id]
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, special=False)
