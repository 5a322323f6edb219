"""Wake words: small models that listen all the time (microWakeWord, by pymicro-wakeword)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.types import SAMPLE_RATE, SoundError

if TYPE_CHECKING:
    from pymicro_wakeword import MicroWakeWord

BUNDLED = ("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu")
"""What comes with pymicro-wakeword."""

_TFLITE_MAGIC = slice(4, 8), b"TFL3"

_LATEST_SECONDS = 0.4
"""A word is found up to so long after its end: measured 0.0 to 0.4 s, mostly 0.15 s."""

_GAP_SAMPLES = SAMPLE_RATE * 3 // 100

_AS_QUIET_DB = 6.0


class WakeWords:
    """Listens for several words at once. One stream each: it remembers what it heard."""

    def __init__(self, words: Sequence[str]) -> None:
        """Load models: names of `BUNDLED`, or paths of `.tflite` files with their `.json` beside.

        Raises `SoundError` for a name or file that is none.
        """
        from pymicro_wakeword import MicroWakeWordFeatures  # noqa: PLC0415 - loads TensorFlow Lite

        self._features = MicroWakeWordFeatures()
        self._models = tuple(_load(word) for word in words)

    def take(self, samples: NDArray[np.float32]) -> str | None:
        """Take float32 [n] at 16 kHz; return the word that was completed in it, if one was."""
        pcm = (samples * 32_767).astype("<i2").tobytes()
        found: str | None = None
        for features in self._features.process_streaming(pcm):
            for model in self._models:
                if model.process_streaming(features) and found is None:
                    found = model.id
        if found is not None:
            for model in self._models:
                model.reset()
        return found


def after_wake_word(recent: NDArray[np.float32]) -> int:
    """Return where in float32 [n] the wake word ends that was found at the end of `recent`.

    That is the first pause in its last 0.4 s: what follows is kept whole, even where the speaker
    went on without taking breath, at the price of sometimes keeping the word's last syllable.
    """
    start = max(0, recent.size - int(_LATEST_SECONDS * SAMPLE_RATE))
    whole = (recent.size - start) // _GAP_SAMPLES
    if not whole:
        return recent.size
    gaps = recent[start : start + whole * _GAP_SAMPLES].reshape(whole, _GAP_SAMPLES)
    levels = 10 * np.log10(np.mean(np.square(gaps, dtype=np.float64), axis=1) + 1e-12)
    quiet = int(np.flatnonzero(levels <= levels.min() + _AS_QUIET_DB)[0])
    return start + quiet * _GAP_SAMPLES


def _load(word: str) -> "MicroWakeWord":
    from pymicro_wakeword import MicroWakeWord, Model  # noqa: PLC0415 - loads TensorFlow Lite

    if word in BUNDLED:
        return MicroWakeWord.from_builtin(Model(word))
    path = Path(word)
    if path.suffix != ".tflite":
        raise SoundError(
            f"There is no wake word {word!r}: there are {', '.join(BUNDLED)}, and your own by the "
            "path of a .tflite file."
        )
    settings = path.with_suffix(".json")
    _require_model(path)
    try:
        return MicroWakeWord.from_config(settings)
    except FileNotFoundError:
        raise SoundError(
            f"{settings} is missing: a wake word's model comes with its settings."
        ) from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise SoundError(f"{settings} is no microWakeWord settings file ({error}).") from error


def _require_model(path: Path) -> None:
    """Refuse what is no model here: the native library would end the process."""
    where, magic = _TFLITE_MAGIC
    try:
        with path.open("rb") as file:
            head = file.read(where.stop)
    except OSError as error:
        raise SoundError(f"The wake word {path} cannot be read: {error.strerror}.") from error
    if head[where] != magic:
        raise SoundError(f"The wake word {path} is no TensorFlow Lite model.")
