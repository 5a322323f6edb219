"""Let the finished ears hear all clips: `python -m tools.nano.transcribe`.

It goes on where it was stopped. Writes `heard.csv` (`heard_clips` says how it looks).
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from edge_agent.model.audio_windows import plan_windows_at_pauses
from edge_agent.model.mel import log_mel
from tools.nano.augment import quietly_framed, varied
from tools.nano.clips import read_clip_folder, read_speech_tar, speech_tars
from tools.nano.ears import WINDOW_FRAMES, padded
from tools.nano.export_ears import SIGNATURE
from tools.nano.heard_clips import HEARD_TABLE, read_heard
from tools.nano.nonspeech import nonspeech_clips
from tools.nano.work import work_parser

_NONSPEECH_CLIPS = 600
_SEED = 20
_SAID_AFTER = 500

Sound = NDArray[np.float32]
Source = Callable[[], Iterable[tuple[str, Sound]]]


def main() -> None:
    """Hear every clip in its first variant, then in the next."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--speech", type=Path, required=True, help="folder with speech-NN.tar")
    parser.add_argument("--variants", type=int, default=2, help="of each clip")
    options = parser.parse_args()
    ears = Stenographer(options.work / "export" / "ears_quantized.tflite")
    table = options.work / HEARD_TABLE
    known = {(row.clip, row.variant) for row in read_heard(options.work)} if table.exists() else ()
    done = 0
    with table.open("a", encoding="utf-8", newline="", buffering=1) as file:
        rows = csv.writer(file)
        for variant in range(options.variants):
            for name, sound in _changed(options.speech, options.work, variant, known):
                rows.writerow((name, variant, " ".join(map(str, ears.pieces(sound)))))
                done += 1
                if done % _SAID_AFTER == 0:
                    print(f"{done} clips heard", flush=True)


class Stenographer:
    """The exported ears, by themselves."""

    def __init__(self, ears: Path) -> None:
        """Run the model `ears` on one thread."""
        self._run = Interpreter(str(ears), num_threads=1).get_signature_runner(SIGNATURE)

    def pieces(self, sound: Sound) -> list[int]:
        """Return the word pieces for `sound`, float32 [n], 16 kHz."""
        mel = log_mel(sound)
        found: list[int] = []
        for window in plan_windows_at_pauses(mel, WINDOW_FRAMES):
            frames, there = padded(mel[window.start : window.stop])
            out = self._run(src_inputs=frames[None], mask=there[None, None])
            found += out["features"][0, out["mask"][0], 0].astype(int).tolist()
        return found


def _changed(
    speech: Path, work: Path, variant: int, known: Iterable[tuple[str, int]]
) -> Iterator[tuple[str, Sound]]:
    """Give each clip that is not `known`, changed by a chance of its own; sounds as they are."""
    known = set(known)
    for source in _sources(speech, work):
        for index, (name, clip) in enumerate(source()):
            if (name, variant) not in known:
                random = np.random.default_rng((_SEED, variant, index, len(clip)))
                yield name, (quietly_framed if variant == 0 else varied)(clip, random)
    if variant == 0:
        sounds = nonspeech_clips(_NONSPEECH_CLIPS, _SEED)
        yield from ((name, sound) for name, sound in sounds if (name, variant) not in known)


def _sources(speech: Path, work: Path) -> Iterator[Source]:
    for tar in speech_tars(speech):
        yield lambda tar=tar: read_speech_tar(tar)
    for clips in sorted((work / "clips").glob("espeak-*")):
        yield lambda clips=clips: read_clip_folder(clips)


if __name__ == "__main__":
    main()
