import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.senses.types import SAMPLE_RATE, SoundError
from edge_agent.senses.wav import LONGEST_SECONDS, read_wav

TONE_HZ = 440


def tone(rate: int, channels: int, seconds: float = 0.5, loud: float = 0.5) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return np.tile(loud * np.sin(2 * np.pi * TONE_HZ * time)[:, None], (1, channels))


def strongest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return np.argmax(spectrum) * SAMPLE_RATE / samples.size


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_any_rate_and_channel_count_becomes_16_khz_mono(
    tmp_path: Path, rate: int, channels: int
) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(rate, channels), rate, subtype="PCM_16")
    heard = read_wav(path)
    assert heard.samples.dtype == np.float32
    assert heard.samples.ndim == 1
    assert heard.samples.size == pytest.approx(0.5 * SAMPLE_RATE, abs=2)
    assert heard.seconds == heard.samples.size / SAMPLE_RATE
    assert heard.source == str(path)
    assert strongest_hz(heard.samples) == pytest.approx(TONE_HZ, abs=2)
    middle = heard.samples[2000:-2000]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


@pytest.mark.parametrize(
    ("form", "subtype"),
    [
        ("WAV", "PCM_U8"),
        ("WAV", "PCM_16"),
        ("WAV", "PCM_24"),
        ("WAV", "PCM_32"),
        ("WAV", "FLOAT"),
        ("WAV", "DOUBLE"),
        ("WAV", "ULAW"),
        ("WAV", "ALAW"),
        ("WAV", "IMA_ADPCM"),
        ("WAV", "MS_ADPCM"),
        ("WAVEX", "PCM_24"),
        ("RF64", "PCM_16"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
    ],
)
def test_any_sample_format_is_read(tmp_path: Path, form: str, subtype: str) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(SAMPLE_RATE, 1), SAMPLE_RATE, format=form, subtype=subtype)
    heard = read_wav(path)
    assert strongest_hz(heard.samples) == pytest.approx(TONE_HZ, abs=2)
    assert np.max(np.abs(heard.samples)) == pytest.approx(0.5, abs=0.05)


def test_a_wav_by_sox_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sox.wav"
    subprocess.run(
        ["sox", "-n", "-r", "37800", "-c", "2", "-b", "24", path, "synth", "0.5", "sine", "440"],
        check=True,
    )
    assert strongest_hz(read_wav(path).samples) == pytest.approx(TONE_HZ, abs=2)


def test_what_lies_above_8_khz_does_not_fold_back(tmp_path: Path) -> None:
    path = tmp_path / "high.wav"
    time = np.arange(48_000) / 48_000
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 12_000 * time), 48_000)
    assert np.max(np.abs(read_wav(path).samples[2000:-2000])) < 1e-3


def test_channels_are_averaged(tmp_path: Path) -> None:
    path = tmp_path / "opposed.wav"
    one = tone(SAMPLE_RATE, 1)
    soundfile.write(path, np.hstack([one, -one]), SAMPLE_RATE, subtype="FLOAT")
    assert not read_wav(path).samples.any()


def test_wild_float_samples_are_tamed(tmp_path: Path) -> None:
    path = tmp_path / "wild.wav"
    wild = np.array([0.25, np.nan, np.inf, -np.inf, 3.0, -3.0, 0.5], np.float32)
    soundfile.write(path, wild, SAMPLE_RATE, subtype="FLOAT")
    np.testing.assert_array_equal(read_wav(path).samples, [0.25, 0, 0, 0, 1, -1, 0.5])


def test_a_header_that_a_pipe_left_open_is_read(tmp_path: Path) -> None:
    path = tmp_path / "streamed.wav"
    soundfile.write(path, tone(SAMPLE_RATE, 1), SAMPLE_RATE, subtype="PCM_16")
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert read_wav(path).seconds == pytest.approx(0.5)


def test_a_cut_off_recording_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, tone(SAMPLE_RATE, 1), SAMPLE_RATE, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[: 44 + 8000])
    assert read_wav(path).samples.size == 4000


def damaged_files(folder: Path) -> dict[str, Path]:
    sound = folder / "sound.wav"
    soundfile.write(sound, tone(SAMPLE_RATE, 1), SAMPLE_RATE)
    files = {
        "there is no file": folder / "missing.wav",
        "is empty": folder / "empty.wav",
        "is no sound file": folder / "text.wav",
        "or it is damaged": folder / "header_cut.wav",
        "holds no sound": folder / "header_only.wav",
        "is a folder": folder / "folder.wav",
        "not an ordinary file": folder / "pipe.wav",
        "cannot be read": folder / ("long" * 100),
    }
    files["is empty"].touch()
    files["is no sound file"].write_text("turn on the light\n" * 50)
    files["or it is damaged"].write_bytes(sound.read_bytes()[:30])
    files["holds no sound"].write_bytes(sound.read_bytes()[:44])
    files["is a folder"].mkdir()
    os.mkfifo(files["not an ordinary file"])
    return files


def test_what_is_no_sound_is_told_in_a_sentence(tmp_path: Path) -> None:
    for problem, path in damaged_files(tmp_path).items():
        with pytest.raises(SoundError, match=f"(?i){problem}") as caught:
            read_wav(path)
        assert str(path) in str(caught.value)
        assert str(caught.value).endswith(".")
        assert "\n" not in str(caught.value)


def test_a_path_that_cannot_be_is_told_in_a_sentence() -> None:
    with pytest.raises(SoundError, match="cannot be read"):
        read_wav("a\0b.wav")


def test_a_file_of_hours_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.zeros(8000 * (LONGEST_SECONDS + 1), np.int16), 8000)
    with pytest.raises(SoundError, match=f"may last {LONGEST_SECONDS} s"):
        read_wav(path)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1043), st.integers(0, 255)), min_size=1, max_size=12))
def test_damage_is_heard_or_told_but_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("wav") / "damaged.wav"
    soundfile.write(path, tone(SAMPLE_RATE, 1)[:500], SAMPLE_RATE)
    data = bytearray(path.read_bytes())
    for place, value in damage:
        data[place] = value
    path.write_bytes(data)
    try:
        heard = read_wav(path)
    except SoundError:
        return
    assert heard.samples.size
    assert np.isfinite(heard.samples).all()
    assert np.abs(heard.samples).max() <= 1
