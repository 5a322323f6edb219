import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from spoken import in_a_room, spoken

from edge_agent.senses.sources.block_queue import BlockQueue
from edge_agent.senses.sources.microphone import Microphone
from edge_agent.senses.sources.mono_stream import MonoStream
from edge_agent.senses.sources.named import source_named
from edge_agent.senses.sources.pcm_pipe import PcmPipe
from edge_agent.senses.sources.sound_file import SoundFile
from edge_agent.senses.types import SAMPLE_RATE, SoundError


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_stream_in_pieces_is_the_same_as_the_whole(rate: int, channels: int) -> None:
    whole = np.random.default_rng(0).uniform(-0.3, 0.3, (rate, channels)).astype(np.float32)
    stream = MonoStream(rate)
    pieces = np.concatenate([stream.take(piece) for piece in np.array_split(whole, 50)])
    expected = soxr.resample(whole.mean(axis=1), rate, SAMPLE_RATE)
    assert pieces.size > 0.9 * SAMPLE_RATE
    np.testing.assert_allclose(pieces[500:-500], expected[500 : pieces.size - 500], atol=2e-3)


def test_a_file_comes_in_real_time_and_ends(tmp_path) -> None:
    sound = in_a_room(spoken("hello"))
    soundfile.write(tmp_path / "a.wav", sound, SAMPLE_RATE)
    began = time.monotonic()
    blocks = list(SoundFile(tmp_path / "a.wav").blocks())
    assert time.monotonic() - began >= sound.size / SAMPLE_RATE
    assert blocks[-1].at - blocks[0].at == pytest.approx(sound.size / SAMPLE_RATE, abs=0.05)
    np.testing.assert_allclose(np.concatenate([b.samples for b in blocks]), sound, atol=1e-4)


def test_a_fifo_outlives_its_writers(tmp_path) -> None:
    fifo = tmp_path / "sound"
    os.mkfifo(fifo)
    source = source_named(str(fifo))
    assert isinstance(source, PcmPipe)
    got: list[np.ndarray] = []
    half, whole = threading.Event(), threading.Event()

    def read() -> None:
        for block in source.blocks():
            got.append(block.samples)
            size = sum(samples.size for samples in got)
            if size >= SAMPLE_RATE:
                (whole if size >= 2 * SAMPLE_RATE else half).set()

    reading = threading.Thread(target=read)
    reading.start()
    pcm = (np.full(SAMPLE_RATE, 0.25) * 32_768).astype("<i2").tobytes()
    with fifo.open("wb") as writer:
        writer.write(pcm)
    assert half.wait(10)
    with fifo.open("wb") as writer:
        writer.write(pcm)
    assert whole.wait(10)
    source.close()
    reading.join(10)
    assert not reading.is_alive()
    assert np.unique(np.concatenate(got)).tolist() == [0.25]


def test_standard_input_ends_with_its_writer() -> None:
    program = (
        "from edge_agent.senses.sources.named import source_named\n"
        "print(sum(block.samples.size for block in source_named('-').blocks()))"
    )
    pcm = np.zeros(12_345, "<i2").tobytes() + b"\1"
    done = subprocess.run([sys.executable, "-c", program], input=pcm, capture_output=True)
    assert done.stdout == b"12345\n"


def test_a_path_that_is_no_fifo_is_refused(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SoundError, match="no FIFO: make one"):
        PcmPipe(tmp_path / "file")
    with pytest.raises(SoundError, match="There is no file"):
        source_named(str(tmp_path / "gone.wav"))


def test_microphones_are_named_by_name_or_number() -> None:
    assert source_named("default").name == "microphone"
    assert isinstance(source_named("3"), Microphone)
    assert source_named("USB Audio").name == "microphone USB Audio"


def test_without_the_sound_library_the_microphone_says_so_once_and_closes(tmp_path) -> None:
    """PortAudio is hidden from a process of its own: its loader finds no library there."""
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes.util\nctypes.util.find_library = lambda name: None\n"
    )
    program = (
        "import threading\n"
        "from edge_agent.senses.sources.microphone import Microphone\n"
        "told = threading.Event()\n"
        "def tell(words):\n    print(words)\n    told.set()\n"
        "microphone = Microphone(tell=tell)\n"
        "reading = threading.Thread(target=lambda: list(microphone.blocks()))\n"
        "reading.start()\ntold.wait(20)\nmicrophone.close()\nreading.join(20)\n"
        "print(reading.is_alive())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{Path.cwd()}"},
        capture_output=True,
        text=True,
    )
    said, alive = done.stdout.splitlines()
    assert "PortAudio is missing" in said
    assert "libportaudio2" in said
    assert alive == "False"


def test_a_reader_too_far_behind_loses_the_newest_and_it_is_counted() -> None:
    queue: BlockQueue[int] = BlockQueue(room_for=2)
    for number in range(5):
        queue.put(number)
    assert [queue.get(), queue.get(), queue.get(within_seconds=0.01)] == [0, 1, None]
    assert queue.dropped == 3


def test_nothing_waits_on_a_closed_queue() -> None:
    queue: BlockQueue[int] = BlockQueue(room_for=2)
    threading.Timer(0.05, queue.close).start()
    assert queue.get() is None
