"""Teach the adapter alone to read words from sound, by CTC: `python -m tools.nano.spell`.

It takes minutes, and spares the decoder hours of finding out which sound is which word.
"""

import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tools.nano.adapter import NO_PIECE
from tools.nano.clip_store import Clip, ClipStore
from tools.nano.corpus import clip_store
from tools.nano.model import Nano
from tools.nano.tokenizer import load_tokenizer
from tools.nano.turns import TurnWriter, heard
from tools.nano.work import work_parser

_BATCH = 48
_PEAK_RATE = 2e-3


def main() -> None:
    """Train for some minutes, and keep the adapter as `adapter.pt`."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--speech", type=Path, required=True, help="folder with requests.tsv")
    parser.add_argument("--minutes", type=float, default=6)
    options = parser.parse_args()
    tokenizer = load_tokenizer(options.work)
    model, writer = Nano(tokenizer), TurnWriter(tokenizer)
    clips = clip_store(options.work, options.speech, random.Random(7))
    optimizer = torch.optim.AdamW(model.adapter.parameters(), _PEAK_RATE, fused=True)
    began, step, recent = time.monotonic(), 0, 0.0
    while (done := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = _PEAK_RATE * min(1, step / 50) * (1 - done)
        loss = _loss(model, writer, _draw(clips))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        recent = 0.98 * recent + 0.02 * loss.item() if step > 1 else loss.item()
        if step % 50 == 0:
            print(f"step {step}, {done:.0%}, loss a word piece {recent:.3f}", flush=True)
    torch.save(model.adapter.state_dict(), options.work / "adapter.pt")


def _draw(clips: ClipStore) -> list[Clip]:
    draw = [clips.next_action] * (_BATCH * 4 // 5) + [clips.next_nothing] * (_BATCH // 5)
    return [one() for one in draw]


def _loss(model: Nano, writer: TurnWriter, clips: list[Clip]) -> Tensor:
    features = torch.from_numpy(np.concatenate([clip.sound for clip in clips]))
    with torch.autocast("cpu", torch.bfloat16):
        logits = model.adapter.pieces(model.adapter.read(features.float()))
    words = [writer.tokens(heard(clip.spoken.text)) for clip in clips]
    return spelling_loss(logits, [len(clip.sound) for clip in clips], words)


def spelling_loss(logits: Tensor, lengths: list[int], words: list[tuple[int, ...]]) -> Tensor:
    """Return the CTC loss a word piece; `logits` are those of all clips, one after another."""
    at = torch.cat([torch.arange(n) * len(lengths) + clip for clip, n in enumerate(lengths)])
    padded = logits.new_zeros(max(lengths) * len(lengths), logits.shape[-1], dtype=torch.float32)
    padded = padded.index_copy(0, at, logits.float()).unflatten(0, (-1, len(lengths)))
    targets = torch.tensor([piece for pieces in words for piece in pieces])
    return functional.ctc_loss(
        functional.log_softmax(padded, dim=-1),
        targets,
        torch.tensor(lengths),
        torch.tensor([len(pieces) for pieces in words]),
        blank=NO_PIECE,
        zero_infinity=True,
    )


if __name__ == "__main__":
    main()
