"""Which signatures to run, and for how many tokens each, so that a prompt costs the least time.

A file has a few fixed lengths, as 1, 4, 128 and 1,024. A run costs the same however many of its
places are filled, so the best mix depends on what each costs on this machine, which is measured as
the runs go by. Before that, a run of T tokens is taken to cost as much as 1 + T / 25 decode steps:
about right for Gemma 4 E2B, where a step is bound by reading the weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from edge_agent.model.signatures import Step

_TOKENS_WORTH_A_STEP = 25
_NEWEST_WEIGHS = 0.2


@dataclass(frozen=True)
class PlannedRun:
    """One run: `tokens` of the step's places are filled, the rest is padding."""

    step: Step
    tokens: int


class RunCosts:
    """What a run of each step costs: in seconds once one has been seen, else in the same unit."""

    def __init__(self, steps: Sequence[Step]) -> None:
        """Start without measurements."""
        self._lengths = {step.key: step.length for step in steps}
        self._measured: dict[str, float] = {}
        self._set_up: set[str] = set()

    def observe(self, step: Step, seconds: float) -> None:
        """Take in one run's time. The first of each step is left out: it sets memory up."""
        if step.key not in self._set_up:
            self._set_up.add(step.key)
            return
        known = self._measured.get(step.key, seconds)
        self._measured[step.key] = known + _NEWEST_WEIGHS * (seconds - known)

    def of(self, step: Step) -> float:
        """Return what a run of `step` costs: measured, or scaled from the next length that is."""
        if step.key in self._measured:
            return self._measured[step.key]
        if not self._measured:
            return _estimate(step.length)
        nearest = min(self._measured, key=lambda key: abs(log(self._lengths[key] / step.length)))
        share = _estimate(step.length) / _estimate(self._lengths[nearest])
        return self._measured[nearest] * share


def _estimate(length: int) -> float:
    return 1 + length / _TOKENS_WORTH_A_STEP


def plan_runs(
    tokens: int, room: int, steps: Sequence[Step], costs: RunCosts, *, scored: bool
) -> tuple[PlannedRun, ...]:
    """Return the cheapest runs for `tokens` tokens, in order.

    No run may be longer than the `room` that is left in the cache before it, padding included.
    `scored` asks for logits of the last token. Raises `ValueError` if there is no way.
    """
    by_length = sorted(steps, key=lambda step: -step.length)
    if not scored:
        plans = [_fill(tokens, room, by_length, costs)]
    else:
        plans = [
            _then(_fill(tokens - min(tokens, last.length), room, by_length, costs), tokens, last)
            for last in by_length
            if last.logits is not None and tokens - min(tokens, last.length) + last.length <= room
        ]
    possible = [plan for plan in plans if plan is not None]
    if not possible:
        raise ValueError(f"{tokens} tokens do not fit into {room} positions")
    return min(possible, key=lambda plan: sum(costs.of(run.step) for run in plan))


_Plan = tuple[PlannedRun, ...]


def _then(before: _Plan | None, tokens: int, last: Step) -> _Plan | None:
    return None if before is None else (*before, PlannedRun(last, min(tokens, last.length)))


def _fill(tokens: int, room: int, steps: Sequence[Step], costs: RunCosts) -> _Plan | None:
    """Cover `tokens` with the steps, longest first; None where they cannot.

    Each length is either left out, or run as often as it is full with the rest left to shorter
    ones, or run once more for the rest.
    """
    if tokens == 0:
        return ()
    if not steps:
        return None
    step, shorter = steps[0], steps[1:]
    full, rest = divmod(tokens, step.length)
    plans = [_fill(tokens, room, shorter, costs)]
    if full <= room // step.length:
        runs = (PlannedRun(step, step.length),) * full
        after = _fill(rest, room - full * step.length, shorter, costs) if full else None
        plans.append(None if after is None else runs + after)
        if rest and (full + 1) * step.length <= room:
            plans.append((*runs, PlannedRun(step, rest)))
    possible = [plan for plan in plans if plan is not None]
    return min(possible, key=lambda plan: sum(costs.of(run.step) for run in plan), default=None)
