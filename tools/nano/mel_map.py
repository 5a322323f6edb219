"""Fit the map from Gemma 4's mel bands to Whisper's: `python -m tools.nano.mel_map`."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from transformers import WhisperFeatureExtractor
from transformers.audio_utils import spectrogram, window_function

from edge_agent.model.mel import log_mel
from tools.nano.clips import read_speech_tar, speech_tars
from tools.nano.work import work_parser

_CLIPS = 60
MEL_MAP_SHAPE = (128, 80)
"""Bands of Gemma 4's, and of Whisper's."""


def main() -> None:
    """Fit the map on a few clips with noise added, and keep it as `mel_map.npy`."""
    parser = work_parser(__doc__)
    parser.add_argument("--speech", type=Path, required=True, help="folder with speech-NN.tar")
    options = parser.parse_args()
    clips = [clip for _, clip in read_speech_tar(speech_tars(options.speech)[0], at_most=_CLIPS)]
    mel_map, error = fit_mel_map(clips, np.random.default_rng(0))
    options.work.mkdir(parents=True, exist_ok=True)
    np.save(options.work / "mel_map.npy", mel_map)
    print(f"log10 of the power: mean error {error.mean():.3f}, deviation {error.std():.3f}")


def fit_mel_map(
    clips: Iterable[NDArray[np.float32]], random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the map, float32 [128, 80], and the error in decades on the clips it was fitted to."""
    extractor = WhisperFeatureExtractor(feature_size=80)
    gemma, whisper = [], []
    for clip in clips:
        noise = 10 ** random.uniform(-4, -1.5)
        length = len(clip) // 160
        noisy = clip[: length * 160] + random.normal(0, noise, length * 160).astype(np.float32)
        frames = log_mel(np.pad(noisy, (0, 480)))[:length]
        gemma.append(np.maximum(np.exp(frames) - 0.001, 1e-6) ** 2)
        powers = spectrogram(
            noisy,
            window_function(400, "hann"),
            frame_length=400,
            hop_length=160,
            power=2.0,
            dither=0.0,
            mel_filters=extractor.mel_filters,
            log_mel=None,
        )
        whisper.append(powers[:, :length].T)
    source, target = np.concatenate(gemma), np.concatenate(whisper)
    mel_map = np.zeros(MEL_MAP_SHAPE, np.float32)
    for band in range(target.shape[1]):
        weight = 1 / (target[:, band] + 1e-4)  # relative errors count, not loud frames alone
        mel_map[:, band], _ = nnls(source * weight[:, None], target[:, band] * weight)
    fitted = np.log10(np.maximum(source @ mel_map, 1e-8))
    return mel_map, fitted - np.log10(np.maximum(target, 1e-8))


if __name__ == "__main__":
    main()
