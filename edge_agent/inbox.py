"""Where requests wait for the one thread that owns the model."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from edge_agent.agent import Answer, Asked, Decision
from edge_agent.model.cancellation import Cancellation


class Settling:
    """Whether a request is meant as it stands: somebody who speaks may still go on."""

    def __init__(self) -> None:
        """Begin undecided."""
        self._decided = threading.Event()
        self._meant = False

    def settle(self) -> "Settling":
        """Say that it is meant: what was decided may be done."""
        self._meant = True
        self._decided.set()
        return self

    def throw_away(self) -> None:
        """Say that it is not: nothing of it is done, unless that has begun."""
        self._meant = False
        self._decided.set()

    def is_meant(self, within_seconds: float) -> bool:
        """Wait until that is known, and return it; False where it does not come to be known."""
        return self._decided.wait(within_seconds) and self._meant


@dataclass(frozen=True, eq=False)
class Letter:
    """A request, and what its answer, or the error in its place, is given to.

    `on_decision` is given what is about to be done. `cancel` breaks off the thinking about it. With
    a `settling` of its own a request is thought about at once, and answered only when that is
    settled; until then nothing is done but what is as good as certain, and harmless.
    """

    asked: Asked
    on_answer: Callable[[Answer | Exception], None]
    on_decision: Callable[[Decision], None] = lambda _decision: None
    cancel: Cancellation = field(default_factory=Cancellation)
    settling: Settling = field(default_factory=lambda: Settling().settle())

    def take_back(self) -> None:
        """Break off the thinking about it, and let nothing be done."""
        self.settling.throw_away()
        self.cancel.set()


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
