"""From readings to what the decoder reads: mostly a guess at the words, and the rest.

Each 40 ms token is read as one of the decoder's own word pieces, or as none; the mean of their
embeddings, weighted by how likely they are, stands where a typed word's embedding would stand.
"""

import torch
from torch import Tensor, nn

from tools.nano.reader import READING_WIDTH, Reader

NO_PIECE = 0
"""The token that stands for "no new word piece here": the blank of the CTC loss."""


class Adapter(nn.Module):
    """The `reader`, and what is made of its readings by the decoder's embeddings."""

    def __init__(self, vocabulary: int, hidden: int) -> None:
        """Start with random weights for `vocabulary` word pieces and a decoder `hidden` wide."""
        super().__init__()
        self.reader = Reader()
        self.pieces = nn.Linear(READING_WIDTH, vocabulary)
        self.rest = nn.Linear(READING_WIDTH, hidden)
        nn.init.zeros_(self.rest.weight)
        nn.init.zeros_(self.rest.bias)

    def forward(self, readings: Tensor, table: Tensor) -> Tensor:
        """Turn `readings` [..., 512] into what the decoder reads, [..., hidden].

        `table` [vocabulary, hidden] is scaled as the decoder scales the embeddings of typed words.
        """
        return torch.softmax(self.pieces(readings), dim=-1) @ table + self.rest(readings)

    def keep_reading(self) -> None:
        """Keep the guess at the words as it is: a decoder that is still learning would spoil it."""
        for part in (self.reader, self.pieces):
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
        there = mask.to(features.dtype)
        readings = self.adapter.reader(features, there)
        shares = torch.softmax(self.adapter.pieces(readings), dim=-1)
        read = nn.functional.linear(shares, self.columns) + self.adapter.rest(readings)
        return {"features": read * there.unsqueeze(-1)}
