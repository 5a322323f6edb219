"""A camera that may be missing, busy, unplugged and plugged in again."""

import itertools
import logging
import threading
from collections.abc import Callable, Generator, Iterator

from edge_agent.senses.seeing.frame import Picture, SightError

_log = logging.getLogger(__name__)

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 30.0

EVERY_SECONDS = 1.0
"""How often a live camera gives a picture."""

Shown = Callable[[str, threading.Event], Iterator[Picture]]
"""What opens a camera that people call by a name, and yields what it shows, a picture a second,
until the event is set. It raises `SightError` when there is no camera, or no longer."""


class LiveCamera:
    """A `PictureSource` of what a camera shows now.

    `tell` is given one sentence when the camera is lost, and one when it is back.
    """

    def __init__(self, shown: Shown, name: str, tell: Callable[[str], None] = _log.warning) -> None:
        """Look at what is `shown`; nothing is opened yet."""
        self._shown = shown
        self.name = name
        self._tell = tell
        self._closing = threading.Event()

    def pictures(self) -> Generator[Picture, None, None]:
        """Yield a picture a second until closed; while there is no camera, wait for it."""
        told = False
        waits = _growing_waits()
        while not self._closing.is_set():
            try:
                for picture in self._shown(self.name, self._closing):
                    if told:
                        self._tell(f"The {self.name} is back.")
                    told, waits = False, _growing_waits()
                    yield picture
            except SightError as error:
                if not told:
                    self._tell(f"{error} Trying again until it is there.")
                told = True
            if self._closing.wait(next(waits)):
                return

    def close(self) -> None:
        """End `pictures`, once the camera has made the picture that it is making."""
        self._closing.set()


def _growing_waits() -> Iterator[float]:
    for attempt in itertools.count():
        yield min(_FIRST_WAIT_SECONDS * 2**attempt, _LONGEST_WAIT_SECONDS)
