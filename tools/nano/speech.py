"""Let espeak-ng speak all that is written to be spoken: `python -m tools.nano.speech`."""

import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tools.nano.clips import SAMPLE_RATE, Spoken, read_requests, written_tables
from tools.nano.work import work_parser

_ACCENTS = (
    "en-us", "en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-gb-x-gbclan",
    "en-gb-x-gbcwmd", "en-us-nyc",
)  # fmt: skip
_VARIANTS = (
    "", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5",
    "+Andy", "+Annie", "+Denis", "+Gene", "+Jacky", "+Lee", "+Michael", "+Alex",
)  # fmt: skip
_CLIPS_A_FOLDER = 1_000


def main() -> None:
    """Speak every request that has no clip yet, as Ogg Vorbis of 16 kHz, mono."""
    parser = work_parser(__doc__ or "")
    options = parser.parse_args()
    requests = [
        row for table in written_tables(options.work) for row in read_requests(table).values()
    ]
    with ThreadPoolExecutor(2) as pool:
        for done, _ in enumerate(pool.map(partial(_speak, options.work / "clips"), requests), 1):
            if done % 1_000 == 0:
                print(f"{done} of {len(requests)} spoken", flush=True)


def _speak(folder: Path, request: Spoken) -> None:
    number = int(request.id.lstrip("r"))
    target = folder / f"espeak-{number // _CLIPS_A_FOLDER:02d}" / f"espeak-{request.id}.ogg"
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(f"espeak {request.id}")
    samples = espeak(
        request.text,
        chance.choice(_ACCENTS) + chance.choice(_VARIANTS),
        words_a_minute=chance.randint(125, 200),
        pitch=chance.randint(25, 75),
    )
    soundfile.write(target, samples, SAMPLE_RATE, format="OGG", subtype="VORBIS")


def espeak(text: str, voice: str, *, words_a_minute: int, pitch: int) -> NDArray[np.float32]:
    """Return `text` as espeak-ng says it: float32 [n], 16 kHz."""
    command = (
        "espeak-ng",
        "--stdout",
        "-v",
        voice,
        "-s",
        str(words_a_minute),
        "-p",
        str(pitch),
        text,
    )
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    header = 44
    rate = int.from_bytes(wav[24:28], "little")
    samples = np.frombuffer(wav[header : header + (len(wav) - header) // 2 * 2], "<i2")
    return soxr.resample(samples.astype(np.float32) / 32_768, rate, SAMPLE_RATE)


if __name__ == "__main__":
    main()
