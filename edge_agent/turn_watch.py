"""The watchdog of turns: one that takes too long is broken off, and the person is told."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from edge_agent.agent import Answer
from edge_agent.inbox import Letter

_log = logging.getLogger(__name__)

LONGEST_TURN_S = 120.0
"""Longer than thirty seconds of sound and a long reply take on a Raspberry Pi."""

ENDS_WITHIN_S = 10.0
"""A turn that was broken off ends within milliseconds; a lock may take so long to confirm."""


class BrokenOffError(Exception):
    """A turn was broken off, and nothing was done: the sentence says why."""


class TurnUnderWay:
    """A letter that is being answered, once."""

    def __init__(self, letter: Letter, longest_s: float) -> None:
        """Begin; it may take `longest_s` (s)."""
        self.due = time.monotonic() + longest_s
        self.broken_off: BrokenOffError | None = None
        self._letter = letter
        self._answered = threading.Lock()

    def break_off(self, why: str) -> None:
        """Break off the thinking, for that reason."""
        self.broken_off = self.broken_off or BrokenOffError(why)
        self._letter.take_back()

    def answer(self, answer: Answer | Exception) -> None:
        """Give the answer, unless one was given."""
        if self._answered.acquire(blocking=False):
            self._letter.on_answer(answer)


class TurnWatch:
    """Watches the turn that is under way, from a thread of its own."""

    def __init__(
        self, longest_s: float = LONGEST_TURN_S, ends_within_s: float = ENDS_WITHIN_S
    ) -> None:
        """Let a turn take `longest_s` (s), and `ends_within_s` more once it is broken off."""
        self._longest_s, self._ends_within_s = longest_s, ends_within_s
        self._turn: TurnUnderWay | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._watch, name="turn-watch", daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    @contextmanager
    def over(self, letter: Letter) -> Iterator[TurnUnderWay]:
        """Watch over the answering of a letter."""
        turn = TurnUnderWay(letter, self._longest_s)
        self._set(turn)
        try:
            yield turn
        finally:
            self._set(None)

    def break_off(self, why: str) -> None:
        """Break off the turn that is under way, if one is."""
        with self._changed:
            if self._turn is not None:
                self._turn.break_off(why)

    def _set(self, turn: TurnUnderWay | None) -> None:
        with self._changed:
            self._turn = turn
            self._changed.notify_all()

    def _watch(self) -> None:
        while (turn := self._overdue()) is not None:
            if turn.broken_off is None:
                turn.break_off(f"That took longer than {self._longest_s:g} s: I gave it up.")
                turn.due = time.monotonic() + self._ends_within_s
                _log.error("A turn took longer than %g s: it is broken off.", self._longest_s)
            else:
                turn.due = float("inf")
                _log.critical("A turn does not end, though it was broken off.")
                turn.answer(turn.broken_off)

    def _overdue(self) -> TurnUnderWay | None:
        """Wait for a turn that takes too long, and return it; None once this is closed."""
        with self._changed:
            while not self._closed:
                turn = self._turn
                left = None if turn is None else turn.due - time.monotonic()
                if turn is not None and left is not None and left <= 0:
                    return turn
                self._changed.wait(min(left, threading.TIMEOUT_MAX) if left else None)
        return None
