"""Who wrote something into the journal, and whether that process is still there."""

import os
from pathlib import Path

_START_TIME = 19
"""Which of the fields after the name says when the process began; see proc(5), `stat`."""


def this_process() -> str:
    """Return an identity that no later process has, even one with the same number."""
    return f"{os.getpid()}:{_start_time(os.getpid())}"


def is_alive(identity: str) -> bool:
    """Tell whether the process of `identity` still runs."""
    number, _, started = identity.partition(":")
    if not number.isdecimal():
        return False
    return _exists(int(number)) and _start_time(int(number)) == started


def _exists(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start_time(number: int) -> str:
    """Return when a process began, in ticks since the machine did; "" where nobody tells."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[_START_TIME]
