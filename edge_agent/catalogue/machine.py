"""What matters of this machine when a model is chosen: its memory, and its kind."""

import platform
from dataclasses import dataclass
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_BOARD = Path("/proc/device-tree/model")
_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


@dataclass(frozen=True)
class Machine:
    """Memory in bytes, as far as a program here may use it; `board` is None for a computer."""

    memory: int
    available: int
    board: str | None

    @property
    def is_small_board(self) -> bool:
        """Tell whether it is a Raspberry Pi or another board of that kind, or a phone."""
        return self.board is not None


def this_machine() -> Machine:
    """Look at this machine."""
    said = _meminfo()
    memory = min([said["MemTotal"], *_limits()])
    return Machine(memory, min(memory, said["MemAvailable"]), _board())


def _meminfo() -> dict[str, int]:
    """Return `/proc/meminfo` in bytes (proc_meminfo(5): its figures are in kiB)."""
    said = (line.split() for line in _MEMINFO.read_text(encoding="ascii").splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in said}


def _limits() -> list[int]:
    """Return what a container or a service is held to."""
    limits = []
    for path in _CGROUP_LIMITS:
        try:
            limits.append(int(path.read_text(encoding="ascii")))
        except (OSError, ValueError):  # not there, or the word `max`
            continue
    return limits


def _board() -> str | None:
    try:
        return _BOARD.read_text(encoding="utf-8").rstrip("\0\n") or None
    except (OSError, UnicodeDecodeError):
        return "phone" if hasattr(platform, "android_ver") else None
