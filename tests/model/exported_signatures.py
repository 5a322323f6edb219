"""Signatures as the exporters write them, as plain values."""

import numpy as np

from edge_agent.model.litert import Signature, TensorSpec

F32, F16, I8, I32, BOOL = (
    np.dtype(d) for d in (np.float32, np.float16, np.int8, np.int32, np.bool_)
)


def published(key: str, length: int, context: int = 4096, logits: bool = False) -> Signature:
    """Return a signature as in the published E2B file, with two of its caches."""
    caches = (
        TensorSpec("kv_cache_k_0", I8, (1, 1, context, 256)),
        TensorSpec("kv_cache_v_0", I8, (1, 1, 256, context)),
        TensorSpec("kv_cache_k_4", I8, (1, 1, context, 512)),
        TensorSpec("kv_cache_v_4", I8, (1, 1, 512, context)),
    )
    inputs = (
        TensorSpec("embeddings", F32, (1, length, 1536)),
        TensorSpec("per_layer_embeddings", F32, (1, length, 35, 256)),
        TensorSpec("input_pos", I32, (length,)),
        TensorSpec("mask", BOOL, (1, 1, length, context)),
        TensorSpec("param_tensor", I32, (1, 1, 1, 7)),
        *caches,
    )
    scores = (
        TensorSpec("logits", F32, (1, length, 262144)),
        TensorSpec("activations", F32, (1, length, 1536)),
    )
    return Signature(key, 0, inputs, (*caches, *(scores if logits else ())))


def older(key: str, length: int, logits: bool = False) -> Signature:
    """Return a signature as older exporters write it: tokens in, positions second in the caches."""
    caches = (
        TensorSpec("k_cache_0", F32, (1, 1280, 4, 64)),
        TensorSpec("v_cache_0", F32, (1, 1280, 4, 64)),
    )
    inputs = (
        TensorSpec("tokens", I32, (1, length)),
        TensorSpec("positions", I32, (1, length)),
        TensorSpec("attn_mask", F16, (1, 1, length, 1280)),
        *caches,
    )
    scores = (TensorSpec("logits", F32, (1, length, 32000)),)
    return Signature(key, 0, inputs, (*caches, *(scores if logits else ())))


def by_key(*signatures: Signature) -> dict[str, Signature]:
    return {signature.key: signature for signature in signatures}
