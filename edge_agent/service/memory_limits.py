"""How much memory the service may have, from the model that it runs."""

from dataclasses import dataclass

_RUN_TIME = 512 << 20  # Python, LiteRT, caches, frames of a camera, and what a turn needs
_SHARE_OF_MACHINE = 0.9
_SLOWED_FROM = 0.9


@dataclass(frozen=True)
class MemoryLimits:
    """Bytes: from `high` on the kernel takes pages back, at `highest` it ends the service."""

    high: int
    highest: int


def memory_limits(model_bytes: int, machine_bytes: int) -> MemoryLimits:
    """Return twice the model file and 512 MB, but never more than 90 % of the machine.

    Twice, because XNNPACK's packed weights lie beside the file's own while they are made. Pages of
    both files are given back under pressure, so a machine that has less still runs the model.
    """
    highest = min(2 * model_bytes + _RUN_TIME, int(machine_bytes * _SHARE_OF_MACHINE))
    return MemoryLimits(int(highest * _SLOWED_FROM), highest)
