"""How hard the machine is pressed, and what the agent does without then.

Little memory, heat and a weak supply make turns shorter step by step, before the kernel ends the
program, or the firmware halves the clock.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from edge_agent.heat import HOT, SLOWED, asked_firmware, slowed_flags, temperature
from edge_agent.memory_left import memory_left

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 15.0
_LITTLE_MEMORY, _HARDLY_ANY_MEMORY = 0.12, 0.05
_TOO_HOT = HOT + 5
"""At 85 °C a Raspberry Pi 5 slows down as far as it can."""
_COOLED_BY = 3.0
"""Degrees Celsius: what was hot is so until it is so much cooler."""


class Strain(IntEnum):
    """How hard the machine is pressed."""

    NONE = 0
    SOME = 1
    MUCH = 2


@dataclass(frozen=True)
class Allowance:
    """What a turn may take: tokens of its reply, and a share (0...1) of the frames it asks for."""

    reply_tokens: int = 256
    frames: float = 1.0


UNSTRAINED = Allowance()

ALLOWANCES = {
    Strain.NONE: UNSTRAINED,
    Strain.SOME: Allowance(reply_tokens=96, frames=0.5),
    Strain.MUCH: Allowance(reply_tokens=48, frames=0.0),
}


@dataclass(frozen=True)
class Reading:
    """What the machine tells of itself: memory left (0...1), °C, and what slows it down."""

    memory_left: float = 1.0
    temperature: float | None = None
    slowed_by: tuple[str, ...] = ()


def read_machine() -> Reading:
    """Look at this machine."""
    flags = slowed_flags(asked_firmware() or "") or 0
    slowed_by = tuple(what for bit, what in SLOWED.items() if flags >> bit & 1)
    return Reading(memory_left(), temperature(), slowed_by)


def strain_of(reading: Reading, before: Strain) -> tuple[Strain, str]:
    """Return how hard the machine is pressed, and by what, in words."""
    cooler = _COOLED_BY if before else 0.0
    degrees = reading.temperature or 0.0
    found = [(Strain.NONE, "")]
    if reading.memory_left < _LITTLE_MEMORY:
        step = Strain.MUCH if reading.memory_left < _HARDLY_ANY_MEMORY else Strain.SOME
        found.append((step, f"{reading.memory_left:.0%} of the memory is left"))
    if degrees >= HOT - cooler:
        step = Strain.MUCH if degrees >= _TOO_HOT - cooler else Strain.SOME
        found.append((step, f"it is {degrees:.0f} °C warm"))
    if reading.slowed_by:
        found.append((Strain.SOME, ", ".join(reading.slowed_by)))
    return max(found[0][0], *(step for step, _ in found)), "; ".join(why for _, why in found if why)


class StrainWatch:
    """Looks at the machine again and again, in a thread of its own, and says what has changed."""

    def __init__(
        self, read: Callable[[], Reading] = read_machine, every_s: float = _LOOK_EVERY_S
    ) -> None:
        """Look by `read`, at once and `every_s` (s)."""
        self._read = read
        self._every_s = every_s
        self._strain = Strain.NONE
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="strain-watch", daemon=True)

    @property
    def allowance(self) -> Allowance:
        """Return what a turn may take now."""
        return ALLOWANCES[self._strain]

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._closing.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self._take(self._read())
            if self._closing.wait(self._every_s):
                return

    def _take(self, reading: Reading) -> None:
        strain, why = strain_of(reading, self._strain)
        if strain > self._strain:
            _log.warning("The machine is pressed (%s): replies and clips are shorter.", why)
        elif strain < self._strain and strain is Strain.NONE:
            _log.warning("The machine is pressed no more.")
        self._strain = strain
