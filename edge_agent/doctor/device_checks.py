"""Cameras, and whether this user may use sound devices, cameras and the GPU."""

import os
from pathlib import Path

from edge_agent.doctor.types import Finding, good, notice

_NODES = {"audio": "snd/pcm*", "video": "video*", "render": "dri/renderD*"}
"""The group that Debian gives each kind of device node to, and where those lie under `/dev`."""


def check_cameras(sysfs: Path = Path("/sys/class/video4linux")) -> Finding:
    """List the video devices that the kernel knows."""
    names = sorted({_read(folder / "name") for folder in sysfs.glob("video*")} - {""})
    if not names:
        return notice(
            "camera",
            "There is none.",
            "Plug one in where the agent is to see; 'v4l2-ctl --list-devices' must list it.",
        )
    return good("camera", ", ".join(names))


def check_permissions(devices: Path = Path("/dev")) -> Finding:
    """Look whether this user may open each device node there is."""
    nodes = {group: sorted(devices.glob(pattern)) for group, pattern in _NODES.items()}
    closed = {
        group: node
        for group, found in nodes.items()
        for node in found
        if not os.access(node, os.R_OK | os.W_OK)
    }
    if closed:
        return notice(
            "permissions",
            f"This user may not open {', '.join(map(str, closed.values()))}.",
            f"sudo usermod -aG {','.join(closed)} $USER, and log in again.",
        )
    count = sum(map(len, nodes.values()))
    return good("permissions", f"{count} sound, camera and GPU devices may be opened")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
