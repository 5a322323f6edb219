"""From the ears' features to what the decoder reads: mostly a guess at the words, and the rest.

Each 40 ms token is read as one of the decoder's own word pieces, or as none; the mean of their
embeddings, weighted by how likely they are, stands where a typed word's embedding would stand.
"""

import torch
from torch import Tensor, nn

from tools.nano.ears import FEATURE_WIDTH

NO_PIECE = 0
"""The token that stands for "no new word piece here": the blank of the CTC loss."""

_INNER = 512
_DROPPED = 0.1


class Adapter(nn.Module):
    """Reads features, float [..., 1024], by the decoder's embeddings [vocabulary, hidden]."""

    def __init__(self, vocabulary: int, hidden: int) -> None:
        """Start with random weights for `vocabulary` word pieces and a decoder `hidden` wide."""
        super().__init__()
        self.norm = nn.LayerNorm(FEATURE_WIDTH)
        self.inner = nn.Linear(FEATURE_WIDTH, _INNER)
        self.drop = nn.Dropout(_DROPPED)
        self.pieces = nn.Linear(_INNER, vocabulary)
        self.rest = nn.Linear(_INNER, hidden)
        nn.init.zeros_(self.rest.weight)
        nn.init.zeros_(self.rest.bias)

    def forward(self, features: Tensor, table: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the decoder reads, [..., hidden], and the logits of the word pieces.

        `table` is scaled as the decoder scales the embeddings of typed words.
        """
        inner = self.read(features)
        logits = self.pieces(inner)
        return torch.softmax(logits, dim=-1) @ table + self.rest(inner), logits

    def read(self, features: Tensor) -> Tensor:
        """Return what both outputs are made from, [..., 512]."""
        return self.drop(nn.functional.gelu(self.inner(self.norm(features))))

    def keep_reading(self) -> None:
        """Keep the guess at the words as it is: a decoder that is still learning would spoil it."""
        for part in (self.norm, self.inner, self.pieces):
            part.requires_grad_(requires_grad=False)


class ExportedAdapter(nn.Module):
    """The adapter with the table built in, in the form of the section `audio_adapter`."""

    def __init__(self, adapter: Adapter, table: Tensor) -> None:
        """Build in `table`, float [vocabulary, hidden]."""
        super().__init__()
        self.adapter = adapter
        self.columns = nn.Buffer(table.T.contiguous())

    def forward(self, features: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Turn `features` [1, 204, 1024] with `mask` [1, 204] into `features` [1, 204, hidden]."""
        inner = self.adapter.read(features)
        shares = torch.softmax(self.adapter.pieces(inner), dim=-1)
        read = nn.functional.linear(shares, self.columns) + self.adapter.rest(inner)
        return {"features": read * mask.unsqueeze(-1)}
