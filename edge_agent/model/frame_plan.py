"""How many frames of a clip the model is shown, and how many tokens each of them may take.

Gemma 4 was trained on clips of a minute at most, a frame a second, and on 70 to 1,120 soft tokens a
picture. Sixty frames of 70 tokens, with their times, are more than a context of 4,096 holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FRAMES_AT_MOST = 60
"""Source: Google's page "Gemma 4 Prompt Formatting"."""

LARGEST_BUDGET = 280
"""What the reference gives a picture that comes alone. More would be for reading small print."""

TOKENS_BESIDE = 10
"""What a frame takes besides its picture: ` MM:SS ` (five digits and signs, two spaces), and the
two tokens round the picture, in vocabularies like Gemma's, which have a token a digit."""


@dataclass(frozen=True)
class FramePlan:
    """What was chosen, and why: a sentence for people.

    `frames` of those there are, each with a `budget` of soft tokens, `tokens` in all at the most.
    No frames if not one fits.
    """

    frames: int
    budget: int
    tokens: int
    why: str


def plan_frames(
    available: int, soft_tokens: Mapping[int, int], room: int, in_time: int | None = None
) -> FramePlan:
    """Choose how many of the `available` frames to show, and how finely.

    `soft_tokens` says for each budget that the model file offers how many tokens a frame then
    takes: as a frame keeps its shape, that is often less than the budget. `room` are the tokens of
    the context that are free for frames. `in_time` is how many tokens can be taken in within the
    time that the answer may take; None if that is no matter.

    All frames come before fine ones: what happened is in the frames, and what it was can be asked
    again of fewer. If not even the coarsest frames all fit, as many as fit are shown.
    """
    wanted = min(available, FRAMES_AT_MOST)
    limit, bound = room, f"{room} tokens of the context are free"
    if in_time is not None and in_time < room:
        limit, bound = in_time, f"{in_time} tokens can be taken in within the time"
    if not soft_tokens or wanted < 1:
        return FramePlan(0, 0, 0, "There is no frame to show." if soft_tokens else "No eyes.")
    costs = {budget: cost + TOKENS_BESIDE for budget, cost in soft_tokens.items()}
    offered = sorted(budget for budget in costs if budget <= LARGEST_BUDGET) or [min(costs)]
    budget = next((b for b in reversed(offered) if wanted * costs[b] <= limit), offered[0])
    frames = min(wanted, limit // costs[budget])
    tokens = frames * costs[budget]
    if frames < 1:
        why = f"No frame fits: the coarsest takes {costs[budget]} tokens, and {bound}."
        return FramePlan(0, budget, 0, why)
    return FramePlan(
        frames, budget, tokens, _why(frames, available, soft_tokens[budget], tokens, bound)
    )


def chosen_frames(changed: Sequence[bool], count: int) -> tuple[int, ...]:
    """Return which `count` frames to show, in the order of time.

    `changed` tells of each frame whether it differs from the one before. The last frame is always
    shown: it is the present. Then those that changed, evenly over the time if they are too many;
    then the others.
    """
    if count >= len(changed):
        return tuple(range(len(changed)))
    if count < 1:
        return ()
    *before, last = range(len(changed))
    news = [place for place in before if changed[place]]
    rest = [place for place in before if not changed[place]]
    shown = _spread(news, count - 1)
    shown += _spread(rest, count - 1 - len(shown))
    return (*sorted(shown), last)


def _why(frames: int, available: int, soft_tokens: int, tokens: int, bound: str) -> str:
    each = f"{soft_tokens} tokens each, {tokens} in all"
    if frames == available:
        what = "The one frame" if frames == 1 else f"All {frames} frames"
        return f"{what}, {each}: {bound}."
    if frames == FRAMES_AT_MOST:
        return f"{frames} of {available} frames, {each}: the model takes in no more at a time."
    return f"{frames} of {available} frames, {each}: {bound}."


def _spread(places: Sequence[int], count: int) -> list[int]:
    """Return `count` of `places`, evenly spread, or all if there are no more."""
    if count >= len(places):
        return list(places)
    return [places[(2 * number + 1) * len(places) // (2 * count)] for number in range(count)]
