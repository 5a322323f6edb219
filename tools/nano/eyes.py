"""The eyes: what lies where in a picture, as maps with a cell for 16 x 16 pixels.

The trunk has seen photographs; what is learnt here is to tell, for each cell, whether the middle of
a thing lies in it (`CLASSES`), and what goes with it. `eye_words` reads words off the maps.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.nano.efficientnet import MAP_CHANNELS, Convolution, EfficientNet
from tools.nano.scene_words import OFF
from tools.nano.scenes import COLORS, LABELS, PERCENT_STEP, THINGS

LAMP_STATES = (*COLORS, OFF)
SIGNS = ("", ".", ":")
"""What may follow a digit."""
PERCENTS = tuple(range(0, 101, PERCENT_STEP))
KINDS = (
    "lamps", "gauge", "bar", "display", "door open", "door closed", "room lit", "room dark",
    "things", "nothing",
)  # fmt: skip
"""What a whole picture may be of."""

DIGIT_CLASSES = tuple(f"digit {digit}" for digit in range(10))
LAMP_CLASSES = tuple(f"lamp {state}" for state in LAMP_STATES)
LABEL_CLASSES = tuple(f"label {label}" for label in LABELS)
GAUGE_CLASSES = ("gauge", "bar")
DOOR_CLASSES = ("door open", "door closed")
BAR_POINTS = ("bar start", "bar level", "bar end")
"""Where a bar begins and ends, and how far it is filled."""
CLASSES = (
    *DIGIT_CLASSES, *LAMP_CLASSES, *LABEL_CLASSES, *THINGS, *GAUGE_CLASSES, *DOOR_CLASSES,
    *BAR_POINTS,
)  # fmt: skip
"""What may lie in a cell."""

TRAINED_EYES = "eyes.pt"
"""What the training keeps in the work folder."""
CELLS = 36
"""The cells along each side of the largest picture that is seen whole."""
CELL = 8
"""The side of a cell in pixels of the picture as the trunk sees it, which is half its size."""
_WIDTH = 128
_UNLIKELY = -4.0


@dataclass(frozen=True)
class EyeMaps:
    """What the eyes make of N pictures of H x W cells, as logits.

    `things` [N, classes, H, W] are high in the cells that a thing has its middle in; `signs`
    [N, 3, H, W] and `percents` [N, 21, H, W] mean something there, and so do `offsets`
    [N, 2, H, W]: how far the middle lies from that of the cell, in cells, x and y. `kinds` [N, 10]
    are of the whole.
    """

    things: Tensor
    signs: Tensor
    percents: Tensor
    offsets: Tensor
    kinds: Tensor


class Eyes(nn.Module):
    """From pictures to maps."""

    def __init__(self) -> None:
        """Start with weights drawn at random."""
        super().__init__()
        self.trunk = EfficientNet()
        fine, *coarser = MAP_CHANNELS
        self.from_fine = nn.Conv2d(fine, _WIDTH, 2, 2)
        self.from_maps = nn.ModuleList(nn.Conv2d(channels, _WIDTH, 1) for channels in coarser)
        self.mix = nn.ModuleList(_mixing() for _ in range(3))
        self.look_closer = nn.Sequential(nn.Conv2d(_WIDTH, 2 * _WIDTH, 1), nn.ReLU())
        self.tell_things = nn.Conv2d(2 * _WIDTH, len(CLASSES), 1)
        self.tell_signs = nn.Conv2d(2 * _WIDTH, len(SIGNS), 1)
        self.tell_percents = nn.Conv2d(2 * _WIDTH, len(PERCENTS), 1)
        self.tell_offsets = nn.Conv2d(2 * _WIDTH, 2, 1)
        self.tell_kind = nn.Sequential(
            nn.Linear(MAP_CHANNELS[-1] + _WIDTH, _WIDTH), nn.ReLU(), nn.Linear(_WIDTH, len(KINDS))
        )
        nn.init.constant_(self.tell_things.bias, _UNLIKELY)

    def forward(self, pictures: Tensor, inside: Tensor) -> EyeMaps:
        """Look at pictures [N, 3, 8 H, 8 W]; `inside` [N, 1, H, W] is 1 where there is a picture.

        H and W are multiples of 4. Values are those of `normalised`, and 0 outside.
        """
        return self.look_at(*self.trunk.early(pictures), inside)

    def look_at(self, fine: Tensor, eighth: Tensor, inside: Tensor) -> EyeMaps:
        """Go on from the trunk's early maps."""
        maps = [eighth, *self.trunk.late(eighth)]
        eighth, sixteenth, coarsest = (
            layer(found) for layer, found in zip(self.from_maps, maps, strict=True)
        )
        mixed = functional.relu(sixteenth + _doubled(coarsest))
        mixed = mixed + self.mix[0](mixed)
        mixed = functional.relu(eighth + self.from_fine(fine) + _doubled(mixed))
        for mix in self.mix[1:]:
            mixed = mixed + mix(mixed)
        close = self.look_closer(mixed)
        weights = inside / inside.sum((2, 3), keepdim=True)
        whole = torch.cat(
            [(_doubled(_doubled(maps[-1])) * weights).sum((2, 3)), (mixed * inside).amax((2, 3))], 1
        )
        return EyeMaps(
            self.tell_things(close),
            self.tell_signs(close),
            self.tell_percents(close),
            self.tell_offsets(close),
            self.tell_kind(whole),
        )


def load_eyes(work: Path) -> Eyes:
    """Return the eyes that `train_eyes` kept: the running mean of their weights."""
    eyes = Eyes()
    eyes.load_state_dict(torch.load(work / TRAINED_EYES, weights_only=True)["mean"])
    return eyes.eval()


def normalised(pictures: Tensor) -> Tensor:
    """Bring values of 0 to 255 to those that the trunk was trained with."""
    return (pictures - 127) / 128


def pixels_of(inside: Tensor) -> Tensor:
    """Return what is inside, by pixel instead of by cell: [N, 1, 8 H, 8 W]."""
    return functional.interpolate(inside, scale_factor=float(CELL), mode="nearest")


def _mixing() -> nn.Sequential:
    return nn.Sequential(
        Convolution(_WIDTH, _WIDTH, 5, groups=_WIDTH, bent=False),
        nn.Conv2d(_WIDTH, _WIDTH, 1),
        nn.ReLU(),
    )


def _doubled(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")
