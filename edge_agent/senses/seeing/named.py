"""Sources of pictures by the words that a configuration has for them.

| words                      | source                                                       |
|----------------------------|--------------------------------------------------------------|
| `camera`                   | the first camera that the system has                         |
| `camera 2`, `/dev/video2`  | one by its number, or by its device                          |
| `csi`, `csi 1`             | a ribbon camera of a Raspberry Pi, by its number             |
| `rtsp://…`, `http://…`     | a camera on the local network: RTSP, or MJPEG over HTTP      |
| `tcp://127.0.0.1:8888`     | what a program on this machine sends, as `rpicam-vid` does   |
| a clip's path              | the clip, at real time                                       |
| a folder's path            | the pictures in it by name, one a second                     |
"""

import ipaddress
import socket
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from edge_agent.senses.seeing.csi_camera import shown_by_csi_camera
from edge_agent.senses.seeing.frame import SightError
from edge_agent.senses.seeing.live_camera import LiveCamera
from edge_agent.senses.seeing.opencv_camera import shown_by_opencv
from edge_agent.senses.seeing.recorded import Recorded
from edge_agent.senses.seeing.source import PictureSource

_SCHEMES = ("http", "https", "rtsp", "rtsps", "tcp")
_DEVICES = {"camera": shown_by_opencv, "csi": shown_by_csi_camera}
_CALLED = {"camera": "camera", "csi": "CSI camera"}


def camera_named(words: str) -> PictureSource:
    """Return the source of that name. Raises `SightError` for one that cannot be."""
    kind, _, number = words.strip().partition(" ")
    if kind in _DEVICES:
        if number and not number.strip().isdecimal():
            raise SightError(f"'{words}': a camera has a number, as in '{kind} 0', or a device.")
        shown = partial(_DEVICES[kind], int(number or 0))
        return LiveCamera(shown, f"{_CALLED[kind]} {number.strip()}".strip())
    if words.startswith("/dev/"):
        return LiveCamera(partial(shown_by_opencv, words), f"camera {words}")
    if "://" in words:
        return _at(words)
    path = Path(words)
    if not path.exists():
        raise SightError(f"There is no file {path}: name a camera, a clip or a folder.")
    return Recorded(path)


def is_recording(words: str) -> bool:
    """Tell whether the words name a file or a folder, and no device and no address."""
    return words.partition(" ")[0] not in _DEVICES and "://" not in words


def _at(url: str) -> LiveCamera:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SightError(f"The camera's address is no URL: {error}.") from error
    if parts.scheme not in _SCHEMES or not host:
        raise SightError(
            f"'{parts.scheme}://': a camera's address begins with rtsp://, http:// or tcp://."
        )
    _require_local(host)
    return LiveCamera(partial(shown_by_opencv, url), f"camera {_without_password(parts)}")


def _require_local(host: str) -> None:
    """Raise `SightError` unless every address of `host` is one of the local network.

    One without an address is let through: that may be a camera that is switched off.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_private:
            raise SightError(
                f"{host} is not on the local network: only cameras in the home are looked at."
            )


def _without_password(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().partition("?")[0]
