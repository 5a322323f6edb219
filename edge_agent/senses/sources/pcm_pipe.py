"""Raw sound from a pipe: standard input, or a FIFO that other programs write into."""

import os
import selectors
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from edge_agent.senses.sources.mono_stream import MonoStream, pcm16
from edge_agent.senses.types import SAMPLE_RATE, Block, SoundError

_STANDARD_INPUT = 0


class PcmPipe:
    """A `Source` of signed 16-bit little-endian PCM.

    A FIFO outlives its writers: when one leaves, the next is waited for. Standard input ends.
    """

    def __init__(
        self, path: Path | str | None = None, rate: int = SAMPLE_RATE, channels: int = 1
    ) -> None:
        """Open the FIFO at `path`, standard input if None. Raises `SoundError`."""
        self.name = "standard input" if path is None else str(path)
        self._rate, self._channels = rate, channels
        self._input = _STANDARD_INPUT if path is None else _open_fifo(Path(path))
        self._closed, self._closing = socket.socketpair()

    def blocks(self) -> Iterator[Block]:
        """Yield what is written, as it comes, until the end of the input or `close`."""
        stream, rest = MonoStream(self._rate), b""
        frame = 2 * self._channels
        try:
            while data := self._read(self._rate // 50 * frame):
                data = rest + data
                whole = len(data) - len(data) % frame
                rest = data[whole:]
                samples = stream.take(pcm16(data[:whole], self._channels))
                if samples.size:
                    yield Block(samples, time.monotonic())
        finally:
            self._closed.close()
            if self._input != _STANDARD_INPUT:
                os.close(self._input)

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - a switch
        """Go on: whoever listens leaves it alone."""

    def close(self) -> None:
        """End `blocks`."""
        self._closing.close()

    def _read(self, most: int) -> bytes:
        """Wait for some bytes; none at the end of the input, or once this is closed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._input, selectors.EVENT_READ)
            selector.register(self._closed, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select()}
        return b"" if self._closed in ready else os.read(self._input, most)


def _open_fifo(path: Path) -> int:
    try:
        if not stat.S_ISFIFO(path.stat().st_mode):
            raise SoundError(f"{path} is no FIFO: make one with 'mkfifo {path}'.")
        # With a writing end of our own there is no end of file when a writer leaves.
        return os.open(path, os.O_RDWR)
    except OSError as error:
        raise SoundError(f"{path} cannot be opened: {error.strerror}.") from error
