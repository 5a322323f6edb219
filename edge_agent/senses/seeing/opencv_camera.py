"""What a USB camera or a camera on the network shows, by OpenCV."""

import threading
import time
from collections.abc import Iterator

from edge_agent.senses.seeing.frame import Picture, SightError
from edge_agent.senses.seeing.live_camera import EVERY_SECONDS
from edge_agent.senses.seeing.opencv import capture, retrieved


def shown_by_opencv(target: str | int, name: str, closing: threading.Event) -> Iterator[Picture]:
    """Yield a picture a second of a device, by number or path, or of a URL.

    It takes every picture that the camera makes, so that the one it keeps each second is fresh,
    and decodes only those. Raises `SightError` when there is no picture, or no more.
    """
    with capture(target) as camera:
        if not camera.isOpened():
            raise SightError(f"There is no picture from the {name}.")
        due = time.monotonic()
        while not closing.is_set():
            if not camera.grab():
                raise SightError(f"The {name} gives no pictures any more.")
            now = time.monotonic()
            if now < due:
                continue
            pixels = retrieved(camera)
            if pixels is not None:
                due = max(due + EVERY_SECONDS, now)
                yield Picture(pixels, now)
