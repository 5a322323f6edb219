"""Write the mel features that the tests hold `edge_agent.model.mel` to.

Needs transformers (the extra `train`): python tools/golden/make_mel_golden.py
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from transformers.models.gemma4.feature_extraction_gemma4 import Gemma4AudioFeatureExtractor

GOLDEN = Path(__file__).parents[2] / "tests" / "model" / "golden" / "mel.npz"
RATE = 16_000


def sounds() -> dict[str, NDArray[np.float32]]:
    """Return short sounds of many lengths and levels: float32 [n], 16 kHz."""
    random = np.random.default_rng(4)

    def noise(length: int, level: float) -> NDArray[np.float32]:
        return (level * random.standard_normal(length)).clip(-1, 1).astype(np.float32)

    seconds = np.arange(RATE // 2) / RATE
    sweep = np.sin(2 * np.pi * (100 + 3_900 * seconds) * seconds)
    return {
        "one_frame": noise(161, 0.1),
        "two_frames": noise(321, 0.1),
        "odd": noise(4_001, 0.1),
        "silence": np.zeros(1_600, np.float32),
        "quiet": noise(3_333, 1e-4),
        "clipped": noise(3_200, 5.0),
        "sweep": (0.5 * sweep).astype(np.float32),
        "constant": np.full(999, 1.0, np.float32),
    }


def main() -> None:
    """Compute the features of every sound and store both."""
    extract = Gemma4AudioFeatureExtractor()
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, samples in sounds().items():
        made = extract([samples], return_tensors="np")
        valid = made["input_features_mask"][0]
        arrays[f"{name}.samples"] = samples
        arrays[f"{name}.features"] = made["input_features"][0][valid]
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(GOLDEN, **arrays)
    print(f"{GOLDEN}: {len(arrays) // 2} sounds, {GOLDEN.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
