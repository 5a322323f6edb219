"""The folders that the agent writes into, and the room on their disks."""

import os
import shutil
import tempfile
from pathlib import Path

from edge_agent.doctor.types import Finding, bad, good, notice

_JOURNAL_ROOM = 100_000_000  # bytes; years of turns
_GB = 1e9


def check_journal(folder: Path) -> Finding:
    """Look whether the journal can be written: without it nothing is done."""
    trouble = _cannot_write(folder)
    if trouble:
        return bad("journal", trouble, f"Give it to the agent's user: sudo chown $USER '{folder}'.")
    free = shutil.disk_usage(folder).free
    if free < _JOURNAL_ROOM:
        return bad("journal", f"{folder} has {free / 1e6:.0f} MB free.", "Make room on that disk.")
    return good("journal", f"{folder}, {free / _GB:.1f} GB free")


def check_cache(folder: Path, model: Path) -> Finding:
    """Look whether packed weights can be kept: without them each start takes seconds longer."""
    trouble = _cannot_write(folder)
    if trouble:
        return notice(
            "cache", trouble, f"Give it to the agent's user: sudo chown $USER '{folder}'."
        )
    free = shutil.disk_usage(folder).free
    size = model.stat().st_size if model.exists() else 0
    kept = sum(file.stat().st_size for file in folder.glob("*.xnnpack"))
    if free + kept < size * 1.5:
        return notice(
            "cache",
            f"{folder} has {free / _GB:.1f} GB free, and packed weights take up to"
            f" {size * 1.5 / _GB:.1f}.",
            "Make room, or point XDG_CACHE_HOME to a larger disk.",
        )
    return good("cache", f"{folder}, {kept / _GB:.2f} GB kept, {free / _GB:.1f} free")


def _cannot_write(folder: Path) -> str | None:
    """Try it, and say what stands in the way."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}."
    return None
