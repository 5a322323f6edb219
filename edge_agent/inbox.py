"""Where requests wait for the one thread that owns the model."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from edge_agent.agent import Answer, Asked


@dataclass(frozen=True)
class Letter:
    """A request, and what its answer, or the error in its place, is given to."""

    asked: Asked
    on_answer: Callable[[Answer | Exception], None]


@dataclass(frozen=True)
class Heartbeat:
    """Who is told that the thread which answers is at work: between requests, and while it waits.

    `every` is the longest silence of a wait, in seconds; None waits in silence.
    """

    tell: Callable[[], None] = lambda: None
    every: float | None = None


NO_HEARTBEAT = Heartbeat()


class Inbox:
    """A bounded queue of requests. Who listens never waits for the model: a full inbox refuses.

    `refused` counts the requests that found no room.
    """

    def __init__(self, room_for: int = 8) -> None:
        """Open an inbox with room for so many requests."""
        self.refused = 0
        self._room_for = room_for
        self._letters: deque[Letter] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, letter: Letter) -> bool:
        """Leave a request; return False, and count it, where there is no room or nobody reads."""
        with self._changed:
            if self._closed or len(self._letters) >= self._room_for:
                self.refused += 1
                return False
            self._letters.append(letter)
            self._changed.notify()
            return True

    def close(self) -> None:
        """Take no more requests, and let `letters` end without those that still wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def letters(self, heartbeat: Heartbeat = NO_HEARTBEAT) -> Iterator[Letter]:
        """Yield requests in the order of their coming, waiting for them, until it is closed."""
        while True:
            heartbeat.tell()
            with self._changed:
                if not self._changed.wait_for(
                    lambda: self._closed or self._letters, heartbeat.every
                ):
                    continue
                if self._closed:
                    return
                letter = self._letters.popleft()
            yield letter
