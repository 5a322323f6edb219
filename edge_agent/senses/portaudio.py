"""The sound library, PortAudio, of which a process has one: loading it, naming devices, opening.

PortAudio lists the devices once, when it starts. To find one that was plugged in later it must be
stopped and started, which ends every stream; so that is only done while none of ours is open.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from edge_agent.senses.types import SoundError

Direction = Literal["input", "output"]

_RATES = (48_000, 44_100, 32_000, 16_000, 8_000)

_LATENCY_SECONDS = 0.06
"""What a device may hold, three blocks: more makes the agent slow to be silent."""

_library = threading.Lock()
_open_streams: set[int] = set()


@dataclass(frozen=True)
class SoundDevice:
    """A device as PortAudio lists it: its number, name, channels, and usual rate in Hz."""

    index: int
    name: str
    channels: int
    rate: int


@dataclass(frozen=True)
class OpenStream:
    """A stream that runs: its rate in Hz, its channels, and how to wait for its last sample."""

    rate: int
    channels: int
    play_out: Callable[[], None]


def find_device(wanted: str | int | None, direction: Direction) -> SoundDevice:
    """Find a device by part of its name or by its number, or the system's own choice for None.

    Looks afresh, so that a device is found that has only now been plugged in. Raises `SoundError`.
    """
    with _library:
        sounddevice = _loaded()
        if not _open_streams:
            _look_afresh(sounddevice)
        try:
            found = sounddevice.query_devices(wanted, direction)
        except (ValueError, sounddevice.PortAudioError) as error:
            raise SoundError(_not_found(sounddevice, wanted, direction)) from error
    return SoundDevice(
        found["index"],
        found["name"],
        found[f"max_{direction}_channels"],
        int(found["default_samplerate"]),
    )


@contextmanager
def opened(
    device: SoundDevice, direction: Direction, callback: Callable[..., None]
) -> Iterator[OpenStream]:
    """Open a device at the first rate and channel count that it takes.

    Sound is float32 in blocks of 20 ms; `callback` is as sounddevice's streams have it. The rates
    tried are the device's own first, the channels one, two, and all. Raises `SoundError`.
    """
    with _library:
        stream, rate, channels = _open(device, direction, callback)
        _open_streams.add(id(stream))
    try:
        yield OpenStream(rate, channels, stream.stop)
    finally:
        with _library:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
            _open_streams.discard(id(stream))


def _open(
    device: SoundDevice, direction: Direction, callback: Callable[..., None]
) -> tuple[Any, int, int]:
    sounddevice = _loaded()
    make = sounddevice.InputStream if direction == "input" else sounddevice.OutputStream
    reason = "it has no channels"
    for rate in dict.fromkeys((device.rate, *_RATES)):
        for channels in sorted({1, min(2, device.channels), device.channels}):
            try:
                stream = make(
                    samplerate=rate,
                    device=device.index,
                    channels=channels,
                    dtype="float32",
                    blocksize=rate // 50,
                    latency=_LATENCY_SECONDS,
                    callback=callback,
                )
                stream.start()
            except sounddevice.PortAudioError as error:
                reason = str(error.args[0]) if error.args else "it does not say why"
            else:
                return stream, rate, channels
    raise SoundError(
        f"The sound device {device.name} cannot be opened ({reason}): another program may have it,"
        " or it was unplugged."
    )


def _loaded() -> ModuleType:
    try:
        import sounddevice  # type: ignore[import-untyped] # noqa: PLC0415 - loads PortAudio
    except (OSError, ImportError) as error:
        raise SoundError(
            "The sound library PortAudio is missing: install it with 'sudo apt install "
            "libportaudio2' (other systems: portaudio)."
        ) from error
    library: ModuleType = sounddevice
    return library


def _look_afresh(sounddevice: ModuleType) -> None:
    try:
        sounddevice._terminate()
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise SoundError(f"The sound library does not start ({error.args[0]}).") from error


def _not_found(sounddevice: ModuleType, wanted: str | int | None, direction: Direction) -> str:
    kind = "microphone" if direction == "input" else "loudspeaker"
    names = [
        f"{device['index']} {device['name']}"
        for device in sounddevice.query_devices()
        if device[f"max_{direction}_channels"] > 0
    ]
    there_are = f"there are: {', '.join(names)}" if names else "there is none at all: plug one in"
    return f"There is no {kind}{'' if wanted is None else f' {wanted!r}'}; {there_are}."
