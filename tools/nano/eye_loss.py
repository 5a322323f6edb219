"""How far the eyes' maps are from what they should be."""

import torch
from torch import Tensor
from torch.nn import functional

from tools.nano.eye_lessons import NONE, EyeLesson
from tools.nano.eyes import PERCENTS, EyeMaps


def loss_of(maps: EyeMaps, lesson: EyeLesson) -> Tensor:
    """Return how far `maps` are from what `lesson` says."""
    loss = _loss_of_heat(maps.things.float(), lesson)
    loss = loss + functional.cross_entropy(maps.kinds.float(), lesson.kinds)
    picture, row, column = lesson.at.T
    if len(picture):
        found = maps.offsets[picture, :, row, column].float()
        loss = loss + functional.smooth_l1_loss(found, lesson.offsets, beta=0.1)
    with_sign, with_percent = lesson.signs != NONE, lesson.percents != NONE
    if with_sign.any():
        found = maps.signs[picture, :, row, column].float()[with_sign]
        loss = loss + functional.cross_entropy(found, lesson.signs[with_sign])
    if with_percent.any():
        found = maps.percents[picture, :, row, column].float()[with_percent]
        loss = loss + functional.cross_entropy(found, _softened(lesson.percents[with_percent]))
    return loss


def _softened(percents: Tensor) -> Tensor:
    """Give the neighbours of a percentage some of its weight."""
    apart = (percents[:, None] - torch.arange(len(PERCENTS))).float()
    weights = torch.exp(-(apart**2) / 0.5)
    return weights / weights.sum(1, keepdim=True)


def _loss_of_heat(logits: Tensor, lesson: EyeLesson) -> Tensor:
    """Return the focal loss of Zhou and others, Objects as Points (2019), over all cells."""
    likely = torch.sigmoid(logits)
    middle = (lesson.heat >= 1).float()
    hit = middle * functional.logsigmoid(logits) * (1 - likely) ** 2
    missed = (1 - middle) * functional.logsigmoid(-logits) * likely**2 * (1 - lesson.heat) ** 4
    return -((hit + missed) * lesson.inside).sum() / max(1.0, float(middle.sum()))
