"""The thread that looks: from a source of pictures to the frames of the last minute."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Self

from edge_agent.senses.seeing.change import ChangeGate
from edge_agent.senses.seeing.frame import FRAME_PIXELS, Frame, Picture, SightError, shrunk
from edge_agent.senses.seeing.ring import FrameRing
from edge_agent.senses.seeing.source import PictureSource

_log = logging.getLogger(__name__)

_PRESENT_SECONDS = 3.0
"""A frame a second comes, and a little late at times: one that is younger shows how it is now."""


class Camera:
    """Looks from `start` (or entering it as a context) to `close`, but for when it is muted.

    Nothing leaves it and nothing is written anywhere: who asks for frames gets them, and should
    say so where people see it.
    """

    def __init__(
        self,
        source: PictureSource,
        tell: Callable[[str], None] = _log.warning,
        *,
        pixels_a_frame: int = FRAME_PIXELS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take pictures from `source`; `tell` is given one sentence if that fails for good."""
        self._source = source
        self._tell = tell
        self._pixels_a_frame = pixels_a_frame
        self._clock = clock
        self._gate = ChangeGate()
        self._ring = FrameRing()
        self._closing = threading.Event()
        self._open_eyes = threading.Event()
        self._open_eyes.set()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._look, name="camera", daemon=True)

    @property
    def name(self) -> str:
        """Return what people call the source."""
        return self._source.name

    @property
    def is_muted(self) -> bool:
        """Whether it is kept from looking."""
        return not self._open_eyes.is_set()

    @property
    def nbytes(self) -> int:
        """Return what the frames that are kept weigh."""
        return self._ring.nbytes

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop, close the source, and forget all frames."""
        self._closing.set()
        self._source.close()
        self._open_eyes.set()
        self._thread.join()
        self._ring.clear()
        with self._changed:
            self._changed.notify_all()

    def mute(self) -> None:
        """Forget all frames at once, and let go of the device within a second."""
        self._open_eyes.clear()
        self._ring.clear()

    def unmute(self) -> None:
        """Look again."""
        self._open_eyes.set()

    def last(self, seconds: float) -> tuple[Frame, ...]:
        """Return the frames of the last `seconds` seconds, but at least the present one.

        Raises `SightError` if there are none: muted, nothing was seen yet, or not of late.
        """
        now = self._clock()
        frames = self._ring.since(now - seconds) or self._ring.since(now - _PRESENT_SECONDS)[-1:]
        if frames:
            return frames
        if self.is_muted:
            raise SightError(f"The {self.name} is muted: nothing is seen.")
        newest = self._ring.newest
        if newest is None:
            raise SightError(f"The {self.name} has shown nothing yet.")
        raise SightError(
            f"The {self.name} has shown nothing for {now - newest.at:.0f} s: see whether it is"
            " plugged in."
        )

    def wait_for_frame(self, seconds: float) -> bool:
        """Wait until there is a frame; return whether there is one."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._ring) or self._closing.is_set(), seconds)
        return len(self._ring) > 0

    def __enter__(self) -> Self:
        """Begin to look."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.close()

    def _look(self) -> None:
        while self._open_eyes.wait() and not self._closing.is_set():
            try:
                with contextlib.closing(self._source.pictures()) as pictures:
                    for picture in pictures:
                        self._keep(picture)
                        if self.is_muted or self._closing.is_set():
                            break
                    else:
                        return
            except SightError as error:
                self._tell(str(error))
                return

    def _keep(self, picture: Picture) -> None:
        pixels = shrunk(picture.pixels, self._pixels_a_frame)
        newest = self._ring.newest
        changed = self._gate.lets_through(pixels) or newest is None
        frame = Frame(pixels if changed or newest is None else newest.pixels, picture.at, changed)
        self._ring.put(frame)
        if self.is_muted:  # muted while this one was being made
            self._ring.clear()
            self._gate.forget()
        with self._changed:
            self._changed.notify_all()
