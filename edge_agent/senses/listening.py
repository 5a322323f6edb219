"""The thread that listens: from a source of sound to what was said, one callback each."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Self

from edge_agent.senses.hearing.hearing import Hearing
from edge_agent.senses.sources.source import Source
from edge_agent.senses.types import Heard, SoundError

_log = logging.getLogger(__name__)


class Listening:
    """Listens from `start` (or entering it as a context) to `close`."""

    def __init__(
        self,
        source: Source,
        hearing: Hearing,
        on_heard: Callable[[Heard], None],
        tell: Callable[[str], None] = _log.warning,
    ) -> None:
        """Give what is heard to `on_heard`, which must not wait: the sound goes on.

        `tell` is given one sentence if the source fails for good.
        """
        self._source = source
        self._hearing = hearing
        self._on_heard = on_heard
        self._tell = tell
        self._muted = False
        self._hearing_it = threading.Lock()
        self._thread = threading.Thread(target=self._listen, name="listening", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of the source; return whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - a switch
        """Hear nothing, and forget what was heard, until this is called with False."""
        with self._hearing_it:
            self._muted = muted
            for heard in self._hearing.forget():
                self._on_heard(heard)
        self._source.mute(muted)

    def close(self) -> None:
        """Stop listening, and close the source."""
        self._source.close()
        self._thread.join()

    def __enter__(self) -> Self:
        """Begin to listen."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.close()

    def _listen(self) -> None:
        try:
            for block in self._source.blocks():
                self._hear(self._hearing.take(block))
            self._hear(self._hearing.end())
        except SoundError as error:
            self._tell(str(error))

    def _hear(self, what: Iterator[Heard]) -> None:
        """Pass on what is heard, one thing at a time, unless nothing is to be heard."""
        with self._hearing_it:
            if not self._muted:
                for heard in what:
                    self._on_heard(heard)
