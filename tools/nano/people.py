"""How the ears write down what a person reads: `python -m tools.nano.people two_cities.wav`.

The reading is in the wheel `moonshine-voice` (MIT), in `assets/`: the beginning of Charles
Dickens's "A Tale of Two Cities". It shows that ears which are tuned on synthetic voices do not
forget people; nothing is trained on it.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tools.nano.clips import SAMPLE_RATE
from tools.nano.tokenizer import load_tokenizer
from tools.nano.transcribe import Stenographer
from tools.nano.turns import heard
from tools.nano.word_errors import word_errors
from tools.nano.work import work_parser

_READ = """
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of
Light, it was the season of Darkness, it was the spring of hope, it was the winter of despair, we
had everything before us, we had nothing before us, we were all going direct to Heaven, we were all
going direct the other way, in short, the period was so far like the present period, that some of
its noisiest authorities insisted on its being received, for good or for evil, in the superlative
degree of comparison only.
"""
_STEP = SAMPLE_RATE // 100
_SHORTEST, _LONGEST = 300, 780
"""How long a piece is, in steps of 10 ms: it has to fit into a window of the ears."""

Sound = NDArray[np.float32]


def main() -> None:
    """Print what is written down, and how many of the words are wrong."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("reading", type=Path, help="two_cities.wav")
    options = parser.parse_args()
    samples, rate = soundfile.read(options.reading, dtype="float32", always_2d=True)
    sound = soxr.resample(samples.mean(axis=1), rate, SAMPLE_RATE)
    ears = Stenographer(options.work / "export" / "ears_quantized.tflite")
    tokenizer = load_tokenizer(options.work)
    written = [tokenizer.decode(ears.pieces(piece)) for piece in pieces_between_pauses(sound)]
    said = heard(_READ).split()
    wrong = word_errors(said, heard(" ".join(written)).split())
    print("\n".join(written))
    print(f"{wrong} of {len(said)} words wrong, {wrong / len(said):.1%}")


def pieces_between_pauses(sound: Sound) -> Iterator[Sound]:
    """Cut `sound` where it is quietest, into pieces of 3 to 7.8 s."""
    steps = len(sound) // _STEP
    loudness = np.square(sound[: steps * _STEP]).reshape(steps, _STEP).mean(axis=1)
    smooth = np.convolve(loudness, np.ones(5), "same")
    start = 0
    while start + _LONGEST < steps:
        first = start + _SHORTEST
        stop = first + int(np.argmin(smooth[first : start + _LONGEST]))
        yield sound[start * _STEP : stop * _STEP]
        start = stop
    yield sound[start * _STEP :]


if __name__ == "__main__":
    main()
