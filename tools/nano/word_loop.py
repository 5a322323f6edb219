"""Whisper's decoder as one step of a loop: the last token in, the next one out.

Every shape is fixed, so that the step can stand in the body of TFLite's `WHILE`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import WhisperForConditionalGeneration
from transformers.models.whisper.modeling_whisper import WhisperDecoderLayer

from tools.nano.whisper_words import NO_TIMESTAMPS, WhisperWords

WORD_TOKENS = 48
"""Tokens that one window (8.16 s) is written down in at most, with one for where it begins."""


class Heard(nn.Module):
    """What the decoder looks at of a sound: its keys and values, a pair for each layer."""

    def __init__(self, whisper: WhisperForConditionalGeneration) -> None:
        """Take the projections from the decoder of `whisper`."""
        super().__init__()
        self.attentions = nn.ModuleList(
            layer.encoder_attn for layer in whisper.model.decoder.layers
        )

    def forward(self, encoded: Tensor) -> dict[str, Tensor]:
        """Turn `encoded` [1, S, width] into `heard_keys_N`, `heard_values_N` [heads, S, 64]."""
        found = {}
        for number, attention in enumerate(self.attentions):
            for name, projection in (("keys", attention.k_proj), ("values", attention.v_proj)):
                rows = projection(encoded)
                cut = rows.reshape(rows.shape[1], attention.num_heads, -1).transpose(0, 1)
                found[f"heard_{name}_{number}"] = cut
        return found


class WordStep(nn.Module):
    """One step. It takes and gives tensors of the same names, shapes and meaning.

    `step` and `token` are int32 [1]: how many steps are done, and the token chosen last. `written`
    is int32 [48], what was chosen so far. `said_keys_N` and `said_values_N` are float32
    [heads, 48, 64] of the tokens so far, `heard_…` those of the sound. Tokens are numbered as in
    `WhisperWords`.
    """

    def __init__(self, whisper: WhisperForConditionalGeneration, words: WhisperWords) -> None:
        """Take the decoder of `whisper`, with the vocabulary that `words` keeps of its own."""
        super().__init__()
        decoder = whisper.model.decoder
        self.layers, self.last_norm = decoder.layers, decoder.layer_norm
        kept = decoder.embed_tokens.weight[torch.tensor(words.kept)].clone()
        self.embed = nn.Embedding(*kept.shape, _weight=kept)
        self.choose = nn.Linear(kept.shape[1], kept.shape[0], bias=False)
        self.choose.weight = self.embed.weight
        places = decoder.embed_positions.weight[:WORD_TOKENS].clone()
        self.places = nn.Embedding(*places.shape, _weight=places)
        self.order = nn.Buffer(torch.arange(WORD_TOKENS, dtype=torch.int32))

    def forward(
        self, step: Tensor, token: Tensor, written: Tensor, **attended: Tensor
    ) -> dict[str, Tensor]:
        """Choose the next token."""
        here = self.order == step
        at = here.to(torch.float32).reshape(1, WORD_TOKENS, 1)
        later = (self.order > step).to(torch.float32).reshape(1, 1, WORD_TOKENS) * -1e9
        hidden = self.embed(token) + self.places(step)
        grown = dict(attended)
        for number, layer in enumerate(self.layers):
            hidden, new = _layer(layer, hidden, _of_layer(attended, number), _Places(at, later))
            grown |= {f"{name}_{number}": value for name, value in new.items()}
        best = self.choose(self.last_norm(hidden)).argmax(dim=-1).to(torch.int32)
        # Whisper expects two tokens before the words; the second is given, whatever it would say.
        chosen = torch.where(step == 0, torch.full_like(best, NO_TIMESTAMPS), best)
        return {
            "step": step + 1,
            "token": chosen,
            "written": torch.where(here, chosen, written),
        } | grown


@dataclass(frozen=True)
class _Places:
    """Where the new token goes, float [1, 48, 1], and -1e9 for those after it, [1, 1, 48]."""

    here: Tensor
    later: Tensor


def _of_layer(attended: dict[str, Tensor], number: int) -> dict[str, Tensor]:
    names = ("said_keys", "said_values", "heard_keys", "heard_values")
    return {name: attended[f"{name}_{number}"] for name in names}


def _layer(
    layer: WhisperDecoderLayer, hidden: Tensor, attended: dict[str, Tensor], places: _Places
) -> tuple[Tensor, dict[str, Tensor]]:
    """Run one layer on `hidden` [1, width]; gives it, and the keys and values that it added to."""
    own, sound, here = layer.self_attn, layer.encoder_attn, places.here
    normed = layer.self_attn_layer_norm(hidden)
    said = {
        name: attended[name] * (1 - here) + _heads(projection(normed), own.num_heads) * here
        for name, projection in (("said_keys", own.k_proj), ("said_values", own.v_proj))
    }
    query = _heads(own.q_proj(normed) * own.scaling, own.num_heads)
    shares = torch.softmax(query @ said["said_keys"].mT + places.later, dim=-1)
    hidden = hidden + own.out_proj(_mixed(shares, said["said_values"]))
    normed = layer.encoder_attn_layer_norm(hidden)
    query = _heads(sound.q_proj(normed) * sound.scaling, sound.num_heads)
    shares = torch.softmax(query @ attended["heard_keys"].mT, dim=-1)
    hidden = hidden + sound.out_proj(_mixed(shares, attended["heard_values"]))
    normed = layer.final_layer_norm(hidden)
    return hidden + layer.fc2(nn.functional.gelu(layer.fc1(normed))), said


def _heads(row: Tensor, heads: int) -> Tensor:
    """Cut [1, width] into [heads, 1, 64]."""
    return row.reshape(heads, 1, -1)


def _mixed(shares: Tensor, values: Tensor) -> Tensor:
    return (shares @ values).reshape(1, -1)
