from pathlib import Path

import numpy as np
import pytest

from edge_agent.model.mel import HOP, WINDOW, frame_count, log_mel, log_mel_of_windows, windows

GOLDEN = Path(__file__).parent / "golden" / "mel.npz"
NAMES = sorted({key.partition(".")[0] for key in np.load(GOLDEN).files})


@pytest.mark.parametrize("name", NAMES)
def test_equals_the_reference_extractor(name):
    golden = np.load(GOLDEN)
    made = log_mel(golden[f"{name}.samples"])
    expected = golden[f"{name}.features"]
    assert made.dtype == np.float32
    assert made.shape == expected.shape
    assert np.abs(made - expected).max() < 1e-4


@pytest.mark.parametrize("length", [0, 1, 159, 160, 161, 320, 321, 480, 481, 130_560, 480_000])
def test_frame_count_is_what_is_made(length):
    assert len(log_mel(np.zeros(length, np.float32))) == frame_count(length)


def test_sound_too_short_for_a_frame_gives_none():
    assert log_mel(np.zeros(160, np.float32)).shape == (0, 128)


def test_piece_by_piece_is_the_same():
    samples = np.random.default_rng(1).uniform(-1, 1, 5_000).astype(np.float32)
    whole = log_mel(samples)
    waiting = np.zeros(WINDOW // 2, np.float32)
    pieces = []
    for start in range(0, len(samples), 700):
        waiting = np.concatenate([waiting, samples[start : start + 700]])
        framed = windows(waiting)
        pieces.append(log_mel_of_windows(framed))
        waiting = waiting[len(framed) * HOP :]
    np.testing.assert_allclose(np.concatenate(pieces)[: len(whole)], whole, atol=1e-5)
