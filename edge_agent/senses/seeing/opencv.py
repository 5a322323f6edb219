"""OpenCV, which opens cameras and decodes clips: imported when it is first needed.

It is not part of the plain installation (150 MB): `pip install 'edge-agent[camera]'`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.seeing.frame import SightError

if TYPE_CHECKING:
    import cv2

_OPEN_WITHIN_MS = 5_000
_READ_WITHIN_MS = 5_000


@contextmanager
def capture(target: str | int) -> Iterator["cv2.VideoCapture"]:
    """Open a device, by number or path, a clip or a URL. Raises `SightError` without OpenCV.

    Whether it could be opened is for the caller to ask: only they know what to say.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # nothing: callers tell what is wrong
    try:
        import cv2  # noqa: PLC0415 - heavy, and an extra
    except ImportError as error:
        raise SightError(
            "Cameras and clips need OpenCV: pip install 'edge-agent[camera]'."
        ) from error
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    is_device = isinstance(target, int) or target.startswith("/dev/")
    if is_device:
        opened = cv2.VideoCapture(target, cv2.CAP_V4L2)
    else:
        limits = (
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            _OPEN_WITHIN_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _READ_WITHIN_MS,
        )
        opened = cv2.VideoCapture(str(target), cv2.CAP_FFMPEG, limits)
    try:
        yield opened
    finally:
        opened.release()


def retrieved(opened: "cv2.VideoCapture") -> NDArray[np.uint8] | None:
    """Decode what was grabbed: uint8 [height, width, 3], red, green, blue; None if damaged."""
    whole, pixels = opened.retrieve()
    if not whole or pixels is None or pixels.dtype != np.uint8:
        return None
    if pixels.ndim == 2:  # noqa: PLR2004 - a gray camera
        pixels = np.repeat(pixels[:, :, None], 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, 2::-1])
