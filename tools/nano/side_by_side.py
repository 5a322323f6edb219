"""Processes that learn side by side, one a core, and meet now and then to share what they learnt.

On few cores this learns more than one process with many threads: each step's sums are so small
that threads would mostly wait for each other, and for whatever else the machine does.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, distributed, multiprocessing


@dataclass(frozen=True)
class Company:
    """One of `size` processes; they are numbered from 0."""

    number: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Tell whether this is the one that writes down what all have learnt."""
        return self.number == 0

    @torch.no_grad()
    def meet(self, tensors: Sequence[Tensor]) -> None:
        """Put the mean of all processes' values into `tensors`, float32, the same in each."""
        if self.size == 1:
            return
        together = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(together)
        together /= self.size
        parts = together.split([tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))


def side_by_side(size: int, work: Callable[[Company], None]) -> None:
    """Do `work` in `size` processes, each on a core of its own; it must be picklable.

    One alone is done in this process, on all cores that it may use.
    """
    if size == 1:
        work(Company())
        return
    cores = len(os.sched_getaffinity(0))
    if size > cores:
        raise ValueError(f"{size} processes need as many cores, and there are {cores}")
    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(_one_of, (size, Path(folder) / "meeting", work), nprocs=size)


def _one_of(number: int, size: int, meeting: Path, work: Callable[[Company], None]) -> None:
    core = sorted(os.sched_getaffinity(0))[number]
    os.sched_setaffinity(0, {core})
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo", init_method=meeting.as_uri(), rank=number, world_size=size
    )
    try:
        work(Company(number, size))
    finally:
        distributed.destroy_process_group()
