"""Reads what a decoder's signatures ask for: which tensor is the mask, which the positions, ….

Names, shapes and dtypes differ from exporter to exporter. Whatever is not understood is refused
with a sentence that says which tensor of which signature, and why. Sources: litert-torch 0.10, the
published Gemma 4 files, and the names that LiteRT-LM looks for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edge_agent.model.attention_mask import mask_values
from edge_agent.model.errors import ModelFileError
from edge_agent.model.kv_cache import CacheSpec
from edge_agent.model.litert import Signature, TensorSpec

_KEY = re.compile(r"(prefill|decode|verify)(_\d+)?")
_CACHE = re.compile(r"(kv_cache_(k|v)|(k|v)_cache)_\d+")
_ROLES: Mapping[str, tuple[str, ...]] = {
    "tokens": ("tokens", "token_ids"),
    "embeddings": ("embeddings",),
    "per_layer": ("per_layer_embeddings",),
    "positions": ("input_pos", "positions"),
    "mask": ("mask", "attn_mask"),
    "parameters": ("param_tensor",),
}
_CACHE_DTYPES = (np.float32, np.float16, np.int8)
_PARAMETERS_AT_LEAST = 3


@dataclass(frozen=True)
class Step:
    """A signature that computes `length` positions at once.

    `tokens` int32 [1, T] or `embeddings` float32 [1, T, width], `per_layer` float32 [1, T, layers,
    width], `positions` int32 [T] or [1, T], `mask` [1, 1, T, context], `parameters` int32
    [..., n >= 3]: start, end, and end of the rows written. `logits` float32 [1, T, vocabulary] is
    None in signatures that only fill the cache.
    """

    signature: Signature
    length: int
    tokens: TensorSpec | None
    embeddings: TensorSpec | None
    per_layer: TensorSpec | None
    positions: TensorSpec
    mask: TensorSpec | None
    parameters: TensorSpec | None
    logits: TensorSpec | None
    caches: tuple[TensorSpec, ...]

    @property
    def key(self) -> str:
        """Return the signature's name."""
        return self.signature.key


@dataclass(frozen=True)
class DecoderLayout:
    """What a decoder file can do. `steps` stand in the order of their length."""

    steps: tuple[Step, ...]
    caches: tuple[CacheSpec, ...]
    context: int

    @cached_property
    def vocabulary(self) -> int:
        """Return how many tokens the logits tell apart."""
        return next(step.logits.shape[-1] for step in self.steps if step.logits)

    @cached_property
    def bytes_per_position(self) -> int:
        """Return what one row of the cache weighs."""
        sizes = (int(np.prod(c.tensor.shape)) * c.tensor.dtype.itemsize for c in self.caches)
        return sum(sizes) // self.context


def read_layout(signatures: Mapping[str, Signature]) -> DecoderLayout:
    """Find out what `signatures` ask for; raises `ModelFileError`."""
    steps = sorted(
        (_step(signature) for key, signature in signatures.items() if _KEY.fullmatch(key)),
        key=lambda step: (step.length, step.key),
    )
    if not any(step.logits and step.length == 1 for step in steps):
        raise ModelFileError(
            f"the decoder has no signature that decodes one token (it has {', '.join(signatures)})"
        )
    context = _context(steps)
    caches = steps[0].caches
    for step in steps:
        if set(step.caches) != set(caches):
            raise ModelFileError(f"signatures {steps[0].key} and {step.key} differ in their caches")
        if step.mask and step.mask.shape != (1, 1, step.length, context):
            raise _refusal(step.signature, step.mask, f"not [1, 1, {step.length}, {context}]")
    return DecoderLayout(tuple(steps), _with_axes(steps[0], context), context)


def _step(signature: Signature) -> Step:
    found: dict[str, TensorSpec] = {}
    caches: list[TensorSpec] = []
    outputs = {spec.name: spec for spec in signature.outputs}
    for spec in signature.inputs:
        role = next((role for role, names in _ROLES.items() if spec.name in names), None)
        if role is not None:
            found[role] = spec
        elif _CACHE.fullmatch(spec.name):
            caches.append(_checked_cache(signature, spec, outputs))
        else:
            raise _refusal(signature, spec, "no input that is known here")
    positions = found.get("positions")
    if positions is None:
        raise ModelFileError(f"signature {signature.key} has no input for positions")
    length = int(np.prod(positions.shape))
    step = Step(
        signature,
        length,
        found.get("tokens"),
        found.get("embeddings"),
        found.get("per_layer"),
        positions,
        found.get("mask"),
        found.get("parameters"),
        outputs.get("logits"),
        tuple(caches),
    )
    _check(step)
    return step


def _check(step: Step) -> None:
    if (step.tokens is None) == (step.embeddings is None):
        raise ModelFileError(f"signature {step.key} must take either tokens or embeddings")
    if not step.caches:
        raise ModelFileError(f"signature {step.key} has no KV cache")
    expected = (
        (step.tokens, np.int32, (1, step.length)),
        (step.embeddings, np.float32, (1, step.length, None)),
        (step.per_layer, np.float32, (1, step.length, None, None)),
        (step.logits, np.float32, (1, step.length, None)),
    )
    for spec, dtype, shape in expected:
        if spec is not None and not (spec.dtype == dtype and _fits(spec.shape, shape)):
            wanted = ["any" if size is None else size for size in shape]
            raise _refusal(step.signature, spec, f"not {np.dtype(dtype).name} {wanted}")
    if step.positions.dtype != np.int32:
        raise _refusal(step.signature, step.positions, "not int32")
    if step.mask is not None:
        mask_values(step.mask)
    parameters = step.parameters
    if parameters and (parameters.dtype != np.int32 or parameters.shape[-1] < _PARAMETERS_AT_LEAST):
        raise _refusal(step.signature, parameters, "not int32 with three values or more")


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    same_rank = len(shape) == len(wanted)
    return same_rank and all(w in {None, s} and s > 0 for s, w in zip(shape, wanted, strict=True))


def _checked_cache(
    signature: Signature, spec: TensorSpec, outputs: Mapping[str, TensorSpec]
) -> TensorSpec:
    if outputs.get(spec.name) != spec:
        raise _refusal(signature, spec, "not an output of the same shape too")
    if spec.dtype.type not in _CACHE_DTYPES:
        raise _refusal(signature, spec, "neither float32, float16 nor int8")
    return spec


def _context(steps: list[Step]) -> int:
    """Return the number of positions: the mask's last axis, or what all caches have in common."""
    for step in steps:
        if step.mask is not None and len(step.mask.shape) > 1:
            return step.mask.shape[-1]
    shared = set.intersection(*(set(cache.shape) for cache in steps[0].caches))
    if not shared:
        raise ModelFileError("the KV caches have no number of positions in common")
    return max(shared)


def _with_axes(step: Step, context: int) -> tuple[CacheSpec, ...]:
    """Find the axis of positions in each cache, by its size.

    Where another axis happens to be as long, it is where the other caches of that kind have it.
    """
    axes = {
        spec: [a for a, size in enumerate(spec.shape) if size == context] for spec in step.caches
    }
    sure = {_kind(spec): found[0] for spec, found in axes.items() if len(found) == 1}
    caches: list[CacheSpec] = []
    for spec, found in axes.items():
        axis = found[0] if len(found) == 1 else sure.get(_kind(spec))
        if axis not in found:
            raise _refusal(step.signature, spec, f"without one axis of {context} positions")
        caches.append(CacheSpec(spec, axis))
    return tuple(caches)


def _kind(cache: TensorSpec) -> str:
    """Return the name without the layer's number: keys and values are laid out differently."""
    return cache.name.rstrip("0123456789")


def _refusal(signature: Signature, spec: TensorSpec, why: str) -> ModelFileError:
    return ModelFileError(f"signature {signature.key}: {spec} is {why}")
