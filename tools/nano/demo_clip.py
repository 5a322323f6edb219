"""Speak the request of `edge-agent demo` with a voice that no training clip has.

`python -m tools.nano.demo_clip --voices DIR` writes `edge_agent/cli/demo.wav`.
"""

import argparse
from pathlib import Path

import numpy as np
import soundfile

from tools.nano.clips import SAMPLE_RATE
from tools.nano.neural_voice import NeuralVoice

_TARGET = Path(__file__).parents[2] / "edge_agent" / "cli" / "demo.wav"
_SILENCE_SECONDS = (0.3, 0.5)
_PEAK = 0.6


def main() -> None:
    """Write the clip: mono, 16 kHz, 16 bit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True, help="folder with af_nova.bin …")
    parser.add_argument("--voice", default="af_nova")
    parser.add_argument("--text", default="turn on the kitchen light please")
    parser.add_argument("--target", type=Path, default=_TARGET)
    options = parser.parse_args()
    samples = NeuralVoice(options.voices).say(options.text, options.voice)
    samples *= _PEAK / float(np.abs(samples).max())
    before, after = (int(seconds * SAMPLE_RATE) for seconds in _SILENCE_SECONDS)
    soundfile.write(options.target, np.pad(samples, (before, after)), SAMPLE_RATE, "PCM_16")
    print(f"{options.target}: {options.target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
