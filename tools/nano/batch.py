"""Lessons laid out for one pass: all tokens below each other, without padding."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tools.nano.turns import Lesson

NO_TARGET = -100
"""What stands in `Batch.targets` where nothing is to be predicted; the loss leaves it out."""

_TURNS_A_GROUP = 8
_NO_TOKEN = 0  # the token whose per-layer embedding stands where something was heard or seen


@dataclass(frozen=True)
class TurnGroup:
    """Turns of like length, padded to the longest of them.

    `rows` int64 [T, longest turn] says which of the N tokens stands where, `reply_rows` int64
    [T, longest reply] the same for the positions that predict the reply, counted in
    `Batch.predicting`. N, or the count of those, stands for padding. `prompts` int64 [T] gives
    each turn its prompt; `replies_from` int64 [T] is where in the turn the reply is predicted.
    """

    rows: Tensor
    reply_rows: Tensor
    prompts: Tensor
    replies_from: Tensor


@dataclass(frozen=True)
class Batch:
    """N tokens: the prompts one after another, then the turns.

    `token_ids`, `layer_ids` and `positions` are int64 [N]; `layer_ids` are the tokens whose
    per-layer embeddings stand there, 0 for what was heard or seen. `prompt_rows` int64
    [P, longest prompt] says which token stands where, N is padding. `targets` int64 [M] are the
    tokens to be predicted at the tokens `predicting`, `weights` float32 [M] how much each counts,
    in sum 1. N, M and the sides of the rows are rounded up, with nothing in what is added
    (`NO_TARGET` for targets): new sizes cost the matrix library more than the sums.
    """

    token_ids: Tensor
    layer_ids: Tensor
    positions: Tensor
    prompt_rows: Tensor
    prompt_lengths: Tensor
    groups: tuple[TurnGroup, ...]
    predicting: Tensor
    targets: Tensor
    weights: Tensor


def lay_out(lessons: Sequence[Lesson]) -> Batch:
    """Lay lessons out as one batch, the turns sorted by length into groups."""
    prompts = [lesson.prompt for lesson in lessons]
    turns = [(home, turn) for home, lesson in enumerate(lessons) for turn in lesson.turns]
    turns.sort(key=lambda pair: len(pair[1]))
    token_ids = [token for prompt in prompts for token in prompt]
    positions = [at for prompt in prompts for at in range(len(prompt))]
    lengths = [len(prompt) for prompt in prompts]
    media: list[int] = []
    predicting, targets, weights, spans = [], [], [], []
    for home, turn in turns:
        start = len(token_ids)
        spans.append(_Span(home, start, len(turn), len(targets), len(turn.reply)))
        media.extend(start + place for places in turn.media for place in places)
        token_ids += (*turn.before, *turn.reply)
        predicting.extend(range(len(token_ids) - len(turn.reply) - 1, len(token_ids) - 1))
        targets += turn.reply
        weights += turn.weights
        positions.extend(range(lengths[home], lengths[home] + len(turn)))
    tokens, replies = _rounded(len(token_ids), 1_024), _rounded(len(targets), 256)
    prompt_starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).tolist()
    laid_out = _filled(token_ids, tokens, _NO_TOKEN)
    layer_ids = laid_out.clone()
    layer_ids[media] = _NO_TOKEN
    return Batch(
        token_ids=laid_out,
        layer_ids=layer_ids,
        positions=_filled(positions, tokens, 0),
        prompt_rows=_rows(prompt_starts, lengths, tokens, 128),
        prompt_lengths=torch.tensor(lengths),
        groups=tuple(
            _group(spans[first : first + _TURNS_A_GROUP], tokens, replies)
            for first in range(0, len(spans), _TURNS_A_GROUP)
        ),
        predicting=_filled(predicting, replies, 0),
        targets=_filled(targets, replies, NO_TARGET),
        weights=torch.tensor([*weights, *[0.0] * (replies - len(weights))]) / sum(weights),
    )


@dataclass(frozen=True)
class _Span:
    prompt: int
    start: int
    length: int
    reply_start: int
    reply_length: int


def _group(spans: Sequence[_Span], tokens: int, replies: int) -> TurnGroup:
    absent = [_Span(0, 0, 0, 0, 0)] * (_TURNS_A_GROUP - len(spans))
    spans = [*spans, *absent]
    return TurnGroup(
        rows=_rows([s.start for s in spans], [s.length for s in spans], tokens, 32),
        reply_rows=_rows(
            [s.reply_start for s in spans], [s.reply_length for s in spans], replies, 16
        ),
        prompts=torch.tensor([s.prompt for s in spans]),
        replies_from=torch.tensor([max(0, s.length - s.reply_length - 1) for s in spans]),
    )


def _rows(starts: Sequence[int], lengths: Sequence[int], padding: int, step: int) -> Tensor:
    rows = np.full((len(lengths), _rounded(max(lengths), step)), padding, np.int64)
    for row, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        rows[row, :length] = np.arange(start, start + length)
    return torch.from_numpy(rows)


def _filled(values: Sequence[int], count: int, fill: int) -> Tensor:
    filled = torch.full((count,), fill)
    filled[: len(values)] = torch.tensor(values)
    return filled


def _rounded(count: int, step: int) -> int:
    return max(1, -(-count // step)) * step
