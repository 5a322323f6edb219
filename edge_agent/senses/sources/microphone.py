"""A microphone that may be missing, busy, unplugged and plugged in again."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.portaudio import find_device, opened
from edge_agent.senses.sources.block_queue import BlockQueue
from edge_agent.senses.sources.mono_stream import MonoStream
from edge_agent.senses.types import Block, SoundError

_log = logging.getLogger(__name__)

_ROOM_FOR_BLOCKS = 200
"""Four seconds of blocks of 20 ms: a listener further behind loses sound."""

_SILENT_SECONDS = 2.0
"""A device that gives no block for so long is gone, whatever the library says."""

_TELL_EVERY_SECONDS = 60.0

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 30.0


@dataclass(frozen=True, eq=False)
class _Recorded:
    """What the device gave: float32 [n, channels] at its own rate, and when."""

    samples: NDArray[np.float32]
    at: float


class _Status(Protocol):
    input_overflow: bool


class Microphone:
    """A `Source` of what a sound device records.

    `dropped` counts blocks of 20 ms that were lost, because the listener was behind or the device
    itself overran; the log tells of them once a minute. `tell` is given one sentence when the
    device is lost, and one when it is back.
    """

    def __init__(
        self, device: str | int | None = None, tell: Callable[[str], None] = _log.warning
    ) -> None:
        """Take sound from a device by part of its name or its number; the system's choice if None.

        Nothing is opened, and no sound library needed, before `blocks`.
        """
        self._wanted = device
        self._tell = tell
        self._closing = threading.Event()
        self._may_record = threading.Event()
        self._may_record.set()
        self._recorded: BlockQueue[_Recorded] = BlockQueue(_ROOM_FOR_BLOCKS)
        self._overruns = 0
        self._told_of = 0
        self._told_at = float("-inf")

    @property
    def name(self) -> str:
        """Return what the configuration calls it."""
        return "microphone" if self._wanted is None else f"microphone {self._wanted}"

    @property
    def dropped(self) -> int:
        """Return how many blocks were lost so far."""
        return self._recorded.dropped + self._overruns

    def blocks(self) -> Iterator[Block]:
        """Yield blocks of about 20 ms until closed; while there is no device, wait for it."""
        told = ""
        waits = _growing_waits()
        while not self._closing.is_set():
            self._may_record.wait()
            try:
                for block in self._record():
                    if told:
                        self._tell(f"The {self.name} is back.")
                        told, waits = "", _growing_waits()
                    yield block
            except SoundError as error:
                if not told:
                    told = str(error)
                    self._tell(f"{told} Trying again until it is there.")
            if self._closing.wait(next(waits)):
                return

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - a switch
        """Close the device, so that nobody can record by it, or open it again."""
        if muted and not self._closing.is_set():
            self._may_record.clear()
        else:
            self._may_record.set()

    def close(self) -> None:
        """End `blocks`."""
        self._closing.set()
        self._may_record.set()
        self._recorded.close()

    def _record(self) -> Iterator[Block]:
        device = find_device(self._wanted, "input")
        self._recorded.clear()
        with opened(device, "input", self._take) as recording:
            stream = MonoStream(recording.rate)
            while self._may_record.is_set() and not self._closing.is_set():
                recorded = self._recorded.get(within_seconds=_SILENT_SECONDS)
                if recorded is not None:
                    self._tell_of_losses(recorded.at)
                    if (samples := stream.take(recorded.samples)).size:
                        yield Block(samples, recorded.at)
                elif self._may_record.is_set() and not self._closing.is_set():
                    raise SoundError(f"The microphone {device.name} gives no sound any more.")

    def _tell_of_losses(self, now: float) -> None:
        lost = self.dropped - self._told_of
        if lost and now - self._told_at >= _TELL_EVERY_SECONDS:
            self._told_of, self._told_at = self.dropped, now
            _log.warning("The %s lost %.2f s of sound: this machine is busy.", self.name, lost / 50)

    def _take(
        self, samples: NDArray[np.float32], _frames: int, _time: object, status: _Status
    ) -> None:
        """Leave what PortAudio's own thread brings, without waiting for anybody."""
        self._overruns += bool(status.input_overflow)
        self._recorded.put(_Recorded(samples.copy(), time.monotonic()))


def _growing_waits() -> Iterator[float]:
    for attempt in itertools.count():
        yield min(_FIRST_WAIT_SECONDS * 2**attempt, _LONGEST_WAIT_SECONDS)
