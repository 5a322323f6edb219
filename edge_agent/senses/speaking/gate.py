"""Keeps the agent from taking its own voice for somebody else's."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

ECHO_SECONDS = 0.3
"""How long the room and the sound card go on after the last sample was handed over."""


class SpeakingGate:
    """Closed while the agent makes a sound, and shortly after. Safe for several threads."""

    def __init__(self) -> None:
        """Begin open."""
        self._speaking = 0
        self._closed_until = float("-inf")
        self._changing = threading.Lock()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Close the gate for as long as the agent sounds."""
        with self._changing:
            self._speaking += 1
        try:
            yield
        finally:
            with self._changing:
                self._speaking -= 1
                self._closed_until = time.monotonic() + ECHO_SECONDS

    def is_closed(self, at: float) -> bool:
        """Whether sound taken at `at`, in seconds of `time.monotonic`, may be the agent's own."""
        with self._changing:
            return self._speaking > 0 or at < self._closed_until
