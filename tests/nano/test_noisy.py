"""A clip under noise is the clip and the noise, at the level that was asked for."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from tools.nano.noisy import NOISES, mixed

RATE = 16_000


def tone(seconds, pitch):
    return np.sin(np.arange(int(seconds * RATE)) * 2 * np.pi * pitch / RATE).astype(np.float32)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("decibels", [10, 20])
def test_the_noise_is_so_much_below_the_speech(noise, decibels):
    clip = np.pad(0.3 * tone(2, 440), (RATE // 2, RATE // 2))
    others = [tone(1.3, pitch) for pitch in (300, 700)]
    heard = mixed(clip, noise, decibels, others, "a")
    assert (heard.dtype, len(heard)) == (np.float32, len(clip))
    assert np.abs(heard).max() == pytest.approx(0.9)
    share = float(heard @ clip / (clip @ clip))
    left = heard - share * clip
    speech = np.sqrt(np.mean(np.square(share * clip[RATE // 2 : -RATE // 2])))
    found = 20 * np.log10(speech / np.sqrt(np.mean(np.square(left))))
    assert found == pytest.approx(decibels, abs=0.5)


def test_noise_is_drawn_by_its_seed():
    clip = tone(1, 440)
    one, again, other = (mixed(clip, "machine", 10, (), seed) for seed in ("a", "a", "b"))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
