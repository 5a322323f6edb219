"""A sound file that plays into the agent's ear at the speed of life."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from edge_agent.senses.types import SAMPLE_RATE, Block
from edge_agent.senses.wav import read_wav

_BLOCK_SAMPLES = 320


class SoundFile:
    """A `Source` that gives a file's sound in real time, and ends with it."""

    def __init__(self, path: Path | str) -> None:
        """Read the file. Raises `SoundError`."""
        self.name = str(path)
        self._samples = read_wav(path).samples
        self._closing = threading.Event()

    def blocks(self) -> Iterator[Block]:
        """Yield 20 ms every 20 ms."""
        began = time.monotonic()
        for start in range(0, self._samples.size, _BLOCK_SAMPLES):
            samples = self._samples[start : start + _BLOCK_SAMPLES]
            due = began + (start + samples.size) / SAMPLE_RATE
            if self._closing.wait(max(0.0, due - time.monotonic())):
                return
            yield Block(samples, due)

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - a switch
        """Go on: whoever listens leaves it alone."""

    def close(self) -> None:
        """End `blocks`."""
        self._closing.set()
