"""The last minute, a frame a second."""

import threading
from collections import deque
from typing import Final

from edge_agent.senses.seeing.frame import Frame

FRAMES: Final = 60


class FrameRing:
    """Keeps the last 60 frames; one thread puts them in, any may read."""

    def __init__(self) -> None:
        """Begin with none."""
        self._frames: deque[Frame] = deque(maxlen=FRAMES)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many frames are kept."""
        with self._lock:
            return len(self._frames)

    @property
    def newest(self) -> Frame | None:
        """Return the last frame."""
        with self._lock:
            return self._frames[-1] if self._frames else None

    def put(self, frame: Frame) -> None:
        """Keep a frame, and let go of the oldest where there are too many."""
        with self._lock:
            self._frames.append(frame)

    def since(self, start: float) -> tuple[Frame, ...]:
        """Return the frames that were taken after `start`, the oldest first."""
        with self._lock:
            return tuple(frame for frame in self._frames if frame.at > start)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._frames.clear()

    @property
    def nbytes(self) -> int:
        """Return what the pictures weigh; frames that did not change share one."""
        with self._lock:
            return sum({id(it.pixels): it.pixels.nbytes for it in self._frames}.values())
