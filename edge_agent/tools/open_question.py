"""The one question that is open: it is answered in the next turn, in time, the way it was asked."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

VALID_S = 20.0
"""How long a question can be answered."""

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class _Asked(Generic[Subject]):
    source: str
    subject: Subject
    at: float


class OpenQuestion(Generic[Subject]):
    """Holds what the last question was about. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without a question."""
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: _Asked[Subject] | None = None

    def ask(self, source: str, subject: Subject) -> None:
        """Remember that whoever speaks over `source` was asked about `subject`."""
        with self._lock:
            self._asked = _Asked(source, subject, self._clock())

    def is_open(self, source: str) -> bool:
        """Tell whether the next thing that `source` says may answer."""
        with self._lock:
            asked = self._asked
        return asked is not None and asked.source == source and self._is_valid(asked)

    def take(self, source: str) -> Subject | None:
        """Return what the next thing that `source` says may answer, and close the question.

        A question that was put to somebody else stays open; one that is too old is about nothing.
        """
        with self._lock:
            asked = self._asked
            if asked is None or asked.source != source:
                return None
            self._asked = None
        return asked.subject if self._is_valid(asked) else None

    def _is_valid(self, asked: _Asked[Subject]) -> bool:
        return self._clock() - asked.at <= VALID_S
