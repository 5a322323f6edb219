"""Sound out, through PortAudio."""

import threading

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.portaudio import find_device, opened
from edge_agent.senses.types import SoundError

_LATE_SECONDS = 3.0
"""A device that is so much behind has stopped taking sound."""


class Loudspeaker:
    """Plays one sound at a time."""

    def __init__(self, device: str | int | None = None) -> None:
        """Play on a device by part of its name or its number; the system's choice if None."""
        self._wanted = device

    def play(self, samples: NDArray[np.float32], rate: int, stop: threading.Event) -> None:
        """Play float32 [n], mono, and wait for its end; setting `stop` ends it within 40 ms.

        Raises `SoundError`.
        """
        device = find_device(self._wanted, "output")
        playing = _Playing(stop)
        with opened(device, "output", playing.fill) as stream:
            playing.begin(_at_rate(samples, rate, stream.rate))
            if not playing.ended.wait(samples.size / rate + _LATE_SECONDS):
                raise SoundError(f"The loudspeaker {device.name} takes no more sound.")
            if not stop.is_set():
                stream.play_out()


class _Playing:
    """A sound on its way out: filled in by PortAudio's own thread, a block at a time."""

    def __init__(self, stop: threading.Event) -> None:
        self.ended = threading.Event()
        self._stop = stop
        self._samples: NDArray[np.float32] | None = None
        self._at = 0

    def begin(self, samples: NDArray[np.float32]) -> None:
        self._samples = samples

    def fill(self, out: NDArray[np.float32], frames: int, _time: object, _status: object) -> None:
        """Fill float32 [frames, channels] with what comes next, and with silence after the end."""
        out[:] = 0
        if self._stop.is_set():
            self.ended.set()
        elif self._samples is not None:
            piece = self._samples[self._at : self._at + frames]
            out[: piece.size] = piece[:, None]
            self._at += frames
            if not piece.size:
                self.ended.set()


def _at_rate(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    if rate == wanted:
        return samples
    import soxr  # type: ignore[import-untyped] # noqa: PLC0415 - native, often unneeded

    converted: NDArray[np.float32] = soxr.resample(samples, rate, wanted)
    return converted
