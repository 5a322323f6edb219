import numpy as np
import pytest

from edge_agent.model.audio_windows import (
    AudioWindow,
    plan_windows,
    plan_windows_at_pauses,
    token_count,
)
from edge_agent.model.errors import AudioError
from edge_agent.model.mel import frame_count


@pytest.mark.parametrize(
    ("frames", "windows"),
    [
        (0, ()),
        (1, (AudioWindow(0, 1),)),
        (816, (AudioWindow(0, 816),)),
        (817, (AudioWindow(0, 816), AudioWindow(816, 817))),
        (2_000, (AudioWindow(0, 816), AudioWindow(816, 1_632), AudioWindow(1_632, 2_000))),
    ],
)
def test_windows_follow_each_other(frames, windows):
    assert plan_windows(frames, 816) == windows


@pytest.mark.parametrize("frames", [1, 4, 5, 815, 816, 817, 2_999])
def test_windows_give_as_many_tokens_as_the_whole(frames):
    assert sum(window.tokens for window in plan_windows(frames, 816)) == token_count(frames)


def test_token_count_is_two_convolutions_of_stride_two():
    for frames in range(1, 100):
        once = (frames + 2 - 3) // 2 + 1
        assert token_count(frames) == (once + 2 - 3) // 2 + 1


def test_thirty_seconds_are_heard_and_no_more():
    assert sum(w.tokens for w in plan_windows(frame_count(30 * 16_000), 816)) == 750
    with pytest.raises(AudioError, match=r"31\.0 s long; the model hears 30 s at most"):
        plan_windows(frame_count(31 * 16_000), 816)


def test_a_window_that_would_split_a_token_is_refused():
    with pytest.raises(ValueError, match="815"):
        plan_windows(10, 815)


def sound(seconds: float, *pauses: tuple[float, float]) -> np.ndarray:
    """Return log-mel frames that are loud but in `pauses`, from and until so many seconds."""
    frames = np.random.default_rng(1).normal(0.0, 0.5, (round(seconds * 100), 128))
    for start, stop in pauses:
        frames[round(start * 100) : round(stop * 100)] -= 5
    return frames.astype(np.float32)


def test_ears_that_write_are_given_windows_that_end_in_pauses():
    found = plan_windows_at_pauses(sound(14, (2, 3), (7, 7.4), (10, 10.2)), 816)
    assert [window.start for window in found] == [0, found[0].stop]
    assert 705 <= found[0].stop <= 735
    assert found[-1].stop == 1_400


@pytest.mark.parametrize("frames", [0, 1, 815, 816, 817, 1_700, 2_999])
def test_windows_at_pauses_cover_all_and_are_more_than_half_full(frames):
    found = plan_windows_at_pauses(sound(frames / 100), 816)
    edges = [0, *(window.stop for window in found)]
    assert [window.start for window in found] == edges[:-1]
    assert edges[-1] == frames
    assert all(408 < window.stop - window.start <= 816 for window in found[:-1])
    assert all(0 < window.stop - window.start <= 816 for window in found[-1:])


def test_windows_at_pauses_are_30_s_at_most():
    with pytest.raises(AudioError, match=r"31\.0 s long"):
        plan_windows_at_pauses(sound(31), 816)
