"""Clips in files, a picture each second or as often as wanted."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from edge_agent.senses.seeing.frame import FRAME_PIXELS, Picture, SightError, shrunk
from edge_agent.senses.seeing.opencv import capture, retrieved

if TYPE_CHECKING:
    import cv2

FRAMES_AT_MOST = 60
"""What the model takes in at a time."""


def read_clip(path: Path | str, fps: float = 1.0) -> tuple[Picture, ...]:
    """Read `fps` pictures a second of a clip, made small, with their seconds since its beginning.

    Raises `SightError` for a file that is missing, damaged or no clip, without OpenCV, and for a
    clip of more than 60 such pictures.
    """
    if not 0 < fps <= FRAMES_AT_MOST:
        raise SightError(f"A clip cannot be read at {fps:g} pictures a second: 1 is usual.")
    kept: list[Picture] = []
    for picture in clip_pictures(path, fps):
        if len(kept) == FRAMES_AT_MOST:
            raise SightError(_too_long(path, fps))
        kept.append(Picture(shrunk(picture.pixels, FRAME_PIXELS), picture.at))
    return tuple(kept)


def clip_pictures(path: Path | str, fps: float = 1.0) -> Iterator[Picture]:
    """Yield the pictures of a clip, one at a time; see `read_clip`."""
    path = Path(path)
    _require_file(path)
    with capture(str(path)) as clip:
        if not clip.isOpened():
            raise SightError(_damaged(path))
        yielded = 0
        for at in _grabbed(clip):
            if at + 1e-6 < yielded / fps:
                continue
            pixels = retrieved(clip)
            if pixels is not None:
                yielded = max(yielded + 1, math.floor(at * fps) + 1)
                yield Picture(pixels, at)
        if not yielded:
            raise SightError(_damaged(path))


def _grabbed(clip: "cv2.VideoCapture") -> Iterator[float]:
    """Grab picture after picture, and yield their times in seconds, counted where not written."""
    import cv2  # noqa: PLC0415 - the caller has opened a clip with it

    rate = clip.get(cv2.CAP_PROP_FPS)
    step = 1 / rate if math.isfinite(rate) and rate > 0 else 0.0
    number = 0
    while clip.grab():
        written = clip.get(cv2.CAP_PROP_POS_MSEC) / 1000
        yield written if number and written > 0 else number * step
        number += 1


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise SightError(f"{path} is a folder: name a clip in it.")
    if not path.exists():
        raise SightError(f"There is no file {path}: check the path.")
    if not path.is_file():
        raise SightError(f"{path} is not an ordinary file: give an MP4 file.")


def _damaged(path: Path) -> str:
    return f"{path} is no clip, or it is damaged: give an MP4 file."


def _too_long(path: Path | str, fps: float) -> str:
    return (
        f"{path} has more than {FRAMES_AT_MOST} pictures at {fps:g} a second, which is all that the"
        " model takes in: cut it, or take fewer with --fps."
    )
