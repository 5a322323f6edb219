"""The text decoder: Gemma 4's architecture, small, and a fast way through it for training.

`PackedDecoder` computes what transformers' `Gemma4ForCausalLM` computes, from the same weights, but
each prompt once for all turns that follow it, without padding outside of attention, and the layers
that share their keys and values only where a reply is predicted.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from transformers import Gemma4ForCausalLM, Gemma4TextConfig
from transformers.models.gemma4.modeling_gemma4 import (
    Gemma4RMSNorm,
    Gemma4TextAttention,
    Gemma4TextDecoderLayer,
)

from tools.nano.batch import Batch

_OWN_LAYERS = 4
_SHARING_LAYERS = 4
_PAIR = ["sliding_attention", "full_attention"]
HIDDEN_WIDTH = 256
_HEAD_SIZE = 64
_NOWHERE = 1 << 20  # a position that nothing looks back to


def decoder_config(
    vocabulary: int, stops: list[int], width: int = HIDDEN_WIDTH
) -> Gemma4TextConfig:
    """Return the decoder's shape: the upper layers share the keys and values of the lower ones.

    Raises `ValueError` for a `width` that heads of 64 do not fill.
    """
    if width % _HEAD_SIZE:
        raise ValueError(f"a width of {width} is no multiple of {_HEAD_SIZE}, the size of a head")
    return Gemma4TextConfig(
        vocab_size=vocabulary,
        vocab_size_per_layer_input=vocabulary,
        hidden_size=width,
        intermediate_size=3 * width,
        use_double_wide_mlp=True,
        num_hidden_layers=_OWN_LAYERS + _SHARING_LAYERS,
        num_kv_shared_layers=_SHARING_LAYERS,
        layer_types=_PAIR * ((_OWN_LAYERS + _SHARING_LAYERS) // 2),
        num_attention_heads=width // _HEAD_SIZE,
        num_key_value_heads=1,
        head_dim=_HEAD_SIZE,
        global_head_dim=_HEAD_SIZE,
        hidden_size_per_layer_input=32,
        sliding_window=256,
        final_logit_softcapping=30.0,
        max_position_embeddings=4_096,
        pad_token_id=0,
        eos_token_id=stops,
        bos_token_id=2,
    )


@dataclass(frozen=True)
class _Rows:
    """Queries of one attention: where they stand, and their mask [B, queries, 1, keys]."""

    rows: Tensor
    mask: Tensor


@dataclass(frozen=True)
class _Places:
    """Where attention of one kind finds queries and keys: of prompts, of whole turns, of replies.

    `prompt_keys` int64 [P, K] are the tokens of each prompt that its turns can look back to.
    """

    batch: Batch
    prompt_keys: Tensor
    prompts: _Rows
    turns: list[_Rows]
    replies: list[_Rows]
    turns_back: Tensor
    replies_back: Tensor


_Pair = tuple[Tensor, Tensor]


class PackedDecoder:
    """The way through `model` for batches of prompts with many turns each.

    Matrix products and attention are computed in `dtype`, sums along the layers in float32.
    `compiled` makes it twice as fast, after half a minute of compiling.
    """

    def __init__(
        self, model: Gemma4ForCausalLM, dtype: torch.dtype, *, compiled: bool = False
    ) -> None:
        """Go through `model`, whose weights stay where they are."""
        self.model, self._dtype = model, dtype
        parts = (_feed_forward, _remember, _query, _attend)
        if compiled:
            parts = tuple(torch.compile(part, dynamic=True) for part in parts)
        self._feed_forward, self._remember, self._query, self._attend = parts

    def logits(self, batch: Batch) -> Tensor:
        """Return the logits float32 [M, vocabulary] at the positions `batch.predicting`."""
        text, config, dtype = self.model.model, self.model.config, self._dtype
        hidden = text.embed_tokens(batch.token_ids)
        extra = text.get_per_layer_inputs(batch.layer_ids[None], hidden[None])
        extra = text.project_per_layer_inputs(hidden[None], extra)[0].to(dtype)
        places = {kind: _places(batch, config, kind, dtype) for kind in dict.fromkeys(_PAIR)}
        turn = {kind: self._turning(batch.positions, kind) for kind in places}
        memories: dict[str, _Pair] = {}
        for index, layer in enumerate(text.layers):
            kind = config.layer_types[index]
            if index == config.num_hidden_layers - config.num_kv_shared_layers:
                at = batch.predicting
                hidden, extra = hidden[at], extra[at]
                turn = {kind: (cos[at], sin[at]) for kind, (cos, sin) in turn.items()}
            normed = _norm(layer.input_layernorm, hidden, dtype)
            if not layer.self_attn.is_kv_shared_layer:
                memories[kind] = self._remember(layer.self_attn, normed, turn[kind])
            attended = self._attention(layer, normed, turn[kind], memories[kind], places[kind])
            hidden = self._feed_forward(layer, hidden, attended, extra[:, index], dtype)
        hidden = _norm(text.norm, hidden, dtype)
        logits = functional.linear(hidden, text.embed_tokens.weight.to(dtype)).float()
        cap = config.final_logit_softcapping
        return torch.tanh(logits / cap) * cap

    def _turning(self, positions: Tensor, kind: str) -> _Pair:
        cos, sin = self.model.model.rotary_emb(torch.zeros(1), positions[None], kind)
        return cos[0].to(self._dtype), sin[0].to(self._dtype)

    def _attention(
        self,
        layer: Gemma4TextDecoderLayer,
        normed: Tensor,
        turn: _Pair,
        memory: _Pair,
        places: _Places,
    ) -> Tensor:
        query = self._query(layer.self_attn, normed, turn)
        outputs, back, rows = [], places.replies_back, places.replies
        if not layer.self_attn.is_kv_shared_layer:
            back, rows = places.turns_back, places.turns
            prompt = [part[places.batch.prompt_rows] for part in memory]
            outputs.append(self._attend(query, places.prompts.rows, places.prompts.mask, *prompt))
        before = [part[places.prompt_keys] for part in memory]
        for group, found in zip(places.batch.groups, rows, strict=True):
            keys = [
                torch.cat([earlier[group.prompts], part[group.rows]], dim=1)
                for earlier, part in zip(before, memory, strict=True)
            ]
            outputs.append(self._attend(query, found.rows, found.mask, *keys))
        return _linear(layer.self_attn.o_proj, torch.cat(outputs)[back])


def _feed_forward(
    layer: Gemma4TextDecoderLayer,
    hidden: Tensor,
    attended: Tensor,
    extra: Tensor,
    dtype: torch.dtype,
) -> Tensor:
    hidden = hidden + _norm(layer.post_attention_layernorm, attended, torch.float32)
    normed = _norm(layer.pre_feedforward_layernorm, hidden, dtype)
    gate = functional.gelu(_linear(layer.mlp.gate_proj, normed), approximate="tanh")
    fed = _linear(layer.mlp.down_proj, gate * _linear(layer.mlp.up_proj, normed))
    hidden = hidden + _norm(layer.post_feedforward_layernorm, fed, torch.float32)
    gate = _linear(layer.per_layer_input_gate, hidden.to(dtype))
    gate = functional.gelu(gate, approximate="tanh")
    added = _linear(layer.per_layer_projection, gate * extra)
    return hidden + _norm(layer.post_per_layer_input_norm, added, torch.float32)


def _remember(attention: Gemma4TextAttention, normed: Tensor, turn: _Pair) -> _Pair:
    """Return keys and values of all tokens, each [N + 1, head size]; the last row is padding."""
    key = _rotate(_norm(attention.k_norm, _linear(attention.k_proj, normed), normed.dtype), *turn)
    value = _norm(attention.v_norm, _linear(attention.v_proj, normed), normed.dtype)
    return _padded(key), _padded(value)


def _query(attention: Gemma4TextAttention, normed: Tensor, turn: _Pair) -> Tensor:
    """Return the queries of all tokens, [N + 1, heads, head size]; the last row is padding."""
    query = _linear(attention.q_proj, normed).unflatten(-1, (-1, attention.head_dim))
    query = _norm(attention.q_norm, query, normed.dtype)
    return _padded(_rotate(query, turn[0].unsqueeze(1), turn[1].unsqueeze(1)))


def _attend(query: Tensor, rows: Tensor, mask: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attend from some rows of `query` to keys [B, K, D]; gives [B * queries, heads * D].

    All heads share the keys, so they are rows of one matrix product.
    """
    at = query[rows]
    batch, length, heads, size = at.shape
    scores = torch.bmm(at.reshape(batch, length * heads, size), key.transpose(1, 2))
    scores = scores.view(batch, length, heads, -1) + mask
    shares = torch.softmax(scores, dim=-1).view(batch, length * heads, -1)
    return torch.bmm(shares, value).view(batch * length, heads * size)


def _places(batch: Batch, config: Gemma4TextConfig, kind: str, dtype: torch.dtype) -> _Places:
    window = config.sliding_window if kind == "sliding_attention" else _NOWHERE
    inside = torch.arange(batch.prompt_rows.shape[1]).expand_as(batch.prompt_rows)
    there = torch.where(inside < batch.prompt_lengths[:, None], inside, _NOWHERE)
    prompt_keys, seen = _last_of_prompts(batch, min(window, inside.shape[1]))
    turns, replies = [], []
    for group in batch.groups:
        start = batch.prompt_lengths[group.prompts, None]
        own = start + torch.arange(group.rows.shape[1])
        real = torch.where(group.rows < len(batch.token_ids), own, _NOWHERE)
        keys = torch.cat([seen[group.prompts], real], dim=1)
        turns.append(_Rows(group.rows, _mask(own, keys, window, dtype)))
        asking = start + group.replies_from[:, None] + torch.arange(group.reply_rows.shape[1])
        replies.append(_Rows(group.reply_rows, _mask(asking, keys, window, dtype)))
    whole = [batch.prompt_rows, *(group.rows for group in batch.groups)]
    return _Places(
        batch,
        prompt_keys,
        _Rows(batch.prompt_rows, _mask(inside, there, window, dtype)),
        turns,
        replies,
        _way_back(whole, len(batch.token_ids)),
        _way_back([group.reply_rows for group in batch.groups], len(batch.targets)),
    )


def _last_of_prompts(batch: Batch, count: int) -> _Pair:
    """Return the last `count` tokens of each prompt, and their positions, both [P, count]."""
    at = batch.prompt_lengths[:, None] - count + torch.arange(count)
    rows = batch.prompt_rows.gather(1, at.clamp(min=0))
    return rows, torch.where(at >= 0, at, _NOWHERE)


def _mask(queries: Tensor, keys: Tensor, window: int, dtype: torch.dtype) -> Tensor:
    back = queries[:, :, None] - keys[:, None, :]
    hidden = (back < 0) | (back >= window)
    none = torch.finfo(dtype).min / 2  # not infinite: padding has nothing that it may look at
    return torch.zeros(hidden.shape, dtype=dtype).masked_fill_(hidden, none)[:, :, None]


def _way_back(rows: list[Tensor], count: int) -> Tensor:
    """Return where each of `count` tokens is in the padded rows, laid below each other.

    A token that is in none of the rows, because it is padding itself, gets some place.
    """
    flat = torch.cat([part.flatten() for part in rows])
    back = torch.zeros(count + 1, dtype=torch.int64)
    back[flat] = torch.arange(len(flat))
    return back[:count]


def _rotate(states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    left, right = states.chunk(2, dim=-1)
    return states * cos + torch.cat([-right, left], dim=-1) * sin


def _norm(norm: Gemma4RMSNorm, states: Tensor, dtype: torch.dtype) -> Tensor:
    weight = norm.weight.to(states.dtype) if norm.with_scale else None
    return functional.rms_norm(states, states.shape[-1:], weight, norm.eps).to(dtype)


def _linear(layer: torch.nn.Linear, states: Tensor) -> Tensor:
    return functional.linear(states, layer.weight.to(states.dtype))


def _padded(states: Tensor) -> Tensor:
    return functional.pad(states, (0, 0) * (states.dim() - 1) + (0, 1))
