"""Pictures laid out for one step of training, with what the eyes' maps should be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tools.nano.drawing.sketch import Mark
from tools.nano.eyes import (
    CELL,
    CELLS,
    CLASSES,
    DIGIT_CLASSES,
    GAUGE_CLASSES,
    KINDS,
    PERCENTS,
    SIGNS,
)
from tools.nano.pictures import HALF, Shard
from tools.nano.scenes import SceneKind

NONE = -1

_STEP_CELLS = 4
_SPREAD = 1.0


@dataclass(frozen=True)
class EyeLesson:
    """Pictures of one shape with what the maps should be.

    `fine` and `eighth` are the trunk's early maps, `inside` [N, 1, h, w] is 1 where there is a
    picture, `heat` [N, classes, h, w] where things are. `at` int64 [M, 3] are picture, row and
    column of things, `offsets` [M, 2] how far their middle lies from that of the cell, in cells;
    `signs` and `percents` int64 [M], `NONE` where there is none. `kinds` int64 [N].
    """

    fine: Tensor
    eighth: Tensor
    inside: Tensor
    heat: Tensor
    at: Tensor
    offsets: Tensor
    signs: Tensor
    percents: Tensor
    kinds: Tensor


def canvas(pixels: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """Lay pictures [N, H, W, 3] on a canvas that is a little larger; return it and what is inside.

    The canvas is float32 [N, 3, 8 h, 8 w] of 0...255, what is inside of it [N, 1, h, w].
    """
    count, height, width, _ = pixels.shape
    rows, columns = height // CELL, width // CELL
    high, wide = (min(CELLS, _STEP_CELLS * (size // _STEP_CELLS + 1)) for size in (rows, columns))
    pictures = torch.zeros(count, 3, high * CELL, wide * CELL)
    pictures[:, :, :height, :width] = torch.from_numpy(pixels).permute(0, 3, 1, 2)
    inside = torch.zeros(count, 1, high, wide)
    inside[:, :, :rows, :columns] = 1
    return pictures, inside


def lay_out(shard: Shard, early: list[Tensor], chosen: Sequence[int]) -> EyeLesson:
    """Lay out some pictures of a shard, with the early maps of all of them."""
    rows, columns = (size // CELL for size in shard.pixels.shape[1:3])
    fine, eighth = (maps[list(chosen)] for maps in early)
    high, wide = eighth.shape[2:]
    inside = torch.zeros(len(chosen), 1, high, wide)
    inside[:, :, :rows, :columns] = 1
    details = _Details()
    heat = torch.zeros(len(chosen), len(CLASSES), high, wide)
    for number, which in enumerate(chosen):
        for mark in shard.marks[which]:
            row, column = _cell(mark.y, rows), _cell(mark.x, columns)
            target = heat[number, CLASSES.index(mark.what)]
            torch.maximum(target, _hill(mark, high, wide), out=target)
            target[row, column] = 1
            details.add((number, row, column), mark)
    kinds = [KINDS.index(_kind_of(shard.kinds[which], shard.words[which])) for which in chosen]
    return EyeLesson(
        fine.contiguous(memory_format=torch.channels_last),
        eighth.contiguous(memory_format=torch.channels_last),
        inside,
        heat,
        torch.tensor(details.at, dtype=torch.int64).reshape(-1, 3),
        torch.tensor(details.offsets, dtype=torch.float32).reshape(-1, 2),
        torch.tensor(details.signs, dtype=torch.int64),
        torch.tensor(details.percents, dtype=torch.int64),
        torch.tensor(kinds),
    )


class _Details:
    """Collects what goes with things, and where they are."""

    def __init__(self) -> None:
        self.at: list[tuple[int, int, int]] = []
        self.offsets: list[tuple[float, float]] = []
        self.signs: list[int] = []
        self.percents: list[int] = []

    def add(self, at: tuple[int, int, int], mark: Mark) -> None:
        self.at.append(at)
        _, row, column = at
        self.offsets.append((_in_cells(mark.x) - column, _in_cells(mark.y) - row))
        self.signs.append(SIGNS.index(mark.detail) if mark.what in DIGIT_CLASSES else NONE)
        is_gauge = mark.what in GAUGE_CLASSES
        self.percents.append(PERCENTS.index(int(mark.detail)) if is_gauge else NONE)


def _in_cells(place: float) -> float:
    """Return how far a place is from the middle of the first cell, given in pixels of the whole."""
    return place / HALF / CELL - 0.5


def _cell(place: float, count: int) -> int:
    """Return which of so many cells a place lies in, given in pixels of the whole picture."""
    return min(max(int(place / HALF / CELL), 0), count - 1)


def _hill(mark: Mark, high: int, wide: int) -> Tensor:
    """Return a hill in the middle of a thing: [high, wide], just below 1 at the most."""
    y = torch.arange(high)[:, None] - _in_cells(mark.y)
    x = torch.arange(wide) - _in_cells(mark.x)
    return 0.98 * torch.exp(-(x * x + y * y) / (2 * _SPREAD**2))


def _kind_of(kind: SceneKind, words: str) -> str:
    if kind in (SceneKind.DOOR, SceneKind.ROOM):
        return words
    if kind in (SceneKind.LAMPS, SceneKind.LABELLED_LAMPS):
        return "lamps"
    return "bar" if kind is SceneKind.BAR else kind.value
