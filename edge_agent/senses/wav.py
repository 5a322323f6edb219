"""A sound file in place of a microphone."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.types import SAMPLE_RATE, SoundError, Utterance

if TYPE_CHECKING:
    from soundfile import SoundFile  # type: ignore[import-untyped]  # it has no stubs

LONGEST_SECONDS = 300
"""A longer file is refused unread: nobody speaks a request for five minutes."""

_BLOCK = 65_536


def read_wav(path: Path | str) -> Utterance:
    """Read a sound file of any rate, channel count and sample format as 16 kHz mono float32.

    WAV in all its widths, and whatever else libsndfile reads (FLAC, Ogg, MP3, AIFF). Channels are
    averaged; the rate is converted by soxr at its high quality. Samples that are no number count
    as silence, and what lies beyond full scale is clipped.

    Raises `SoundError` for a file that is missing, empty, damaged, too long or no sound.
    """
    path = Path(path)
    _require_file(path)
    mono, rate = _read(path)
    samples = _resample(mono, rate).clip(-1.0, 1.0)
    if not samples.size:
        raise SoundError(f"{path} holds no sound: it is empty or was cut off.")
    return Utterance(samples, samples.size / SAMPLE_RATE, str(path))


def _require_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise SoundError(f"There is no file {path}: check the path.") from None
    except (OSError, ValueError) as error:
        raise SoundError(f"{path} cannot be read: {_reason(error)}.") from error
    if path.is_dir():
        raise SoundError(f"{path} is a folder: name a sound file in it.")
    if not path.is_file():
        raise SoundError(f"{path} is not an ordinary file: give a WAV file.")
    if size == 0:
        raise SoundError(f"{path} is empty: it holds no sound.")


def _read(path: Path) -> tuple[NDArray[np.float32], int]:
    """Return the mean of the channels, float32 [n], and the rate in Hz."""
    import soundfile  # noqa: PLC0415 - loads libsndfile

    try:
        with soundfile.SoundFile(path) as file:
            seconds = file.frames / file.samplerate
            if seconds > LONGEST_SECONDS:
                raise SoundError(
                    f"{path} is {seconds:.0f} s long: a request may last {LONGEST_SECONDS} s."
                )
            return _mono(file), int(file.samplerate)
    except soundfile.SoundFileError as error:
        raise SoundError(f"{path} is no sound file, or it is damaged: give a WAV file.") from error
    except OSError as error:
        raise SoundError(f"{path} cannot be read: {_reason(error)}.") from error


def _mono(file: "SoundFile") -> NDArray[np.float32]:
    blocks = [
        np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0).mean(axis=1, dtype=np.float32)
        for block in file.blocks(_BLOCK, dtype="float32", always_2d=True)
    ]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _resample(mono: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    if rate == SAMPLE_RATE:
        return mono
    import soxr  # type: ignore[import-untyped] # noqa: PLC0415 - native, has no stubs, often unneeded

    converted: NDArray[np.float32] = soxr.resample(mono, rate, SAMPLE_RATE, quality="HQ")
    return converted


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
