"""The eyes as the TFLite sections `vision_encoder` and `vision_adapter`.

`python -m tools.nano.export_eyes` writes the encoder into the folder `export` of the work folder.
It gives the tokens of what it sees, in the places of a picture's soft tokens, and token 0 in those
that are left; the adapter looks up their embeddings, and so belongs to one decoder. Both number the
few tokens that there are anew.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from edge_agent.model.image_patches import PATCH, PATCHES_PER_TOKEN
from tools.export.tflite_file import shorten_names
from tools.nano.export_ears import export_module, quantise_but
from tools.nano.eye_words import EyeWords
from tools.nano.eyes import CELL, CELLS, EyeMaps, Eyes, load_eyes, normalised, pixels_of
from tools.nano.picture_lessons import SOFT_TOKENS
from tools.nano.tokenizer import load_tokenizer
from tools.nano.work import work_parser

ENCODER, ADAPTER = f"vision_{SOFT_TOKENS}", f"vision_adapter_{SOFT_TOKENS}"
EYES = "eyes_quantized.tflite"
_PATCHES = SOFT_TOKENS * PATCHES_PER_TOKEN
_COLORS = 3


def main() -> None:
    """Write the encoder in place of an earlier one."""
    options = work_parser(__doc__ or "").parse_args()
    folder = options.work / "export"
    folder.mkdir(exist_ok=True)
    eyes = export_eyes(load_eyes(options.work), load_tokenizer(options.work), folder)
    print(f"{eyes}: {eyes.stat().st_size:,} bytes")


class SeenTokens:
    """The tokens that descriptions consist of, numbered anew in the order in which they come up."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        """Write with the vocabulary of `tokenizer`; number 0 stays token 0."""
        self._tokenizer = tokenizer
        self._numbers = {0: 0}

    def numbers(self, text: str) -> Sequence[int]:
        """Return the new numbers of the tokens of `text`."""
        tokens = self._tokenizer.encode(text, add_special_tokens=False)
        return [self._numbers.setdefault(token, len(self._numbers)) for token in tokens]

    @property
    def tokens(self) -> list[int]:
        """Return the tokens, as the vocabulary numbers them."""
        return list(self._numbers)


class SeeingWords(nn.Module):
    """The section `vision_encoder`: patches of a picture in, tokens of what it shows out.

    Of a picture with more than 36 patches along one side (it is more than twice as long as it is
    wide), those that are over are not seen.
    """

    def __init__(self, eyes: Eyes, tokenizer: PreTrainedTokenizerFast) -> None:
        """See with `eyes`, and write with the vocabulary of `tokenizer`."""
        super().__init__()
        self.eyes = eyes
        self.words = EyeWords(SeenTokens(tokenizer).numbers, CELLS, SOFT_TOKENS)
        self.cells = nn.Buffer(torch.arange(CELLS * CELLS, dtype=torch.int32))
        self.order = nn.Buffer(torch.arange(SOFT_TOKENS, dtype=torch.float32))

    def forward(self, images: Tensor, positions_xy: Tensor) -> dict[str, Tensor]:
        """See `images` float32 [1, 630, 768] of 0...1 that lie at `positions_xy` int32 [1, 630, 2].

        `features` is float32 [1, 70, 1], a token's number in `SeenTokens` each; `mask` bool [1, 70]
        is true for as many as the picture takes.
        """
        x, y = positions_xy[0, :, 0], positions_xy[0, :, 1]
        fits = (x >= 0) & (x < CELLS) & (y >= 0) & (y < CELLS)
        cell = torch.where(fits, y * CELLS + x, torch.full_like(x, -1))
        lies = (self.cells[:, None] == cell[None, :]).float()
        inside = lies.sum(1).reshape(1, 1, CELLS, CELLS)
        canvas = self._canvas(lies, images[0])
        maps: EyeMaps = self.eyes(normalised(255 * canvas) * pixels_of(inside), inside)
        features = self.words(maps, inside).reshape(1, SOFT_TOKENS, 1)
        count = (x >= 0).float().sum() / PATCHES_PER_TOKEN
        return {"features": features, "mask": (self.order < count)[None]}

    def _canvas(self, lies: Tensor, patches: Tensor) -> Tensor:
        """Put `patches` [630, 768], at half their size, where they lie: [1, 3, 288, 288]."""
        squares = patches.reshape(_PATCHES, PATCH, PATCH, _COLORS).permute(0, 3, 1, 2)
        halved = functional.avg_pool2d(squares, PATCH // CELL).permute(0, 2, 3, 1)
        canvas = lies @ halved.reshape(_PATCHES, -1)
        canvas = canvas.reshape(CELLS, CELLS, CELL, CELL * _COLORS).permute(0, 2, 1, 3)
        return canvas.reshape(1, CELLS * CELL, CELLS * CELL, _COLORS).permute(0, 3, 1, 2)


class SeenWords(nn.Module):
    """The section `vision_adapter`: the embeddings of `SeenTokens`, as of typed words."""

    def __init__(self, table: Tensor) -> None:
        """Look up `table`, float [tokens, hidden]."""
        super().__init__()
        self.embed = nn.Embedding(*table.shape, _weight=table.clone())

    def forward(self, soft_tokens: Tensor) -> dict[str, Tensor]:
        """Turn `soft_tokens` [1, 70, 1] into `mm_embedding` [1, 70, hidden]."""
        return {"mm_embedding": self.embed(soft_tokens.squeeze(-1).to(torch.int32))}


def export_eyes(eyes: Eyes, tokenizer: PreTrainedTokenizerFast, work: Path) -> Path:
    """Write the section `vision_encoder`, its convolutions in 8 bits, and return its path."""
    inputs = {
        "images": torch.zeros(1, _PATCHES, PATCH * PATCH * _COLORS),
        "positions_xy": torch.full((1, _PATCHES, 2), -1, dtype=torch.int32),
    }
    exported = export_module(SeeingWords(eyes, tokenizer), ENCODER, inputs, work / "eyes.tflite")
    return _quantise_convolutions(exported, work / EYES)


def export_seen_words(table: Tensor, tokenizer: PreTrainedTokenizerFast, work: Path) -> Path:
    """Write the section `vision_adapter` for a decoder's embeddings into `work`; return its path.

    `table` is float [vocabulary, hidden], scaled as for typed words.
    """
    seen = SeenTokens(tokenizer)
    EyeWords(seen.numbers, CELLS, SOFT_TOKENS)
    table = table[torch.tensor(seen.tokens)]
    inputs = {"soft_tokens": torch.zeros(1, SOFT_TOKENS, 1)}
    return quantise_but(
        export_module(SeenWords(table), ADAPTER, inputs, work / "seen_words.tflite")
    )


def _quantise_convolutions(model: Path, target: Path) -> Path:
    """Give convolutions 8-bit weights; token numbers and sums over single channels stay exact."""
    from ai_edge_quantizer import quantizer, recipe  # noqa: PLC0415 - slow to import

    work = quantizer.Quantizer(str(model))
    work.load_quantization_recipe(recipe.dynamic_wi8_afp32())
    for operation in ("FULLY_CONNECTED", "BATCH_MATMUL", "DEPTHWISE_CONV_2D", "EMBEDDING_LOOKUP"):
        work.update_quantization_recipe(
            ".*",
            recipe.TFLOperationName[operation],
            algorithm_key=recipe.AlgorithmName.NO_QUANTIZE,
        )
    work.quantize().export_model(str(target), overwrite=True)
    shorten_names(target)
    return target


if __name__ == "__main__":
    main()
