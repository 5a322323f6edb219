"""Train the decoder: `python -m tools.nano.train`; goes on where it was stopped.

Writes `train.pt` (the checkpoint) and how the watched requests do: `train.csv`, `train.png`.
Another `--name` keeps trainings apart: those of decoders of other widths, say (`size_curve.py`).
"""

import math
import random
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from tools.nano import english
from tools.nano.batch import NO_TARGET, Batch, lay_out
from tools.nano.decoder import HIDDEN_WIDTH, PackedDecoder
from tools.nano.heard_clips import HeardClips, all_requests, legible, read_heard
from tools.nano.hearing import Hearing
from tools.nano.lessons import LessonDrawer
from tools.nano.mishearing import Mishearing
from tools.nano.model import Checkpoint, Nano
from tools.nano.requests import TEST, Style, widest_style
from tools.nano.side_by_side import Company, side_by_side
from tools.nano.tokenizer import load_tokenizer
from tools.nano.training_log import TrainingLog
from tools.nano.turns import Lesson, TurnWriter
from tools.nano.work import work_parser

_FIRST = 0.3
"""The share of the training that comes before sound: typed turns in prompts without examples.

With examples in the prompt, a model that knows nothing yet learns to copy their devices, and not to
look at the request.
"""
_FIRST_LESSONS, _LESSONS = 6, 3
_PICTURE_LESSONS = 0.33
_TYPED_LESSONS = 0.63
"""The share of typed lessons among those that are not about pictures."""
_PICTURE_TURNS = 32
_TYPED_TURNS = 12
_SHOWN_BESIDE_TYPED = (0, 1, 2, 4)
_PEAK_RATE, _RATE_ON, _LAST_RATE = 2e-3, 1.2e-3, 2e-5
_WARM_UP_STEPS = 150
_MEAN_OF_STEPS = 400
_FOLLOW_EVERY = 4
_WATCHED_LESSONS = 10
_MEET_EVERY = 30.0  # seconds

HELD_OUT_SENTENCES = "held-out sentences"
"""The name of what the test's sentences are watched under; nothing is learnt from them."""


@dataclass(frozen=True)
class Plan:
    """What to learn from, and how.

    `decoder` is an earlier checkpoint, whose decoder goes on. `rate` is that of learning, at its
    highest; `minutes` are those of all runs together; `pictures` is the share of lessons about
    these; `width` is that of the decoder's layers, `name` that of what is written.
    """

    work: Path
    speech: Path
    decoder: Path | None
    rate: float | None
    minutes: float
    save_minutes: float
    pictures: float
    width: int
    name: str


def main() -> None:
    """Train until the minutes of training, of all runs together, are used up."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--speech", type=Path, required=True, help="folder with requests.tsv")
    parser.add_argument("--minutes", type=float, default=80, help="of training, in all")
    parser.add_argument("--save-minutes", type=float, default=4)
    parser.add_argument("--decoder", type=Path, help="an earlier train.pt, whose decoder goes on")
    parser.add_argument("--rate", type=float, help="of learning, at its highest")
    parser.add_argument("--processes", type=int, default=1, help="to learn in, one a core")
    parser.add_argument(
        "--pictures", type=float, default=_PICTURE_LESSONS, help="share of lessons about pictures"
    )
    parser.add_argument("--width", type=int, default=HIDDEN_WIDTH, help="of the decoder's layers")
    parser.add_argument("--name", default="train", help="of what is written")
    options = vars(parser.parse_args())
    processes = options.pop("processes")
    side_by_side(processes, partial(_train, Plan(**options)))


def _train(plan: Plan, company: Company) -> None:
    training = Training(plan, company)
    ends = plan.minutes * 60
    saved = training.seconds
    while training.seconds < ends:
        training.learn_for(_MEET_EVERY, ends)
        if company.leads and training.seconds - saved > plan.save_minutes * 60:
            training.save()
            training.watch()
            saved = training.seconds
    if company.leads:
        training.save()
        training.watch()


class Training:
    """Model, optimizer and lessons, with the checkpoint that they start from."""

    def __init__(self, plan: Plan, company: Company) -> None:
        """Go on from the checkpoint of that name, or start with random weights.

        Where an earlier checkpoint is given, it starts with that one's decoder, and the lessons
        without sound are over. Others in its `company` draw other lessons.
        """
        work, speech = plan.work, plan.speech
        self._checkpoint, self._company = work / f"{plan.name}.pt", company
        self._pictures = plan.pictures
        self._first, peak = (_FIRST, _PEAK_RATE) if plan.decoder is None else (0.0, _RATE_ON)
        self._peak_rate = plan.rate or peak
        tokenizer = load_tokenizer(work)
        self._model = Nano(tokenizer, plan.width)
        self._packed = PackedDecoder(self._model.decoder, torch.bfloat16, compiled=True)
        self._optimizer = torch.optim.AdamW(
            [weight for weight in self._model.parameters() if weight.requires_grad],
            self._peak_rate,
            betas=(0.9, 0.98),
            weight_decay=0.05,
            fused=True,
        )
        self._mean: dict[str, Tensor] = {}
        self.step, self.seconds = 0, 0.0
        self._start(plan.decoder)
        writer = TurnWriter(tokenizer)
        chance = random.Random(f"{self._company.number} {self.step}")
        self._chance = chance
        style = widest_style()
        requests = all_requests(work, speech)
        found = list(legible(read_heard(work), requests, tokenizer))
        rows = [it.row for it in found]
        mishearing = Mishearing(((it.said, it.written) for it in found), english.words())
        hearing = Hearing(tokenizer, mishearing)

        def drawer(by: random.Random, *, watched: bool, said: Style = style) -> LessonDrawer:
            clips = HeardClips(rows, requests, by, watched=watched)
            return LessonDrawer(writer, clips, hearing, said, by)

        self._lessons = drawer(chance, watched=False)
        watched = drawer(random.Random(5), watched=True)
        held_out = drawer(random.Random(5), watched=True, said=TEST)
        draw = {
            "heard or typed": watched.draw,
            "typed": lambda: watched.draw_typed(_TYPED_TURNS, examples=True),
            "pictures": lambda: watched.draw_pictures(_PICTURE_TURNS),
            HELD_OUT_SENTENCES: lambda: held_out.draw_typed(_TYPED_TURNS, examples=True),
        }
        self._watched = {
            name: [lay_out([one()]) for _ in range(_WATCHED_LESSONS)] for name, one in draw.items()
        }
        self._losses: list[float] = []
        self._log = TrainingLog(work, plan.name)

    def _start(self, decoder: Path | None) -> None:
        if self._checkpoint.exists():
            found = Checkpoint.load(self._checkpoint)
            self._model.load_state_dict(found.weights)
            self._optimizer.load_state_dict(found.optimizer)
            self._mean, self.step, self.seconds = found.mean, found.step, found.seconds
        else:
            if decoder is not None:
                earlier = Checkpoint.load(decoder).mean
                self._model.load_state_dict(
                    self._model.state_dict()
                    | {name: earlier[name] for name in earlier if name.startswith("decoder.")}
                )
            self._mean = {k: v.clone() for k, v in self._model.state_dict().items()}

    def learn_for(self, seconds: float, ends: float) -> None:
        """Learn for some seconds of a training that `ends` after so many, then meet the others."""
        until = min(self.seconds + seconds, ends)
        while self.seconds < until:
            self.learn(self.seconds / ends)
        self._meet()
        if self._company.leads:
            recent = sum(self._losses[-20:]) / len(self._losses[-20:])
            print(f"step {self.step}, {self.seconds / ends:.1%}, loss {recent:.4f}", flush=True)

    def _meet(self) -> None:
        """Share the weights, the state of the optimizer and the time with the others."""
        spent = torch.tensor([self.seconds, self.step], dtype=torch.float32)
        state = [
            part for kept in self._optimizer.state.values() for part in kept.values()
            if part.dim()
        ]  # fmt: skip
        weights = [*self._model.state_dict().values(), *self._mean.values()]
        self._company.meet([spent, *weights, *state])
        self.seconds, self.step = spent[0].item(), round(spent[1].item())

    def learn(self, done: float) -> None:
        """Take one step; `done` is the share of the training that lies behind."""
        began = time.monotonic()
        for group in self._optimizer.param_groups:
            falling = (
                _LAST_RATE + (self._peak_rate - _LAST_RATE) * (1 + math.cos(math.pi * done)) / 2
            )
            group["lr"] = falling * min(1, (self.step + 1) / _WARM_UP_STEPS)
        self._model.train()
        batch = lay_out(self._draw(done))
        losses = functional.cross_entropy(
            self._packed.logits(batch), batch.targets, ignore_index=NO_TARGET, reduction="none"
        )
        loss = losses @ batch.weights
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._model.keep_silent()
        self.step += 1
        if self.step % _FOLLOW_EVERY == 0:
            self._follow()
        self._losses.append(loss.item())
        self.seconds += time.monotonic() - began

    def _draw(self, done: float) -> list[Lesson]:
        typed = self._lessons.draw_typed
        if done < self._first:
            return [typed(_TYPED_TURNS, examples=False) for _ in range(_FIRST_LESSONS)]
        return [self._draw_one() for _ in range(_LESSONS)]

    def _draw_one(self) -> Lesson:
        if self._chance.random() < self._pictures:
            return self._lessons.draw_pictures(_PICTURE_TURNS)
        if self._chance.random() < _TYPED_LESSONS:
            shown = self._chance.choice(_SHOWN_BESIDE_TYPED)
            return self._lessons.draw_typed(_TYPED_TURNS, examples=True, shown=shown)
        return self._lessons.draw()

    def _follow(self) -> None:
        """Move the running mean of the weights a little towards the weights."""
        keep = min(1 - _FOLLOW_EVERY / _MEAN_OF_STEPS, self.step / (40 + self.step))
        with torch.no_grad():
            now = self._model.state_dict()
            torch._foreach_lerp_(list(self._mean.values()), [now[k] for k in self._mean], 1 - keep)

    def save(self) -> None:
        """Write the checkpoint."""
        weights, optimizer = self._model.state_dict(), self._optimizer.state_dict()
        checkpoint = Checkpoint(weights, self._mean, optimizer, self.step, self.seconds)
        checkpoint.save(self._checkpoint)

    @torch.no_grad()
    def watch(self) -> None:
        """Write down how the mean of the weights does on requests that training leaves out."""
        weights = {name: weight.clone() for name, weight in self._model.state_dict().items()}
        self._model.load_state_dict(self._mean)
        self._model.eval()
        scores = {
            name: [_score(self._packed.logits(batch), batch) for batch in batches]
            for name, batches in self._watched.items()
        }
        self._model.load_state_dict(weights)
        recent = self._losses[-200:]
        losses = [loss for scored in scores.values() for loss, _ in scored]
        row = {
            "loss of training": sum(recent) / max(1, len(recent)),
            "loss of the watched": sum(losses) / len(losses),
        } | {
            f"right of {name}": sum(right for _, right in scored) / len(scored)
            for name, scored in scores.items()
        }
        told = ", ".join(f"{name} {value:.4f}" for name, value in row.items())
        print(f"watched: step {self.step}, {self.seconds:.0f} s, {told}", flush=True)
        self._log.add(self.step, self.seconds, row)


def _score(logits: Tensor, batch: Batch) -> tuple[float, float]:
    """Return the mean loss a token, and the share of replies that are right in every token."""
    loss = functional.cross_entropy(logits, batch.targets, ignore_index=NO_TARGET).item()
    right = logits.argmax(dim=-1) == batch.targets
    right = functional.pad(right | (batch.targets == NO_TARGET), (0, 1), value=True)
    replies = torch.cat([right[group.reply_rows].all(dim=1) for group in batch.groups])
    there = torch.cat([group.reply_rows[:, 0] < len(batch.targets) for group in batch.groups])
    return loss, replies[there].float().mean().item()


if __name__ == "__main__":
    main()
