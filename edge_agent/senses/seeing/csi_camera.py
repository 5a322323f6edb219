"""What a camera on the Raspberry Pi's CSI connector shows, by picamera2, which brings libcamera.

Source: Raspberry Pi's "The Picamera2 Library"
(https://datasheets.raspberrypi.com/camera/picamera2-manual.pdf): `global_camera_info`, the video
configuration, `capture_array`, and Appendix A, by which `BGR888` gives arrays of red, green, blue.
"""

import importlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from edge_agent.senses.seeing.frame import Picture, SightError
from edge_agent.senses.seeing.live_camera import EVERY_SECONDS

_SIZE = (1280, 960)
"""Width, height: twice what is kept of it, and a multiple of 32, as `BGR888` likes it."""

_FRAME_MICROSECONDS = 200_000
"""Five pictures a second: enough for the exposure to follow the light."""

_NEXT_PICTURE_WITHIN_S = 5.0


def shown_by_csi_camera(number: int, name: str, closing: threading.Event) -> Iterator[Picture]:
    """Yield a picture a second of the CSI camera of that number, as libcamera counts them.

    Raises `SightError` without picamera2, and when there is no picture, or no more.
    """
    with _opened(number, name) as camera:
        due = time.monotonic()
        while not closing.wait(max(0.0, due - time.monotonic())):
            job = camera.capture_array("main", wait=False)
            try:
                pixels = camera.wait(job, timeout=_NEXT_PICTURE_WITHIN_S)
            except TimeoutError as error:
                camera.cancel_all_and_flush()
                raise SightError(f"The {name} gives no pictures any more.") from error
            now = time.monotonic()
            due = max(due + EVERY_SECONDS, now)
            yield Picture(np.ascontiguousarray(pixels), now)


@contextmanager
def _opened(number: int, name: str) -> Iterator[Any]:
    """Open the camera and have it take pictures; it is closed at the end."""
    picamera2 = _library().Picamera2
    if number >= len(picamera2.global_camera_info()):
        raise SightError(f"There is no {name}: see whether 'rpicam-hello --list-cameras' lists it.")
    try:
        camera = picamera2(number)
    except RuntimeError as error:
        raise SightError(f"The {name} cannot be opened: it may be in use.") from error
    try:
        frame_time = (_FRAME_MICROSECONDS, _FRAME_MICROSECONDS)
        camera.start(
            camera.create_video_configuration(
                main={"format": "BGR888", "size": _SIZE},
                controls={"FrameDurationLimits": frame_time},
            )
        )
        yield camera
    finally:
        camera.close()


def _library() -> Any:  # noqa: ANN401 - it has no types, and is not there where mypy looks
    try:
        return importlib.import_module("picamera2")
    except ImportError as error:
        raise SightError(
            "CSI cameras need picamera2: sudo apt install python3-picamera2, and make the agent's"
            " environment with 'python3 -m venv --system-site-packages'."
        ) from error
