"""Write the patches that the tests hold `edge_agent.model.image_patches` to.

Needs transformers (the extra `train`): python tools/golden/make_patches_golden.py
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from transformers.models.gemma4.image_processing_pil_gemma4 import Gemma4ImageProcessorPil

GOLDEN = Path(__file__).parents[2] / "tests" / "model" / "golden" / "patches.npz"
SIZES = {
    "landscape": (75, 100),
    "portrait": (97, 54),
    "square": (61, 61),
    "one_pixel": (1, 1),
    "long": (3, 211),
    "tall": (233, 2),
    "smaller_than_before": (300, 700),
    "as_it_is": (336, 432),
}
"""Height and width in pixels: larger, smaller, and just as large as what becomes of them."""
BUDGETS = {"landscape": (70, 140, 280), "portrait": (70, 140)}
KEPT_PATCHES = 10


def picture(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """Return slopes of color, hard edges, and a square of noise: uint8 [height, width, 3].

    It changes from row to row every 13 rows only: that is stored in little space.
    """
    y, x = np.mgrid[0:height, 0:width]
    y -= y % 13
    slopes = np.stack([x * 255 // width, y * 255 // height, (x + y) % 256], axis=2)
    edges = 120 * ((x // 7 + y // 13) % 2)[:, :, None]
    pixels = (slopes + edges).clip(0, 255).astype(np.uint8)
    noisy = pixels[-40:, -40:]
    noisy[...] = np.random.default_rng(seed).integers(0, 256, noisy.shape)
    return pixels


def main() -> None:
    """Prepare every picture for its budgets and store both.

    Of the patches some are stored, spread over the picture, so that the file stays small.
    """
    processor = Gemma4ImageProcessorPil()
    arrays: dict[str, NDArray[np.generic]] = {}
    for seed, (name, size) in enumerate(SIZES.items()):
        pixels = picture(*size, seed)
        arrays[f"{name}.pixels"] = pixels
        for budget in BUDGETS.get(name, (70,)):
            made = processor(
                [pixels],
                max_soft_tokens=budget,
                input_data_format="channels_last",
                return_tensors="np",
            )
            count = 9 * int(made["num_soft_tokens_per_image"][0])
            kept = np.unique(np.linspace(0, count - 1, KEPT_PATCHES).astype(np.int32))
            arrays[f"{name}.{budget}.kept"] = kept
            arrays[f"{name}.{budget}.values"] = made["pixel_values"][0][kept]
            arrays[f"{name}.{budget}.positions"] = made["image_position_ids"][0][:count]
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(GOLDEN, allow_pickle=False, **arrays)
    print(f"{GOLDEN}: {len(SIZES)} pictures, {GOLDEN.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
