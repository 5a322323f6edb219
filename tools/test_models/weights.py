"""A Gemma 4 of E2B's build, thousands of times smaller, with random weights."""

import torch
from transformers import (
    Gemma4AudioConfig,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
    Gemma4TextConfig,
    Gemma4VisionConfig,
    PreTrainedTokenizerFast,
)

from tools.export.gemma4_tokenizer import BYTE_TOKENS, SPECIAL_TOKENS

LAYER_TYPES = ("sliding_attention", "sliding_attention", "full_attention") * 2
LAYERS_THAT_SHARE_KV = 2
SLIDING_WINDOW = 64
SEED = 20


def make_model(
    tokenizer: PreTrainedTokenizerFast, *, seeing: bool
) -> Gemma4ForConditionalGeneration:
    """Build the same random model every time, with eyes that can be exported or without.

    Layers of full attention stand between layers that look back over `SLIDING_WINDOW` tokens; the
    last `LAYERS_THAT_SHARE_KV` layers read the caches of the layers before them.
    """
    torch.manual_seed(SEED)
    model = Gemma4ForConditionalGeneration(
        _config(tokenizer, _eyes() if seeing else _NO_EYES)
    ).eval()
    _write_plain_text(model, tokenizer)
    return model


def _write_plain_text(
    model: Gemma4ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast
) -> None:
    """Keep byte tokens and special tokens out of replies, but for the end of the turn.

    Bytes at random are no UTF-8, which LiteRT-LM refuses to stream. The embedding is also the
    output layer: a token whose row is small gets a logit near zero, which never is the largest.
    """
    quiet = {*SPECIAL_TOKENS, *BYTE_TOKENS} - {"<turn|>"}
    rows = tokenizer.convert_tokens_to_ids(sorted(quiet))
    with torch.no_grad():
        model.get_input_embeddings().weight[rows] *= 0.1


_NO_EYES = Gemma4VisionConfig(hidden_size=64, intermediate_size=64, num_hidden_layers=1)
"""Needed to build the class, and not exported."""


def _eyes() -> Gemma4VisionConfig:
    """Return the smallest eyes that litert-torch exports: it fixes their width.

    Positions from 80 on, in very long pictures, have no embedding.
    """
    return Gemma4VisionConfig(
        hidden_size=768,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
        head_dim=32,
        position_embedding_size=80,
    )


def _config(tokenizer: PreTrainedTokenizerFast, vision: Gemma4VisionConfig) -> Gemma4Config:
    number = tokenizer.convert_tokens_to_ids
    vocabulary = len(tokenizer)
    text = Gemma4TextConfig(
        vocab_size=vocabulary,
        vocab_size_per_layer_input=vocabulary,
        hidden_size=64,
        hidden_size_per_layer_input=16,
        intermediate_size=128,
        use_double_wide_mlp=True,
        num_hidden_layers=len(LAYER_TYPES),
        num_kv_shared_layers=LAYERS_THAT_SHARE_KV,
        layer_types=list(LAYER_TYPES),
        sliding_window=SLIDING_WINDOW,
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=16,
        global_head_dim=32,
        final_logit_softcapping=30.0,
        max_position_embeddings=4096,
        pad_token_id=number("<pad>"),
        bos_token_id=number("<bos>"),
        eos_token_id=[number("<eos>"), number("<turn|>")],
    )
    # litert-torch fixes the width of the first convolution and of the tower's output.
    audio = Gemma4AudioConfig(
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        subsampling_conv_channels=[128, 8],
        output_proj_dims=1536,
    )
    return Gemma4Config(
        text_config=text.to_dict(),
        vision_config=vision.to_dict(),
        audio_config=audio.to_dict(),
        boi_token_id=number("<|image>"),
        eoi_token_id=number("<image|>"),
        image_token_id=number("<|image|>"),
        video_token_id=number("<|video|>"),
        boa_token_id=number("<|audio>"),
        eoa_token_index=number("<audio|>"),
        audio_token_id=number("<|audio|>"),
    )
