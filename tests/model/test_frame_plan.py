import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.frame_plan import TOKENS_BESIDE, chosen_frames, plan_frames

E2B = {70: 70, 140: 140, 280: 280}
"""A square frame's soft tokens, about; one of another shape takes fewer."""


@pytest.mark.parametrize(
    ("available", "room", "frames", "budget", "why"),
    [
        (1, 4000, 1, 280, "The one frame, 280 tokens each, 290 in all: 4000 tokens of the"),
        (10, 4000, 10, 280, "All 10 frames"),
        (14, 4000, 14, 140, "All 14 frames, 140 tokens each, 2100 in all"),
        (40, 4000, 40, 70, "All 40 frames, 70 tokens each"),
        (60, 4000, 50, 70, "50 of 60 frames, 70 tokens each, 4000 in all: 4000 tokens of the"),
        (60, 8000, 60, 70, "All 60 frames"),
        (90, 20000, 60, 280, "60 of 90 frames, 280 tokens each, 17400 in all: the model takes in"),
        (60, 79, 0, 70, "No frame fits: the coarsest takes 80 tokens, and 79 tokens of the"),
        (0, 4000, 0, 0, "There is no frame to show."),
    ],
)
def test_what_is_chosen_and_why(
    available: int, room: int, frames: int, budget: int, why: str
) -> None:
    plan = plan_frames(available, E2B, room)
    assert (plan.frames, plan.budget) == (frames, budget)
    assert plan.why.startswith(why)


def test_time_bounds_a_plan_as_room_does() -> None:
    plan = plan_frames(10, E2B, room=4000, in_time=500)
    assert (plan.frames, plan.budget) == (6, 70)
    assert "500 tokens can be taken in within the time" in plan.why
    assert plan_frames(10, E2B, room=4000, in_time=9000) == plan_frames(10, E2B, room=4000)


def test_a_file_of_one_budget_offers_no_other() -> None:
    assert plan_frames(3, {140: 140}, 4000).budget == 140
    assert plan_frames(3, {1120: 1120}, 4000).budget == 1120


def test_frames_that_do_not_fill_their_budget_leave_room_for_more() -> None:
    plan = plan_frames(60, {70: 63, 140: 130}, 4000)
    assert (plan.frames, plan.budget, plan.tokens) == (54, 70, 54 * 73)
    assert plan.why.startswith("54 of 60 frames, 63 tokens each, 3942 in all")
    assert plan_frames(28, {70: 63, 140: 130}, 4000).budget == 140


@given(
    st.integers(0, 200),
    st.lists(st.sampled_from((70, 140, 280, 560, 1120)), min_size=1, unique=True),
    st.integers(0, 40_000),
    st.none() | st.integers(0, 40_000),
)
def test_a_plan_is_kept_to(
    available: int, budgets: list[int], room: int, in_time: int | None
) -> None:
    plan = plan_frames(available, {budget: budget for budget in budgets}, room, in_time)
    assert plan.frames <= min(available, 60)
    assert plan.tokens == plan.frames * (plan.budget + TOKENS_BESIDE) or not plan.frames
    assert plan.tokens <= (room if in_time is None else min(room, in_time))
    assert not plan.frames or plan.budget in budgets
    assert plan.why.endswith(".")


@given(st.lists(st.booleans(), max_size=80), st.integers(0, 90))
def test_frames_are_shown_in_order_up_to_the_last(changed: list[bool], count: int) -> None:
    shown = chosen_frames(changed, count)
    assert len(shown) == min(count, len(changed))
    assert list(shown) == sorted(set(shown))
    assert not shown or shown[-1] == len(changed) - 1


def test_frames_that_changed_come_first() -> None:
    changed = [place in {5, 6, 20} for place in range(60)]
    assert chosen_frames(changed, 4) == (5, 6, 20, 59)
    assert set(chosen_frames(changed, 10)) > {5, 6, 20, 59}
    assert chosen_frames([True] * 10, 3) == (2, 6, 9)
