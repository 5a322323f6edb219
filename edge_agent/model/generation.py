"""Lets a decoder go on from a prompt, token by token, held to a grammar where there is one."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.compiled_model import RunCancelledError
from edge_agent.model.decoder import Decoder
from edge_agent.model.errors import ModelError
from edge_agent.model.grammar import Matcher
from edge_agent.model.prompt import Prompt
from edge_agent.model.types import Finish

Choose = Callable[[NDArray[np.float32], NDArray[np.int32] | None], int]
"""Picks a token from logits [vocabulary]: one of the given ids, or any if they are None."""


class Generation:
    """One run of generation. What is public says how it went, also when it was cut short.

    `tokens` are the new ones, without the stop token; the last of them may not be in the cache.
    `forced` counts those that the grammar left no choice about. Set `greedy` where the likeliest
    token is always chosen: it saves time under a grammar. Times are in milliseconds:
    `prefill_ms` until the prompt's logits are there, `first_token_ms` until the first token.
    """

    def __init__(
        self,
        decoder: Decoder,
        choose: Choose,
        matcher: Matcher | None,
        stop_ids: Collection[int],
        cancel: threading.Event | None = None,
    ) -> None:
        """Prepare to generate until one of `stop_ids`, or until `cancel` is set."""
        self.greedy = False
        self.tokens: list[int] = []
        self.forced = 0
        self.finish: Finish = "stop"
        self.prefill_ms = self.first_token_ms = self.total_ms = 0.0
        self._decoder, self._choose, self._matcher = decoder, choose, matcher
        self._stop_ids = frozenset(stop_ids)
        self._cancel = cancel
        self._limit = 0
        self._ended = False

    def run(self, prompt: Prompt, budget: int) -> Iterator[Sequence[int]]:
        """Feed `prompt` and yield new tokens as they come, several where the grammar forces them.

        At most `budget` of them, and no more than the context has room for. What the grammar
        forces at the start rides along with the prompt. Raises `ModelError` if there is no room
        for prompt and reply.
        """
        cache = self._decoder.cache
        self._limit = min(budget, cache.room - len(prompt))
        if self._limit < 1:
            raise ModelError(
                f"the conversation is too long: {len(prompt)} tokens come in, and {cache.room} of"
                f" the context of {cache.context} are free"
            )
        started = perf_counter()
        try:
            yield from self._run(prompt, started)
        except RunCancelledError:
            self.finish = "cancelled"
        finally:
            self.total_ms = _milliseconds_since(started)

    def _run(self, prompt: Prompt, started: float) -> Iterator[Sequence[int]]:
        new = self._take(self._forced())
        logits = self._feed(prompt + Prompt.of_ids(new))
        self.prefill_ms = self.first_token_ms = _milliseconds_since(started)
        if new:
            yield new
        while not self._ended:
            new = self._take(self._next(logits))
            if len(self.tokens) == len(new):
                self.first_token_ms = _milliseconds_since(started)
            if new:
                yield new
            if not self._ended:
                logits = self._feed(Prompt.of_ids(new))

    def _feed(self, prompt: Prompt) -> NDArray[np.float32]:
        if self._cancel is not None and self._cancel.is_set():
            raise RunCancelledError("the turn was cancelled")
        return self._decoder.feed(prompt)

    def _next(self, logits: NDArray[np.float32]) -> list[int]:
        """Return the token that is chosen, and those that the grammar then forces."""
        if self._matcher is None:
            return [self._choose(logits, None)]
        if self.greedy:  # asking about one token is quicker than listing all that are allowed
            token = self._choose(logits, None)
            with suppress(ValueError):
                self._matcher.consume([token])
                return [token, *self._forced()]
        token = self._choose(logits, self._matcher.allowed())
        self._matcher.consume([token])
        return [token, *self._forced()]

    def _forced(self) -> list[int]:
        if self._matcher is None:
            return []
        ids = self._matcher.forced()
        self._matcher.consume(ids)
        self.forced += len(ids)
        return ids

    def _take(self, ids: list[int]) -> list[int]:
        """Add `ids` to the reply, up to a stop token or the limit, and return what was added."""
        stop = next((place for place, token in enumerate(ids) if token in self._stop_ids), None)
        said = ids[:stop]
        added = said[: self._limit - len(self.tokens)]
        self.tokens += added
        stopped = stop is not None and added == said
        self._ended = stopped or len(self.tokens) == self._limit
        self.finish = "budget" if self._ended and not stopped else "stop"
        return added


def _milliseconds_since(started: float) -> float:
    return (perf_counter() - started) * 1000
