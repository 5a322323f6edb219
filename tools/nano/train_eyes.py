"""Train the eyes on drawn pictures: `python -m tools.nano.train_eyes`; goes on where it stopped.

Writes `eyes.pt`. The trunk starts with what it learnt from photographs. Its early layers stay as
they are, and what they make of each picture is kept beside it; its late ones stand still at first.
"""

import argparse
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from tools.nano.eye_lessons import EyeLesson, canvas, lay_out
from tools.nano.eye_loss import loss_of
from tools.nano.eye_words import EyeWords
from tools.nano.eyes import CELLS, TRAINED_EYES, EyeMaps, Eyes, normalised, pixels_of
from tools.nano.picture_lessons import SOFT_TOKENS
from tools.nano.pictures import Shard, shards
from tools.nano.scene_words import near_enough
from tools.nano.scenes import SceneKind
from tools.nano.tokenizer import load_tokenizer
from tools.nano.training_log import TrainingLog
from tools.nano.work import work_parser

_BATCH = 24
_PEAK_RATE, _TRUNK_RATE = 2e-3, 0.25
_WARM_UP = 100
_TRUNK_FROM = 0.2
"""The share of the training in which the trunk's late layers stand still."""
_SHARDS_AT_ONCE = 4
_MEAN = 0.995


def main() -> None:
    """Train until the minutes, of all runs together, are used up."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--look", action="store_true", help="only measure")
    options = parser.parse_args()
    training = EyeTraining(options)
    if options.look:
        print(_as_words(training.watch()))
    else:
        training.run()


class EyeTraining:
    """The eyes, their optimizer, and the running mean of their weights."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Go on from `eyes.pt`, or start with the trunk's photographs."""
        torch.manual_seed(3)
        self._folder = options.work / "pictures"
        self._path: Path = options.work / TRAINED_EYES
        self._seconds = 60 * options.minutes
        self._tokenizer = load_tokenizer(options.work)
        self._eyes = Eyes().to(memory_format=torch.channels_last)
        self._chance = random.Random(7)
        self._eyes.trunk.requires_grad_(requires_grad=False)
        groups = [
            {"params": [w for w in self._eyes.parameters() if w.requires_grad], "share": 1.0},
            {"params": self._eyes.trunk.late_weights(), "share": _TRUNK_RATE},
        ]
        self._optimizer = torch.optim.AdamW(
            groups, _PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.02
        )
        self._spent, self._step = 0.0, 0
        self._losses: list[float] = []
        self._log = TrainingLog(options.work, "eyes")
        if self._path.exists():
            found = torch.load(self._path, weights_only=True)
            self._eyes.load_state_dict(found["weights"])
            self._optimizer.load_state_dict(found["optimizer"])
            self._mean, self._spent, self._step = found["mean"], found["seconds"], found["step"]
        else:
            self._eyes.trunk.load_photograph_weights()
            self._mean = {k: v.clone() for k, v in self._eyes.state_dict().items()}

    def run(self) -> None:
        """Train."""
        losses, saved = self._losses, self._spent
        while self._spent < self._seconds:
            for lesson in self._lessons():
                began = time.monotonic()
                losses.append(self._learn(lesson, self._spent / self._seconds))
                self._spent += time.monotonic() - began
                if self._step % 50 == 0:
                    recent = sum(losses[-50:]) / len(losses[-50:])
                    print(f"step {self._step}, {self._spent:.0f} s, loss {recent:.3f}", flush=True)
                if self._spent - saved > 150:
                    self._look()
                    saved = self._spent
                if self._spent >= self._seconds:
                    break
        self._look()

    def _look(self) -> None:
        """Keep what was learnt, and write down how good it is."""
        self.save()
        found, recent = self.watch(), self._losses[-50:]
        print(_as_words(found), flush=True)
        row = {"loss of training": sum(recent) / max(1, len(recent))}
        row |= {f"right of {kind}": sum(right) / len(right) for kind, right in found.items()}
        self._log.add(self._step, self._spent, row)

    def save(self) -> None:
        """Write the checkpoint."""
        fresh = self._path.with_suffix(".new")
        state = {
            "weights": self._eyes.state_dict(), "mean": self._mean, "seconds": self._spent,
            "optimizer": self._optimizer.state_dict(), "step": self._step,
        }  # fmt: skip
        torch.save(state, fresh)
        fresh.replace(self._path)

    @torch.no_grad()
    def watch(self) -> dict[SceneKind, list[bool]]:
        """Return which pictures of each kind, drawn with other props, are read rightly.

        A gauge may be read off by one step.
        """
        eyes = Eyes().to(memory_format=torch.channels_last).eval()
        eyes.load_state_dict(self._mean)
        words = EyeWords(self._tokens, CELLS, SOFT_TOKENS)
        right: dict[SceneKind, list[bool]] = {kind: [] for kind in SceneKind}
        for path in shards(self._folder, "watched"):
            shard, early = self._shard(path)
            for first in range(0, len(shard.words), _BATCH):
                part = slice(first, first + _BATCH)
                chosen = range(first, min(first + _BATCH, len(shard.words)))
                lesson = lay_out(shard, early, chosen)
                with torch.autocast("cpu", torch.bfloat16):
                    maps = eyes.look_at(lesson.fine, lesson.eighth, lesson.inside)
                ids = words(_padded(maps), _pad(lesson.inside))
                for kind, said, row in zip(shard.kinds[part], shard.words[part], ids, strict=True):
                    read = self._tokenizer.decode([int(token) for token in row if token])
                    right[kind].append(read in near_enough(said))
        return right

    def _tokens(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False)

    def _learn(self, lesson: EyeLesson, done: float) -> float:
        rate = _PEAK_RATE * (1 + math.cos(math.pi * done)) / 2 + 1e-5
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"] * min(1, (self._step + 1) / _WARM_UP)
        for weight in self._eyes.trunk.late_weights():
            weight.requires_grad_(done >= _TRUNK_FROM)
        with torch.autocast("cpu", torch.bfloat16):
            maps = self._eyes.look_at(lesson.fine, lesson.eighth, lesson.inside)
        loss = loss_of(maps, lesson)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._eyes.parameters(), 2.0)
        self._optimizer.step()
        self._step += 1
        keep = min(_MEAN, self._step / (20 + self._step))
        with torch.no_grad():
            now = self._eyes.state_dict()
            torch._foreach_lerp_(list(self._mean.values()), [now[k] for k in self._mean], 1 - keep)
        return loss.item()

    def _lessons(self) -> Iterator[EyeLesson]:
        """Go once through all the pictures there are, a few shards at a time."""
        paths = list(shards(self._folder, "training"))
        self._chance.shuffle(paths)
        for first in range(0, len(paths), _SHARDS_AT_ONCE):
            batches = []
            for shard, early in map(self._shard, paths[first : first + _SHARDS_AT_ONCE]):
                order = self._chance.sample(range(len(shard.words)), len(shard.words))
                batches += [
                    (shard, early, order[at : at + _BATCH]) for at in range(0, len(order), _BATCH)
                ]
            self._chance.shuffle(batches)
            for batch in batches:
                yield lay_out(*batch)

    @torch.no_grad()
    def _shard(self, path: Path) -> tuple[Shard, list[Tensor]]:
        """Return pictures with the trunk's early maps of them, which are kept in a file."""
        shard, kept = Shard.load(path), path.with_suffix(".maps.pt")
        if kept.exists():
            return shard, torch.load(kept, weights_only=True, mmap=True)
        parts = []
        for first in range(0, len(shard.words), _BATCH):
            pictures, inside = canvas(shard.pixels[first : first + _BATCH])
            pictures = normalised(pictures) * pixels_of(inside)
            with torch.autocast("cpu", torch.bfloat16):
                pictures = pictures.contiguous(memory_format=torch.channels_last)
                parts.append(self._eyes.trunk.early(pictures))
        early = [torch.cat(maps).bfloat16() for maps in zip(*parts, strict=True)]
        fresh = kept.with_suffix(".new")
        torch.save(early, fresh)
        fresh.replace(kept)
        return shard, early


def _as_words(found: dict[SceneKind, list[bool]]) -> str:
    return ", ".join(f"{kind}: {sum(it)}/{len(it)}" for kind, it in found.items())


def _padded(maps: EyeMaps) -> EyeMaps:
    return EyeMaps(
        _pad(maps.things.float()),
        _pad(maps.signs.float()),
        _pad(maps.percents.float()),
        _pad(maps.offsets.float()),
        maps.kinds.float(),
    )


def _pad(maps: Tensor) -> Tensor:
    return functional.pad(maps, (0, CELLS - maps.shape[3], 0, CELLS - maps.shape[2]))


if __name__ == "__main__":
    main()
