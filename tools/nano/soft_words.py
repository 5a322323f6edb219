"""From what Whisper wrote to soft tokens: the numbers of word pieces, then their embeddings."""

import torch
from torch import Tensor, nn

from tools.nano.ears import WINDOW_TOKENS
from tools.nano.whisper_words import PIECES_A_TOKEN, PieceTable, WhisperWords
from tools.nano.word_loop import WORD_TOKENS

NOTHING = 0
"""The word piece that stands alone where no word was heard: the padding, which means nothing."""


class SoftWords(nn.Module):
    """Lays the word pieces of all tokens one behind the other."""

    def __init__(self, words: WhisperWords, table: PieceTable) -> None:
        """Look up the pieces of `words` in `table`."""
        super().__init__()
        self.end = words.ends
        self.pieces = nn.Buffer(torch.from_numpy(table.pieces).to(torch.float32))
        self.starts = nn.Buffer(torch.from_numpy(table.starts))
        self.counts = nn.Buffer(torch.from_numpy(table.counts).to(torch.float32))
        self.spaced = nn.Buffer(torch.from_numpy(table.spaced).to(torch.int32))
        self.before = nn.Buffer(torch.tril(torch.ones(WORD_TOKENS, WORD_TOKENS), -1))
        self.order = nn.Buffer(torch.arange(WINDOW_TOKENS, dtype=torch.float32))
        self.nth = nn.Buffer(torch.arange(PIECES_A_TOKEN, dtype=torch.int32))

    def forward(self, written: Tensor) -> dict[str, Tensor]:
        """Turn `written`, int32 [48], into what Gemma 4's audio encoders give.

        `features` is float32 [1, 204, 1], the number of a word piece each, and `mask` bool [1, 204]
        true for those that were said; where nothing was, for one `NOTHING`.
        """
        after = torch.cat([written[1:], torch.full_like(written[:1], self.end)])
        rows = written * 2 + self.spaced[after]
        nth, counts = self.nth.to(torch.float32), self.counts[rows]
        taken = self.starts[rows].unsqueeze(-1) + self.nth
        pieces = self.pieces[torch.clamp(taken, max=len(self.pieces) - 1)]
        places = self.before @ counts.unsqueeze(-1) + nth
        counted = nth < counts.unsqueeze(-1)
        places = torch.where(counted, places, torch.full_like(places, -1)).reshape(1, -1)
        there = (places == self.order.unsqueeze(-1)).to(torch.float32)
        features = there @ pieces.reshape(-1, 1)
        mask = self.order < torch.clamp(counts.sum(), min=1)
        return {"features": features.unsqueeze(0), "mask": mask.unsqueeze(0)}


class SoftWordAdapter(nn.Module):
    """The section `audio_adapter`: the embeddings of word pieces, as of typed words."""

    def __init__(self, table: Tensor) -> None:
        """Look up `table`, float [vocabulary, hidden]."""
        super().__init__()
        self.embed = nn.Embedding(*table.shape, _weight=table.clone())

    def forward(self, features: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Turn `features` [1, 204, 1] with `mask` [1, 204] into `features` [1, 204, hidden]."""
        there = mask.to(torch.int32)
        return {"features": self.embed(features.squeeze(-1).to(torch.int32) * there)}
