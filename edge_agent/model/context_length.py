"""How long a context this machine can afford."""

from pathlib import Path

DEFAULT_CONTEXT = 4096
SMALLEST_CONTEXT = 512
_SHARE_OF_FREE_MEMORY = 0.25


def affordable_context(bytes_per_position: int, free_memory: int | None = None) -> int:
    """Return 4,096, or half as much again and again until the KV cache takes a quarter of memory.

    `free_memory` is in bytes; None asks the system. It never goes below 512.
    """
    free = _free_memory() if free_memory is None else free_memory
    context = DEFAULT_CONTEXT
    while (
        context > SMALLEST_CONTEXT and context * bytes_per_position > free * _SHARE_OF_FREE_MEMORY
    ):
        context //= 2
    return context


def _free_memory() -> int:
    """Return what Linux says is available, in bytes; plenty where it does not say."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 1 << 40
