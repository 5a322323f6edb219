"""A person's yes: to one question, in the next turn, within a time, over the way it was asked."""

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge_agent.tools.types import Call

VALID_S = 20.0
"""How long a question can be answered."""

_YES = (
    "yes", "yes please", "yes do it", "yes do that", "yes go ahead", "yeah", "yep", "sure", "ok",
    "okay", "do it", "do that", "go ahead", "confirm", "confirmed", "of course", "please do",
)  # fmt: skip
_FILLING = frozenset({"please", "it", "do", "the", "yes", "now"})
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True)
class Agreement:
    """What a person has agreed to: these calls, and nothing else."""

    calls: tuple[Call, ...]


@dataclass(frozen=True)
class _Question:
    source: str
    calls: tuple[Call, ...]
    words: frozenset[str]
    asked_at: float


class Consents:
    """Holds the one question that is open. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without a question."""
        self._clock = clock
        self._lock = threading.Lock()
        self._open: _Question | None = None

    def ask(self, source: str, calls: Sequence[Call], question: str) -> None:
        """Remember that `question`, about `calls`, was put to whoever speaks over `source`."""
        words = frozenset(_WORD.findall(question.casefold()))
        with self._lock:
            self._open = _Question(source, tuple(calls), words, self._clock())

    def answered(self, source: str, said: str) -> Agreement | None:
        """Take the next thing that was `said`: an agreement if it is a yes to the open question.

        Whatever it was, the question is closed then, unless it came from elsewhere.
        """
        with self._lock:
            question = self._open
            if question is None or question.source != source:
                return None
            self._open = None
        if self._clock() - question.asked_at > VALID_S or not _is_yes(said, question.words):
            return None
        return Agreement(question.calls)


def _is_yes(said: str, words: frozenset[str]) -> bool:
    """Tell whether somebody said yes, and nothing that the question was not about."""
    spoken = _WORD.findall(said.casefold())
    if " ".join(spoken) in _YES:
        return True
    starts = spoken[:1] in (["yes"], ["yeah"], ["yep"], ["okay"], ["ok"], ["sure"])
    return starts and set(spoken[1:]) <= words | _FILLING
