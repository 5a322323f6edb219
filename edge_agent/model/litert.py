"""LiteRT environments, and TFLite models in memory with their signatures, not yet compiled.

Nothing here knows of language models.
"""

import ctypes
import os
from collections.abc import Mapping, Sequence
from ctypes import byref, c_char_p, c_int64, c_size_t, c_void_p
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.litert_library import (
    AnyValue,
    EnvironmentOption,
    Handle,
    LiteRtError,
    MagicNumberConfig,
    RankedTensorType,
    call,
    library_folder,
)

CPU = 1
_TAG_MAGIC_NUMBERS, _TAG_LIBRARY_FOLDER, _TAG_ACCELERATORS, _TAG_LOG_SEVERITY = 16, 22, 24, 25
_ANY_INT, _ANY_STRING, _ANY_POINTER = 2, 8, 9
_LOG_NOTHING = 4  # what fails comes as a status, and why by `CompiledModel.take_errors`
DTYPES: Mapping[int, type[np.generic]] = {
    1: np.float32,
    2: np.int32,
    3: np.uint8,
    4: np.int64,
    6: np.bool_,
    7: np.int16,
    9: np.int8,
    10: np.float16,
}


@dataclass(frozen=True)
class MagicNumber:
    """A placeholder in a model's shapes, and what takes its place before compiling.

    `signature_prefix` limits it to the signatures whose key starts so; None is all of them.
    """

    placeholder: int
    value: int
    signature_prefix: str | None = None


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a signature. `shape` may hold -1 where it is dynamic."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    def __str__(self) -> str:
        """Return what a message says of it: `mask bool [1, 1, 1, 4096]`."""
        return f"{self.name} {self.dtype.name} {list(self.shape)}"


@dataclass(frozen=True)
class Signature:
    """One entry point of a model; inputs and outputs stand in the model's own order."""

    key: str
    index: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


class Environment(Handle):
    """What models are compiled in. Its magic numbers hold for every model compiled in it."""

    def __init__(self, magic_numbers: Sequence[MagicNumber] = ()) -> None:
        """Create it for the CPU, without a log; raises `LiteRtError`."""
        super().__init__("LiteRtDestroyEnvironment")
        self._folder = ctypes.create_string_buffer(os.fsencode(library_folder()))
        options = [
            (_TAG_LIBRARY_FOLDER, _ANY_STRING, ctypes.addressof(self._folder)),
            (_TAG_ACCELERATORS, _ANY_INT, CPU),
            (_TAG_LOG_SEVERITY, _ANY_INT, _LOG_NOTHING),
        ]
        if magic_numbers:
            self._magic_numbers = _magic_number_configs(magic_numbers)
            options.append(
                (_TAG_MAGIC_NUMBERS, _ANY_POINTER, ctypes.addressof(self._magic_numbers))
            )
        array = (EnvironmentOption * len(options))(
            *(EnvironmentOption(tag, AnyValue(kind, value)) for tag, kind, value in options)
        )
        call("LiteRtCreateEnvironment", len(options), array, byref(self.pointer))


def _magic_number_configs(numbers: Sequence[MagicNumber]) -> ctypes.Structure:
    class Configs(ctypes.Structure):
        _fields_ = (("count", c_int64), ("configs", MagicNumberConfig * len(numbers)))

    configs = Configs(count=len(numbers))
    for config, number in zip(configs.configs, numbers, strict=True):
        config.magic, config.target = number.placeholder, number.value
        config.signature_prefix = (number.signature_prefix or "").encode() or None
    return configs


class Model(Handle):
    """A TFLite model that lies in memory. Its signatures can be read before it is compiled."""

    def __init__(self, environment: Environment, content: NDArray[np.uint8]) -> None:
        """Read the model in `content`, which stays alive as long as this does.

        `content` must be writable where the environment has magic numbers: they are replaced in
        place when the model is compiled. Raises `LiteRtError` if it is not a TFLite model.
        """
        super().__init__("LiteRtDestroyModel")
        self._content = content
        call(
            "LiteRtCreateModelFromBuffer",
            environment.pointer,
            content.ctypes.data,
            content.nbytes,
            byref(self.pointer),
        )

    def signatures(self) -> dict[str, Signature]:
        """Return the signatures by key, with the shapes as they are now."""
        count = c_size_t()
        call("LiteRtGetNumModelSignatures", self.pointer, byref(count))
        found = (self._signature(index) for index in range(count.value))
        return {signature.key: signature for signature in found}

    def _signature(self, index: int) -> Signature:
        signature, key = c_void_p(), c_char_p()
        call("LiteRtGetModelSignature", self.pointer, index, byref(signature))
        call("LiteRtGetSignatureKey", signature, byref(key))
        return Signature(
            text_of(key), index, _tensors(signature, "Input"), _tensors(signature, "Output")
        )


def _tensors(signature: c_void_p, side: str) -> tuple[TensorSpec, ...]:
    count = c_size_t()
    call(f"LiteRtGetNumSignature{side}s", signature, byref(count))
    return tuple(_tensor(signature, side, index) for index in range(count.value))


def _tensor(signature: c_void_p, side: str, index: int) -> TensorSpec:
    name, tensor, ranked = c_char_p(), c_void_p(), RankedTensorType()
    call(f"LiteRtGetSignature{side}Name", signature, index, byref(name))
    call(f"LiteRtGetSignature{side}TensorByIndex", signature, index, byref(tensor))
    call("LiteRtGetRankedTensorType", tensor, byref(ranked))
    dtype = DTYPES.get(ranked.element)
    if dtype is None:
        raise LiteRtError(
            f"tensor {text_of(name)} has element type {ranked.element}, not a known one"
        )
    shape = tuple(ranked.layout.dimensions[: ranked.layout.rank])
    return TensorSpec(text_of(name), np.dtype(dtype), shape)


def text_of(value: c_char_p) -> str:
    """Return the text that a pointer leads to."""
    return (value.value or b"").decode("utf-8", "replace")
