"""The eyes of a model: from patches of a picture to embeddings that stand in the prompt.

The encoder makes one feature vector of 3 x 3 patches, the adapter brings it to the decoder's width.
What follows the last one in the prompt, the end-of-image embedding, has a section of its own.

Both have a signature for each number of soft tokens that a picture may take; the smallest that
holds a picture runs. That is more than thrift: in files of litert-torch 0.10 the patches that fill
up a signature are attended to like others, so a picture looks different through another signature.
LiteRT-LM chooses the same one.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.compiled_model import CancelFlag, CompiledModel, Tensor
from edge_agent.model.embedding_cache import EmbeddingCache
from edge_agent.model.errors import ImageError, ModelFileError
from edge_agent.model.image_patches import (
    NO_POSITION,
    PATCHES_PER_TOKEN,
    ImagePatches,
    cut_into_patches,
)
from edge_agent.model.litert import Signature, TensorSpec
from edge_agent.model.tower import constant_embedding, handed_on, tensor_named

BUDGETS = (70, 140, 280, 560, 1120)
"""The soft tokens a picture that Gemma 4 was trained with. Source: transformers' processor."""

DEFAULT_BUDGET = 280
"""What the reference gives a picture that comes alone."""

_KEY = re.compile(r"vision(?:_adapter)?_(\d+)")
_PATCHES, _POSITIONS, _FEATURES, _MASK = ("images",), ("positions_xy",), ("features",), ("mask",)
_CACHE_BYTES = 32 << 20
"""Room for a minute of frames of E2B: 60 of 70 tokens, 1,536 wide."""


@dataclass(frozen=True)
class VisionSections:
    """The compiled `vision_encoder`, `vision_adapter` and, in most files, `end_of_vision`."""

    encoder: CompiledModel
    adapter: CompiledModel
    end: CompiledModel | None


class VisionTower:
    """Encodes pictures, and remembers those it has encoded last.

    `budgets` are the soft tokens a picture that can be asked for, the smallest first. `end` is
    float32 [1, width]: what closes a picture in the prompt, if anything.
    """

    def __init__(self, sections: VisionSections) -> None:
        """Read the signatures; raises `ModelFileError` if one is not understood."""
        self._sections = sections
        adapters = _by_tokens(sections.adapter, "adapter")
        self._lenses: dict[int, _Lens | tuple[Signature, Signature]] = {}
        for tokens, encoder in _by_tokens(sections.encoder, "encoder").items():
            if tokens not in adapters:
                raise ModelFileError(f"signature {encoder.key} has no adapter for {tokens} tokens")
            _check_encoder(encoder, tokens)
            self._lenses[tokens] = encoder, adapters[tokens]
        longest = max(self._lenses)
        self.budgets = tuple(b for b in BUDGETS if b <= longest) or (longest,)
        self.width: int = adapters[longest].outputs[0].shape[-1]
        self.end = (
            None
            if sections.end is None
            else constant_embedding(sections.end, "end of an image", self.width)
        )
        self._seen = EmbeddingCache(_CACHE_BYTES)

    def stop_on(self, flag: CancelFlag) -> None:
        """Break off the encoder with `RunCancelledError` when `flag` is set."""
        self._sections.encoder.stop_on(flag)

    def encode(self, pixels: NDArray[np.uint8], budget: int | None = None) -> NDArray[np.float32]:
        """Return the embeddings [n, width] of a picture, n at most `budget`; do not write to them.

        `pixels` is uint8 [height, width, 3], red, green, blue. Without a budget it is 280, or the
        most that the file has. A picture that was encoded lately costs nothing. Raises
        `ImageError` for what is no picture, and for a budget that the file has no signature for.
        """
        budget = budget or min(DEFAULT_BUDGET, self.budgets[-1])
        if not 0 < budget <= max(self._lenses):
            raise ImageError(
                f"a picture cannot take {budget} tokens: this model file has signatures for"
                f" {', '.join(map(str, sorted(self._lenses)))}"
            )
        key = _key(pixels, budget)
        known = self._seen.get(key)
        if known is None:
            known = self.encode_patches(cut_into_patches(pixels, budget))
            self._seen.put(key, known)
        return known

    def encode_patches(self, patches: ImagePatches) -> NDArray[np.float32]:
        """Return the embeddings [n, width] of patches that fit into a signature."""
        return self._lens(patches.tokens).encode(patches)

    def close(self) -> None:
        """Give the tensors back."""
        for lens in self._lenses.values():
            if isinstance(lens, _Lens):
                lens.close()

    def _lens(self, tokens: int) -> "_Lens":
        """Return the smallest that holds so many tokens; its buffers are made when first wanted."""
        length = min(length for length in self._lenses if length >= tokens)
        lens = self._lenses[length]
        if not isinstance(lens, _Lens):
            lens = self._lenses[length] = _Lens(self._sections, *lens)
        return lens


class _Lens:
    """One signature of the encoder and the adapter's that goes with it."""

    def __init__(self, sections: VisionSections, encoder: Signature, adapter: Signature) -> None:
        given = {spec.name: Tensor(spec) for spec in encoder.inputs}
        made = {spec.name: Tensor(spec) for spec in encoder.outputs}
        adapted = {spec.name: Tensor(spec) for spec in adapter.outputs}
        self._tensors = [*given.values(), *made.values(), *adapted.values()]
        self._encode = sections.encoder.bind(encoder.key, given, made)
        features = {"features": tensor_named(made, _FEATURES, encoder)}
        self._adapt = sections.adapter.bind(adapter.key, handed_on(adapter, features), adapted)
        self._patches = tensor_named(given, _PATCHES, encoder).array[0]
        self._positions = tensor_named(given, _POSITIONS, encoder).array[0]
        self._embeddings = next(iter(adapted.values())).array[0]

    def encode(self, patches: ImagePatches) -> NDArray[np.float32]:
        count = len(patches.values)
        self._patches[:count], self._patches[count:] = patches.values, 0
        self._positions[:count], self._positions[count:] = patches.positions, NO_POSITION
        self._encode.run()
        self._adapt.run()
        embeddings: NDArray[np.float32] = self._embeddings[: patches.tokens].copy()
        return embeddings

    def close(self) -> None:
        for tensor in self._tensors:
            tensor.close()


def _by_tokens(model: CompiledModel, section: str) -> Mapping[int, Signature]:
    """Return the signatures by the number of soft tokens that they give."""
    found: dict[int, Signature] = {}
    for key, signature in model.signatures.items():
        named = _KEY.fullmatch(key)
        if named is None:
            raise ModelFileError(
                f"the vision {section} has a signature {key}: those of Gemma 4 are named after the"
                " tokens that a picture may take, as vision_280"
            )
        found[int(named[1])] = signature
    if not found:
        raise ModelFileError(f"the vision {section} has no signature")
    return found


def _check_encoder(signature: Signature, tokens: int) -> None:
    patches = tokens * PATCHES_PER_TOKEN
    inputs = {spec.name: spec for spec in signature.inputs}
    outputs = {spec.name: spec for spec in signature.outputs}
    for side, name, dtype, shape in (
        (inputs, _PATCHES[0], np.float32, (1, patches, 768)),
        (inputs, _POSITIONS[0], np.int32, (1, patches, 2)),
        (outputs, _FEATURES[0], np.float32, (1, tokens, None)),
    ):
        spec = side.get(name)
        if spec is None:
            raise ModelFileError(f"signature {signature.key} has no tensor {name}")
        if spec.dtype != dtype or not _fits(spec, shape):
            wanted = ["any" if size is None else size for size in shape]
            raise ModelFileError(
                f"signature {signature.key}: {spec} is not {np.dtype(dtype).name} {wanted}"
            )


def _fits(spec: TensorSpec, wanted: tuple[int | None, ...]) -> bool:
    return len(spec.shape) == len(wanted) and all(
        size in {None, given} for given, size in zip(spec.shape, wanted, strict=True)
    )


def _key(pixels: NDArray[np.uint8], budget: int) -> bytes:
    digest = hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16)
    digest.update(f"{pixels.shape} {budget}".encode())
    return digest.digest()
