"""From the ears' features to a reading of each 40 ms token, which sees what is said round it.

Whisper's features of one token say little of where a word begins and ends; three convolutions over
0.44 s each let a token know its neighbours.
"""

import torch
from torch import Tensor, nn

from tools.nano.ears import FEATURE_WIDTH

READING_WIDTH = 512

_BLOCKS = 3
_SPAN = 11
_WIDENED = 1024
_DROPPED = 0.1


class Reader(nn.Module):
    """Turns features, float [clips, tokens, 1024], into readings [clips, tokens, 512]."""

    def __init__(self) -> None:
        """Start with random weights."""
        super().__init__()
        self.norm = nn.LayerNorm(FEATURE_WIDTH)
        self.narrow = nn.Linear(FEATURE_WIDTH, READING_WIDTH)
        self.blocks = nn.ModuleList(_Neighbours() for _ in range(_BLOCKS))
        self.last_norm = nn.LayerNorm(READING_WIDTH)

    def forward(self, features: Tensor, there: Tensor) -> Tensor:
        """Read `features`; `there` [clips, tokens] is 1 where there is sound, else 0."""
        there = there.unsqueeze(-1)
        readings = self.narrow(self.norm(features))
        for block in self.blocks:
            readings = readings + block(readings, there)
        return self.last_norm(readings) * there


class _Neighbours(nn.Module):
    """A convolution over neighbouring tokens, each channel by itself, and a product over all."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(READING_WIDTH)
        self.over_time = nn.Conv1d(
            READING_WIDTH, READING_WIDTH, _SPAN, padding=_SPAN // 2, groups=READING_WIDTH
        )
        self.widen = nn.Linear(READING_WIDTH, _WIDENED)
        self.narrow = nn.Linear(_WIDENED, READING_WIDTH)
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, readings: Tensor, there: Tensor) -> Tensor:
        near = self.over_time((self.norm(readings) * there).transpose(1, 2)).transpose(1, 2)
        return self.drop(self.narrow(nn.functional.gelu(self.widen(near))))


def hidden_in_part(features: Tensor, share: float = 0.12, span: int = 6) -> Tensor:
    """Silence short spans of `features` [clips, tokens, width], so that none is learnt by heart.

    About `share` of the tokens are silenced, up to `span` of them together.
    """
    clips, tokens = features.shape[:2]
    starts = torch.rand(clips, tokens) < share / ((span + 1) / 2)
    lengths = torch.randint(1, span + 1, (clips, tokens))
    ends = torch.where(starts, torch.arange(tokens) + lengths, 0)
    hidden = ends.cummax(dim=1).values > torch.arange(tokens)
    return features.masked_fill(hidden.unsqueeze(-1), 0.0)
