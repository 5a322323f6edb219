"""What the towers for sound and for pictures have in common: reading their signatures."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.compiled_model import CompiledModel, Tensor
from edge_agent.model.errors import ModelFileError
from edge_agent.model.litert import Signature, TensorSpec


def only_signature(model: CompiledModel, section: str) -> Signature:
    """Return the one signature that a section has; raises `ModelFileError` if it has others."""
    if len(model.signatures) != 1:
        raise ModelFileError(
            f"the {section} has {len(model.signatures)} signatures, and one is understood"
        )
    return next(iter(model.signatures.values()))


def tensor_named(
    tensors: Mapping[str, Tensor], names: tuple[str, ...], signature: Signature
) -> Tensor:
    """Return the tensor that has one of `names`; raises `ModelFileError` if none has."""
    for name in names:
        if name in tensors:
            return tensors[name]
    raise ModelFileError(
        f"signature {signature.key} has no tensor {names[0]} (it has {', '.join(tensors)})"
    )


def handed_on(adapter: Signature, made: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give an adapter what its encoder made, in the same memory; raises `ModelFileError`."""

    def same(spec: TensorSpec) -> Tensor:
        for tensor in made.values():
            if (tensor.spec.dtype, tensor.spec.shape) == (spec.dtype, spec.shape):
                return tensor
        raise ModelFileError(f"signature {adapter.key}: {spec} is nothing that the encoder gives")

    return {spec.name: same(spec) for spec in adapter.inputs}


def constant_embedding(model: CompiledModel, section: str, width: int) -> NDArray[np.float32]:
    """Return the one embedding that a section holds: float32 [1, width].

    Raises `ModelFileError` if it is not like that.
    """
    signature = only_signature(model, section)
    if signature.inputs or len(signature.outputs) != 1:
        raise ModelFileError(f"signature {signature.key}: not one output and no input")
    with Tensor(signature.outputs[0]) as output:
        model.bind(signature.key, {}, {output.spec.name: output}).run()
        if output.array.size != width:
            raise ModelFileError(f"signature {signature.key}: {output.spec} is not {width} wide")
        embedding: NDArray[np.float32] = output.array.reshape(1, width).copy()
    return embedding
