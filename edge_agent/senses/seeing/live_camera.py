"""A camera that may be missing, busy, unplugged and plugged in again: a device, or a URL."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator

from edge_agent.senses.seeing.frame import Picture, SightError
from edge_agent.senses.seeing.opencv import capture, retrieved

_log = logging.getLogger(__name__)

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 30.0
_EVERY_SECONDS = 1.0


class LiveCamera:
    """A `PictureSource` of what a camera shows now.

    It takes every picture that the camera makes, so that the one it keeps each second is fresh,
    and decodes only those. `tell` is given one sentence when the camera is lost, and one when it
    is back.
    """

    def __init__(
        self, target: str | int, name: str, tell: Callable[[str], None] = _log.warning
    ) -> None:
        """Look through a device, by number or path, or at a URL; nothing is opened yet."""
        self._target = target
        self.name = name
        self._tell = tell
        self._closing = threading.Event()

    def pictures(self) -> Generator[Picture, None, None]:
        """Yield a picture a second until closed; while there is no camera, wait for it."""
        told = False
        waits = _growing_waits()
        while not self._closing.is_set():
            try:
                for picture in self._shown():
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

    def _shown(self) -> Iterator[Picture]:
        with capture(self._target) as camera:
            if not camera.isOpened():
                raise SightError(f"There is no picture from the {self.name}.")
            due = time.monotonic()
            while not self._closing.is_set():
                if not camera.grab():
                    raise SightError(f"The {self.name} gives no pictures any more.")
                now = time.monotonic()
                if now < due:
                    continue
                pixels = retrieved(camera)
                if pixels is not None:
                    due = max(due + _EVERY_SECONDS, now)
                    yield Picture(pixels, now)


def _growing_waits() -> Iterator[float]:
    for attempt in itertools.count():
        yield min(_FIRST_WAIT_SECONDS * 2**attempt, _LONGEST_WAIT_SECONDS)
