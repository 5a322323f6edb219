"""Run the frozen encoder over all clips, once: `python -m tools.nano.features`.

A shard is a `.npy` with the tokens of many clips below each other, float16 [tokens, 1024], and a
`.json` that says where each clip lies. A shard that is there is not made again.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from edge_agent.model.mel import BANDS, log_mel
from tools.nano.augment import quietly_framed, varied
from tools.nano.clips import read_clip_folder, read_speech_tar, speech_tars
from tools.nano.ears import WINDOW_FRAMES, Ears
from tools.nano.nonspeech import nonspeech_clips
from tools.nano.whisper import load_whisper_encoder
from tools.nano.work import work_parser

_BATCH = 16
_NONSPEECH_CLIPS = 1_000
_SEED = 20

Sound = NDArray[np.float32]
_Window = tuple[str, NDArray[np.float32]]
Source = tuple[str, Callable[[], Iterable[tuple[str, Sound]]]]


def main() -> None:
    """Make the shards that are missing: every source in its first variant, then in the next."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--speech", type=Path, required=True, help="folder with speech-NN.tar")
    parser.add_argument("--variants", type=int, default=6, help="of each neural clip")
    options = parser.parse_args()
    folder = options.work / "features"
    folder.mkdir(parents=True, exist_ok=True)
    ears = load_ears(options.work / "mel_map.npy").to(_device())
    ears.encoder.to(torch.bfloat16)
    for variant in range(options.variants):
        for name, clips in _sources(options.speech, options.work, variant):
            target = folder / f"{name}.{variant}"
            if not Path(f"{target}.json").exists():
                _make_shard(target, _changed(clips(), variant), ears)


def load_ears(mel_map: Path) -> Ears:
    """Return the frozen encoder behind the fitted map, float32, for batches on this machine."""
    encoder = load_whisper_encoder()
    encoder.set_attn_implementation("sdpa")
    return Ears(encoder, np.load(mel_map)).eval()


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _sources(speech: Path, work: Path, variant: int) -> Iterator[Source]:
    if variant == 0:
        yield "nonspeech", lambda: nonspeech_clips(_NONSPEECH_CLIPS, _SEED)
    for tar in speech_tars(speech):
        yield tar.stem, lambda tar=tar: read_speech_tar(tar)
    if variant < 2:
        for clips in sorted((work / "clips").glob("espeak-*")):
            yield clips.name, lambda clips=clips: read_clip_folder(clips)


def _changed(
    clips: Iterable[tuple[str, Sound]], variant: int
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Change each clip by a chance of its own and give its mel frames, float32 [n, 128]."""
    for index, (name, clip) in enumerate(clips):
        random = np.random.default_rng((_SEED, variant, index, len(clip)))
        is_speech = not name[0].isalpha() or name.startswith("espeak")
        change = quietly_framed if variant == 0 else varied
        yield name, log_mel(change(clip, random) if is_speech else clip)


def _make_shard(target: Path, clips: Iterable[tuple[str, NDArray[np.float32]]], ears: Ears) -> None:
    began = time.monotonic()
    index: list[dict[str, str | int]] = []
    rows: list[NDArray[np.float16]] = []
    count = 0
    windows = ((name, part) for name, mel in clips for part in _windows(mel))
    for group in _batched(windows, _BATCH):
        for (name, _), tokens in zip(group, _encode([mel for _, mel in group], ears), strict=True):
            if index and index[-1]["id"] == name:
                index[-1]["tokens"] = int(index[-1]["tokens"]) + len(tokens)
            else:
                index.append({"id": name, "start": count, "tokens": len(tokens)})
            rows.append(tokens)
            count += len(tokens)
    np.save(f"{target}.npy", np.concatenate(rows))
    Path(f"{target}.json").write_text(json.dumps(index))
    print(
        f"{target.name}: {len(index)} clips, {count} tokens, {time.monotonic() - began:.0f} s",
        flush=True,
    )


def _batched(windows: Iterable[_Window], size: int) -> Iterator[list[_Window]]:
    waiting = iter(windows)
    while group := list(islice(waiting, size)):
        yield group


def _windows(mel: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for start in range(0, max(len(mel), 1), WINDOW_FRAMES):
        yield mel[start : start + WINDOW_FRAMES]


@torch.inference_mode()
def _encode(windows: list[NDArray[np.float32]], ears: Ears) -> list[NDArray[np.float16]]:
    """Encode windows of up to 816 frames; gives float16 [tokens, 1024] for each."""
    frames = np.zeros((len(windows), WINDOW_FRAMES, BANDS), np.float32)
    mask = np.zeros((len(windows), 1, WINDOW_FRAMES), np.bool_)
    for row, mel in enumerate(windows):
        frames[row, : len(mel)] = mel
        mask[row, 0, : len(mel)] = True
    device = ears.mel_map.device
    out = ears(torch.from_numpy(frames).to(device), torch.from_numpy(mask).to(device))
    features = out["features"].to(torch.float16).cpu().numpy()
    lengths = out["mask"].sum(dim=1).tolist()
    return [features[row, :length] for row, length in enumerate(lengths)]


if __name__ == "__main__":
    main()
