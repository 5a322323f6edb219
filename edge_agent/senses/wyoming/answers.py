"""What passes between a Wyoming client and the agent behind the server."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.senses.types import Utterance


@dataclass(frozen=True)
class Asked:
    """What became of a request: the words that were heard, and the reply."""

    heard: str
    reply: str


Ask = Callable[[Utterance | str, Callable[[Asked | Exception], None]], bool]
"""Hands a request on, spoken or in words, with what its answer is given to, from any thread.

Must not wait. Returns False where there is no room for it.
"""

_KEPT_SECONDS = 30.0
_MOST_KEPT = 16


class Replies:
    """Replies to spoken requests that are still to be asked for by their words, once each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: list[tuple[float, str, Asked]] = []

    def keep(self, words: str, asked: Asked) -> None:
        """Keep a reply for half a minute."""
        self._kept = [*self._fresh(), (time.monotonic(), words.strip(), asked)][-_MOST_KEPT:]

    def take(self, words: str) -> Asked | None:
        """Return the reply to those words, if there is one, and forget it."""
        for kept in self._fresh():
            if kept[1] == words.strip():
                self._kept.remove(kept)
                return kept[2]
        return None

    def _fresh(self) -> list[tuple[float, str, Asked]]:
        oldest = time.monotonic() - _KEPT_SECONDS
        return [kept for kept in self._kept if kept[0] >= oldest]
