"""The decoder that is trained, and how it is kept on disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Gemma4ForCausalLM, PreTrainedTokenizerFast

from tools.nano.decoder import HIDDEN_WIDTH, decoder_config

_POST_NORM_AT_FIRST = 0.3
_SILENT_TOKENS = ("<pad>", "<audio|>", "<image|>")


class Nano(nn.Module):
    """The decoder with weights drawn from `seed`."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerFast, width: int = HIDDEN_WIDTH, seed: int = 0
    ) -> None:
        """Start with random weights for the vocabulary of `tokenizer`."""
        super().__init__()
        torch.manual_seed(seed)
        stops = tokenizer.convert_tokens_to_ids(["<eos>", "<turn|>"])
        config = decoder_config(len(tokenizer), stops, width)
        self.decoder = Gemma4ForCausalLM(config)
        self.decoder.set_attn_implementation("eager")
        self._silent = tokenizer.convert_tokens_to_ids(list(_SILENT_TOKENS))
        with torch.no_grad():
            for name, weight in self.decoder.named_parameters():
                if "post_" in name and "norm" in name:
                    weight.fill_(_POST_NORM_AT_FIRST)
                if "q_norm" in name:  # Gemma 4 does not scale scores: the norm has to learn it
                    weight.fill_(config.head_dim**-0.5)
            self.keep_silent()

    def table(self) -> Tensor:
        """Return the embedding table, float [vocabulary, hidden], scaled as for typed words."""
        embedding = self.decoder.model.embed_tokens
        return embedding.weight * embedding.scalar_embed_scale

    @torch.no_grad()
    def keep_silent(self) -> None:
        """Keep the per-layer embeddings of what was heard or seen, and of its end, at zero.

        Runtimes look up token 0 for these, whatever the tokens' own rows hold.
        """
        self.decoder.model.embed_tokens_per_layer.weight[self._silent] = 0


@dataclass
class Checkpoint:
    """A training that can go on: weights, their running mean, the optimizer, and how far it is."""

    weights: dict[str, Tensor]
    mean: dict[str, Tensor]
    optimizer: dict[str, Any]
    step: int
    seconds: float

    def save(self, path: Path) -> None:
        """Write to `path`, replacing what is there in one go."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        torch.save(vars(self), fresh)
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Checkpoint":
        """Read what `save` wrote."""
        return cls(**torch.load(path, weights_only=True))
