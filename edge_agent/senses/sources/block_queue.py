"""A bounded queue between the thread that records and the one that listens."""

import threading
from collections import deque
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


class BlockQueue(Generic[Piece]):
    """Never makes the recording thread wait: what finds no room is dropped and counted."""

    def __init__(self, room_for: int) -> None:
        """Open a queue with room for so many pieces."""
        self.dropped = 0
        self._pieces: deque[Piece] = deque()
        self._room_for = room_for
        self._closed = False
        self._changed = threading.Condition()

    def put(self, piece: Piece) -> None:
        """Leave a piece, or drop it where the reader is too far behind."""
        with self._changed:
            if len(self._pieces) >= self._room_for:
                self.dropped += 1
                return
            self._pieces.append(piece)
            self._changed.notify()

    def get(self, within_seconds: float | None = None) -> Piece | None:
        """Take the next piece. None once it is closed, or where none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._closed, within_seconds)
            return self._pieces.popleft() if self._pieces and not self._closed else None

    def clear(self) -> None:
        """Forget what waits."""
        with self._changed:
            self._pieces.clear()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """Let the reader go, at once and for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
