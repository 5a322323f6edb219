import pytest
from exported_signatures import by_key, published
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.run_plan import RunCosts, plan_runs
from edge_agent.model.signatures import Step, read_layout

STEPS = read_layout(
    by_key(
        published("decode", 1, logits=True),
        published("verify", 4, logits=True),
        published("prefill_128", 128),
        published("prefill_1024", 1024),
    )
).steps
BY_KEY = {step.key: step for step in STEPS}


def planned(tokens: int, room: int = 4096, *, scored: bool, costs: dict[str, float] | None = None):
    runs = plan_runs(tokens, room, STEPS, costs_of(costs or {}), scored=scored)
    return [(run.step.key, run.tokens) for run in runs]


def costs_of(seconds: dict[str, float]) -> RunCosts:
    costs = RunCosts(STEPS)
    for key, value in seconds.items():
        costs.observe(BY_KEY[key], 100 * value)  # the first one is not counted
        costs.observe(BY_KEY[key], value)
    return costs


@given(st.integers(1, 4096), st.integers(1, 4096), st.booleans())
def test_a_plan_covers_the_tokens_within_the_room(tokens: int, room: int, scored: bool) -> None:
    if tokens > room:
        with pytest.raises(ValueError, match="do not fit"):
            plan_runs(tokens, room, STEPS, RunCosts(STEPS), scored=scored)
        return
    runs = plan_runs(tokens, room, STEPS, RunCosts(STEPS), scored=scored)
    assert sum(run.tokens for run in runs) == tokens
    left = room
    for run in runs:
        assert 0 < run.tokens <= run.step.length <= left
        left -= run.tokens
    if scored:
        assert runs[-1].step.logits is not None


def test_a_prompt_is_filled_by_prefill_and_ends_in_a_step_with_logits() -> None:
    assert planned(1, scored=True) == [("decode", 1)]
    assert planned(129, scored=True) == [("prefill_128", 128), ("decode", 1)]
    assert planned(1024 + 128, scored=False) == [("prefill_1024", 1024), ("prefill_128", 128)]


def test_a_few_forced_tokens_go_through_verify() -> None:
    assert planned(4, scored=True) == [("verify", 4)]
    assert planned(3, scored=True) == [("verify", 3)]


def test_measured_costs_change_the_plan() -> None:
    dear = {"decode": 1.0, "verify": 5.0}
    assert planned(3, scored=True, costs=dear) == [("decode", 1)] * 3
    slow = {"decode": 1.0, "prefill_128": 2.0, "prefill_1024": 100.0}
    assert planned(1024, scored=False, costs=slow) == [("prefill_128", 128)] * 8


def test_padding_never_reaches_past_the_context() -> None:
    assert planned(120, room=125, scored=False) == [("verify", 4)] * 30


def test_nothing_to_do_needs_no_runs() -> None:
    assert planned(0, scored=False) == []


def test_costs_follow_what_is_seen() -> None:
    costs = RunCosts(STEPS)
    step: Step = BY_KEY["prefill_128"]
    before = costs.of(step)
    costs.observe(step, 50.0)
    assert costs.of(step) == before
    costs.observe(step, 1.0)
    assert costs.of(step) == 1.0
    costs.observe(step, 2.0)
    assert 1.0 < costs.of(step) < 2.0
