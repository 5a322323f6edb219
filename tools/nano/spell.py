"""Teach the adapter alone to read words from sound, by CTC: `python -m tools.nano.spell`.

It takes less than half an hour, and spares the decoder hours of finding out which sound is which
word. Writes `adapter.pt`, and `spell.csv`: how clips that training leaves out are read.
"""

import csv
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from tools.nano.adapter import NO_PIECE, Adapter
from tools.nano.clip_store import Clip, ClipStore
from tools.nano.corpus import clip_store
from tools.nano.decoder import HIDDEN_WIDTH
from tools.nano.reader import hidden_in_part
from tools.nano.tokenizer import load_tokenizer
from tools.nano.turns import TurnWriter, heard
from tools.nano.word_errors import word_errors
from tools.nano.work import work_parser

_BATCH = 48
_PEAK_RATE = 1.5e-3
_WARM_UP_STEPS = 100
_WATCH_EVERY = 200
_WATCHED_CLIPS = 96


def main() -> None:
    """Train for some minutes, and keep the adapter as `adapter.pt`."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--speech", type=Path, required=True, help="folder with requests.tsv")
    parser.add_argument("--minutes", type=float, default=25)
    options = parser.parse_args()
    lessons = SpellingLessons(options.work, options.speech)
    optimizer = torch.optim.AdamW(
        lessons.adapter.parameters(), _PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.02, fused=True
    )
    began, step = time.monotonic(), 0
    while (done := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            falling = (1 + math.cos(math.pi * done)) / 2
            group["lr"] = _PEAK_RATE * min(1, (step + 1) / _WARM_UP_STEPS) * falling
        loss = lessons.loss()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(lessons.adapter.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % _WATCH_EVERY == 0:
            lessons.watch(step, done)
            torch.save(lessons.adapter.state_dict(), options.work / "adapter.pt")
    lessons.watch(step, 1.0)
    torch.save(lessons.adapter.state_dict(), options.work / "adapter.pt")


class SpellingLessons:
    """An adapter, the clips that it learns from, and those that it is watched by."""

    def __init__(self, work: Path, speech: Path) -> None:
        """Start with random weights and the features in `work`."""
        torch.manual_seed(0)
        self._tokenizer: PreTrainedTokenizerFast = load_tokenizer(work)
        self._write = TurnWriter(self._tokenizer)
        self.adapter = Adapter(len(self._tokenizer), HIDDEN_WIDTH)
        self._clips = clip_store(work / "features", speech, random.Random(7))
        watched = clip_store(work / "features", speech, random.Random(8), watched=True)
        self._watched = _draw(watched, _WATCHED_CLIPS)
        self._log = work / "spell.csv"
        self._losses: list[float] = []

    def loss(self) -> Tensor:
        """Return the CTC loss a word piece of one batch of clips."""
        self.adapter.train()
        clips = _draw(self._clips, _BATCH)
        features, there = _padded(clips)
        loss = self._spelling_loss(self._logits(hidden_in_part(features), there), clips)
        self._losses.append(loss.item())
        return loss

    @torch.no_grad()
    def watch(self, step: int, done: float) -> None:
        """Write down the loss, and the share of the watched clips' words that are read wrongly."""
        self.adapter.eval()
        logits = self._logits(*_padded(self._watched))
        loss = self._spelling_loss(logits, self._watched).item()
        wrong = total = 0
        for clip, path in zip(self._watched, logits.argmax(dim=-1), strict=True):
            said = heard(clip.spoken.text).split()
            wrong += word_errors(said, self._words(path[: len(clip.sound)]))
            total += len(said)
        recent = sum(self._losses[-_WATCH_EVERY:]) / len(self._losses[-_WATCH_EVERY:])
        row = (step, round(recent, 4), round(loss, 4), round(wrong / total, 4))
        print("step {}, loss {}, watched: loss {}, word errors {}".format(*row), f"{done:.0%}")
        with self._log.open("a", newline="") as file:
            csv.writer(file).writerow(row)

    def _logits(self, features: Tensor, there: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return self.adapter.pieces(self.adapter.reader(features, there)).float()

    def _spelling_loss(self, logits: Tensor, clips: list[Clip]) -> Tensor:
        words = [self._write.tokens(heard(clip.spoken.text)) for clip in clips]
        return functional.ctc_loss(
            functional.log_softmax(logits, dim=-1).transpose(0, 1),
            torch.tensor([piece for pieces in words for piece in pieces]),
            torch.tensor([len(clip.sound) for clip in clips]),
            torch.tensor([len(pieces) for pieces in words]),
            blank=NO_PIECE,
            zero_infinity=True,
        )

    def _words(self, path: Tensor) -> list[str]:
        """Read the most likely piece of every token: repeated pieces are one."""
        pieces = [piece for piece in torch.unique_consecutive(path).tolist() if piece != NO_PIECE]
        return self._tokenizer.decode(pieces).split()


def _draw(clips: ClipStore, count: int) -> list[Clip]:
    nothing = count // 5
    drawn = [clips.next_action() for _ in range(count - nothing)]
    return drawn + [clips.next_nothing() for _ in range(nothing)]


def _padded(clips: list[Clip]) -> tuple[Tensor, Tensor]:
    """Return features float32 [clips, longest, 1024], and where there are any, [clips, longest]."""
    longest = -(-max(len(clip.sound) for clip in clips) // 32) * 32
    features = np.zeros((len(clips), longest, clips[0].sound.shape[1]), np.float32)
    there = np.zeros((len(clips), longest), np.float32)
    for row, clip in enumerate(clips):
        features[row, : len(clip.sound)] = clip.sound
        there[row, : len(clip.sound)] = 1
    return torch.from_numpy(features), torch.from_numpy(there)


if __name__ == "__main__":
    main()
