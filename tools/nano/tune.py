"""Let Whisper's decoder hear requests to a house: `python -m tools.nano.tune`.

The encoder stays as people taught it, unless some of its last layers shall learn along (slowly, at
a tenth of the rate). Whisper expects windows of 30 s: in our short ones it writes a sentence twice,
now and then, and it does not know where a request ends; some thousand clips teach it that, and the
words of a house. Writes `whisper.pt`; goes on where that is there.
"""

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import WhisperForConditionalGeneration

from edge_agent.model.mel import log_mel
from tools.nano.augment import quietly_framed, varied
from tools.nano.clips import Spoken, read_clip_folder, read_speech_tar, speech_tars
from tools.nano.ears import WINDOW_FRAMES, Ears, padded
from tools.nano.heard_clips import all_requests
from tools.nano.nonspeech import nonspeech_clips
from tools.nano.numbers import in_digits
from tools.nano.training_log import TrainingLog
from tools.nano.whisper import load_whisper, load_whisper_tokenizer
from tools.nano.whisper_words import as_whisper_writes
from tools.nano.work import work_parser

_BATCH = 16
_RATE, _LAST_RATE, _ENCODER_SHARE = 3e-5, 1e-6, 0.1
_WARM_UP_STEPS = 40
_AS_GOOD_MICROPHONES = 0.3
_NEURAL, _TALK, _NONSPEECH = 0.55, 0.25, 0.05
"""The shares of requests in neural voices, of talk that asks for nothing, and of mere sound; the
rest are requests by espeak-ng."""
_NO_TARGET = -100
_TUNED = 0.5
"""How far to go from Whisper's own weights to the tuned ones. Half way, sentences are written once,
and what people read is written as well as by Whisper itself; all the way, it is not."""
_SEED = 31

Sound = NDArray[np.float32]
_Example = tuple[Sound, str]


def main() -> None:
    """Tune for some minutes, and keep the weights."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--speech", type=Path, required=True, help="folder with speech-NN.tar")
    parser.add_argument("--minutes", type=float, default=33)
    parser.add_argument("--encoder-layers", type=int, default=0, help="of the last that learn too")
    options = parser.parse_args()
    whisper = tuned_whisper(options.work, 1.0)
    tuning = Tuning(whisper, np.load(options.work / "mel_map.npy"), options.encoder_layers)
    examples = examples_of(options.speech, options.work, random.Random(_SEED))
    began, step, losses = time.monotonic(), 0, []
    log = TrainingLog(options.work, "tune")
    while (done := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        losses.append(tuning.learn([next(examples) for _ in range(_BATCH)], step, done))
        step += 1
        if step % 20 == 0:
            loss = sum(losses[-20:]) / 20
            print(f"step {step}, {done:.1%}, loss {loss:.4f}", flush=True)
            log.add(step, time.monotonic() - began, {"loss of tuning": loss})
        if step % 100 == 0:
            _save(whisper, options.work)
    _save(whisper, options.work)


def tuned_whisper(work: Path, share: float = _TUNED) -> WhisperForConditionalGeneration:
    """Return Whisper, brought a `share` of the way to the weights that `main` kept, if it did."""
    whisper = load_whisper()
    path = work / "whisper.pt"
    if path.exists():
        own, tuned = whisper.model.state_dict(), torch.load(path, weights_only=True)
        mixed = {name: own[name].lerp(weight.float(), share) for name, weight in tuned.items()}
        whisper.model.load_state_dict(own | mixed)
    return whisper


def _save(whisper: WhisperForConditionalGeneration, work: Path) -> None:
    """Keep what is no longer Whisper's own, in half precision."""
    own = load_whisper().model.state_dict()
    weights = {
        name: weight.to(torch.float16)
        for name, weight in whisper.model.state_dict().items()
        if not torch.equal(weight, own[name])
    }
    torch.save(weights, work / "whisper.new")
    (work / "whisper.new").replace(work / "whisper.pt")


class Tuning:
    """Whisper's decoder, that learns, behind its encoder, of which at most the last layers do."""

    def __init__(
        self,
        whisper: WhisperForConditionalGeneration,
        mel_map: NDArray[np.float32],
        encoder_layers: int = 0,
    ) -> None:
        """Learn in float32, with the sums of the layers in bfloat16."""
        self._decoder = whisper.model.decoder
        self._ears = Ears(whisper, mel_map).eval()
        self._tokenizer = load_whisper_tokenizer()
        learnt = [
            weight.requires_grad_()
            for name, weight in self._decoder.named_parameters()
            if not name.startswith("embed")  # rare words keep what they mean
        ]
        layers = self._ears.encoder.layers
        listening = [
            weight.requires_grad_()
            for layer in layers[len(layers) - encoder_layers :]
            for weight in layer.parameters()
        ]
        self._listens = bool(listening)
        groups = [
            {"params": learnt, "share": 1.0},
            {"params": listening, "share": _ENCODER_SHARE},
        ]
        self._optimizer = torch.optim.AdamW(groups, _RATE, betas=(0.9, 0.98), fused=True)

    def learn(self, examples: list[_Example], step: int, done: float) -> float:
        """Take one step; returns the loss a token."""
        falling = _LAST_RATE + (_RATE - _LAST_RATE) * (1 + math.cos(math.pi * done)) / 2
        for group in self._optimizer.param_groups:
            group["lr"] = falling * group["share"] * min(1, (step + 1) / _WARM_UP_STEPS)
        tokens, targets = self._written([text for _, text in examples])
        with torch.autocast("cpu", torch.bfloat16):
            with torch.set_grad_enabled(self._listens):
                encoded = self._ears(*windows([sound for sound, _ in examples]))
            hidden = self._decoder(
                input_ids=tokens, encoder_hidden_states=encoded, use_cache=False
            ).last_hidden_state
            scores = hidden @ self._decoder.embed_tokens.weight.T
        loss = functional.cross_entropy(
            scores.float().flatten(0, 1), targets.flatten(), ignore_index=_NO_TARGET
        )
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        return loss.item()

    def _written(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """Return the tokens that the decoder is given, and those that it should give."""
        number = self._tokenizer.convert_tokens_to_ids
        before = [number("<|startoftranscript|>"), number("<|notimestamps|>")]
        end = number("<|endoftext|>")
        rows = [
            [*before, *self._tokenizer.encode(text, add_special_tokens=False), end]
            for text in texts
        ]
        longest = max(map(len, rows)) - 1
        tokens = torch.full((len(rows), longest), end)
        targets = torch.full((len(rows), longest), _NO_TARGET)
        for row, written in enumerate(rows):
            tokens[row, : len(written) - 1] = torch.tensor(written[:-1])
            targets[row, 1 : len(written) - 1] = torch.tensor(written[2:])
        return tokens, targets


def windows(sounds: list[Sound]) -> tuple[Tensor, Tensor]:
    """Return the mel frames float32 [n, 816, 128] of sounds of 8.16 s at most, and their mask."""
    filled = [padded(log_mel(sound)[:WINDOW_FRAMES]) for sound in sounds]
    frames, there = (np.stack(parts) for parts in zip(*filled, strict=True))
    return torch.from_numpy(frames), torch.from_numpy(there).unsqueeze(1)


def examples_of(speech: Path, work: Path, chance: random.Random) -> Iterator[_Example]:
    """Give sounds and what Whisper should write down of them, without end, changed each time."""
    requests = all_requests(work, speech)
    neural = _endless(
        [lambda tar=tar: read_speech_tar(tar) for tar in speech_tars(speech)], requests, chance
    )
    folders = [
        lambda folder=folder: read_clip_folder(folder)
        for folder in sorted((work / "clips").glob("espeak-*"))
    ]
    espeak = _endless(folders, {n: row for n, row in requests.items() if row.calls}, chance)
    talk = _endless(folders, {n: row for n, row in requests.items() if not row.calls}, chance)
    silent = [(sound, "") for _, sound in nonspeech_clips(400, _SEED)]
    sources = ((neural, _NEURAL), (talk, _TALK), (None, _NONSPEECH))
    for seed in count(chance.randrange(1 << 30)):
        source = _choose(sources, espeak, chance)
        if source is None:
            yield chance.choice(silent)
            continue
        sound, text = next(source)
        change = quietly_framed if chance.random() < _AS_GOOD_MICROPHONES else varied
        sound = change(sound, np.random.default_rng((_SEED, seed)))
        if len(log_mel(sound)) <= WINDOW_FRAMES:
            yield sound, as_whisper_writes(in_digits(text))


_Source = Iterator[_Example] | None


def _choose(
    sources: Sequence[tuple[_Source, float]], otherwise: _Source, chance: random.Random
) -> _Source:
    luck = chance.random()
    for source, share in sources:
        luck -= share
        if luck < 0:
            return source
    return otherwise


def _endless(
    shards: list[Callable[[], Iterable[tuple[str, Sound]]]],
    requests: Mapping[str, Spoken],
    chance: random.Random,
) -> Iterator[_Example]:
    """Give all clips of `requests` again and again, with what was said; a shard at a time."""
    while shards:
        chance.shuffle(shards)
        for read in shards:
            named = ((name.removeprefix("espeak-"), sound) for name, sound in read())
            clips = [(sound, requests[name].text) for name, sound in named if name in requests]
            chance.shuffle(clips)
            yield from clips


if __name__ == "__main__":
    main()
