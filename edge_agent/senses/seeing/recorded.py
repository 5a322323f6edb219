"""Files in place of a camera: a clip, or pictures, as if they were seen now."""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from edge_agent.senses.seeing.clip import clip_pictures
from edge_agent.senses.seeing.frame import Picture
from edge_agent.senses.seeing.picture_file import PICTURE_ENDINGS, pictures_in, read_picture


class Recorded:
    """A `PictureSource` of files, a picture a second, at real time or as fast as they are read.

    It ends with the last picture.
    """

    def __init__(
        self,
        path: Path,
        *,
        in_real_time: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Show a clip, one picture, or the pictures in a folder by their names."""
        self._path = path
        self._in_real_time = in_real_time
        self._clock = clock
        self._closing = threading.Event()
        self.name = f"recording {path}"

    def pictures(self) -> Generator[Picture, None, None]:
        """Yield the pictures, each when its time has come."""
        began = self._clock()
        for picture in self._read():
            due = began + picture.at
            if self._in_real_time and self._closing.wait(max(0.0, due - self._clock())):
                return
            if self._closing.is_set():
                return
            yield Picture(picture.pixels, due)

    def close(self) -> None:
        """End `pictures`."""
        self._closing.set()

    def _read(self) -> Iterable[Picture]:
        if self._path.is_dir():
            files = enumerate(pictures_in(self._path))
            return (Picture(read_picture(file), float(second)) for second, file in files)
        if self._path.suffix.lower() in PICTURE_ENDINGS:
            return [Picture(read_picture(self._path), 0.0)]
        return clip_pictures(self._path)
