"""LiteRT as objects: environments, compiled models, and tensors that are numpy arrays.

Nothing here knows of language models. A call lets go of Python's lock while it runs. One compiled
model may be run by one thread at a time.
"""

import ctypes
import os
from collections.abc import Mapping, Sequence
from ctypes import byref, c_char_p, c_int64, c_size_t, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.litert_library import (
    AnyValue,
    CheckCancelled,
    Deleter,
    EnvironmentOption,
    Handle,
    Layout,
    LiteRtError,
    MagicNumberConfig,
    RankedTensorType,
    call,
    check,
    library,
    library_folder,
)

_CPU = 1
_TAG_MAGIC_NUMBERS, _TAG_LIBRARY_FOLDER, _TAG_ACCELERATORS, _TAG_LOG_SEVERITY = 16, 22, 24, 25
_ANY_INT, _ANY_STRING, _ANY_POINTER = 2, 8, 9
_LOG_NOTHING = 4  # what fails comes as a status, and why by `take_errors`
_REPORT_TO_BUFFER = 2
_ALIGNMENT = 64
_READ_PAST_END = 256  # XNNPACK's kernels may read past the end of a tensor
_DTYPES: Mapping[int, type[np.generic]] = {
    1: np.float32,
    2: np.int32,
    3: np.uint8,
    4: np.int64,
    6: np.bool_,
    7: np.int16,
    9: np.int8,
    10: np.float16,
}


_keep_payload = Deleter(lambda _: None)


class RunCancelledError(LiteRtError):
    """A run was cut short because its flag was set."""


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
            (_TAG_ACCELERATORS, _ANY_INT, _CPU),
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
            _text(key), index, _tensors(signature, "Input"), _tensors(signature, "Output")
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
    dtype = _DTYPES.get(ranked.element)
    if dtype is None:
        raise LiteRtError(
            f"tensor {_text(name)} has element type {ranked.element}, not a known one"
        )
    shape = tuple(ranked.layout.dimensions[: ranked.layout.rank])
    return TensorSpec(_text(name), np.dtype(dtype), shape)


def _text(value: c_char_p) -> str:
    return (value.value or b"").decode("utf-8", "replace")


class Tensor(Handle):
    """Memory that a model reads and writes in place, seen as a numpy array."""

    def __init__(self, spec: TensorSpec) -> None:
        """Allocate it, all zeros; raises `LiteRtError` for a dynamic shape."""
        super().__init__("LiteRtDestroyTensorBuffer")
        if min(spec.shape, default=1) < 1:
            raise LiteRtError(f"tensor {spec} has a dynamic or empty shape")
        self.spec = spec
        self.array: NDArray[Any] = _aligned_zeros(spec)
        element = next(number for number, dtype in _DTYPES.items() if spec.dtype == dtype)
        ranked = RankedTensorType(element, Layout(rank=len(spec.shape)))
        ranked.layout.dimensions[: len(spec.shape)] = spec.shape
        call(
            "LiteRtCreateTensorBufferFromHostMemory",
            byref(ranked),
            self.array.ctypes.data,
            self.array.nbytes,
            None,
            byref(self.pointer),
        )


def _aligned_zeros(spec: TensorSpec) -> NDArray[Any]:
    size = int(np.prod(spec.shape, dtype=np.int64)) * spec.dtype.itemsize
    memory = np.zeros(size + _ALIGNMENT + _READ_PAST_END, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size].view(spec.dtype).reshape(spec.shape)


class CancelFlag:
    """Tells running models to stop; any thread may set it."""

    def __init__(self) -> None:
        """Start unset."""
        self._memory = ctypes.create_string_buffer(2)
        self.address = ctypes.addressof(self._memory)

    def set(self) -> None:
        """Stop what runs, and what is started before the flag is cleared."""
        self._memory[0] = b"\x01"

    def clear(self) -> None:
        """Let models run again."""
        self._memory[0] = b"\x00"

    def is_set(self) -> bool:
        """Tell whether it is set."""
        return self._memory[0] != b"\x00"


@cache
def _first_byte_is_set() -> Any:  # noqa: ANN401 - a function pointer
    """Return C's `strlen`: for a flag's two bytes, the second a zero, its answer is the first.

    A run asks some hundred times. A Python function would take the interpreter's lock each time.
    """
    return ctypes.cast(ctypes.CDLL(None).strlen, CheckCancelled)


class CompiledModel(Handle):
    """A model made ready for the CPU."""

    def __init__(
        self,
        environment: Environment,
        content: NDArray[np.uint8],
        *,
        threads: int,
        weight_cache: Path | None = None,
    ) -> None:
        """Compile the TFLite model in `content`, as `Model` takes it.

        `weight_cache` is a file for XNNPACK's packed weights: read if it exists, else written.
        Raises `LiteRtError`.
        """
        super().__init__("LiteRtDestroyCompiledModel")
        self.cancel_flag: CancelFlag | None = None
        self._model = Model(environment, content)
        try:
            with _CpuOptions(threads, weight_cache) as options:
                call(
                    "LiteRtCreateCompiledModel",
                    environment.pointer,
                    self._model.pointer,
                    options.pointer,
                    byref(self.pointer),
                )
            self.signatures = self._model.signatures()
        except LiteRtError:
            self.close()
            raise

    def close(self) -> None:
        """Give back the compiled model, then the model that it was made of."""
        super().close()
        self._model.close()

    def stop_on(self, flag: "CancelFlag") -> None:
        """Have every run look at `flag` between two operations, and stop once it is set."""
        self.cancel_flag = flag
        call(
            "LiteRtSetCompiledModelCancellationFunction",
            self.pointer,
            flag.address,
            _first_byte_is_set(),
        )

    def take_errors(self) -> str:
        """Return what the runtime reported since the last time, in one line."""
        text = c_char_p()
        call("LiteRtCompiledModelGetErrorMessages", self.pointer, byref(text))
        reported = _text(text)
        ctypes.CDLL(None).free(text)
        call("LiteRtCompiledModelClearErrors", self.pointer)
        return "; ".join(reported.split("\n")).strip("; ")

    def bind(
        self, key: str, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]
    ) -> "BoundSignature":
        """Tie the signature `key` to tensors, by name.

        One tensor given as an input and as an output is updated in place.
        """
        return BoundSignature(self, self.signatures[key], inputs, outputs)


class BoundSignature:
    """A signature with its tensors: ready to run as often as wanted, at the price of one call."""

    def __init__(
        self,
        model: CompiledModel,
        signature: Signature,
        inputs: Mapping[str, Tensor],
        outputs: Mapping[str, Tensor],
    ) -> None:
        """Prepare the call; raises `LiteRtError` if a tensor is missing or of another shape."""
        self.signature = signature
        self._model = model
        self._tensors = (dict(inputs), dict(outputs))  # they must outlive the arrays below
        given = [self._pointer(spec, inputs) for spec in signature.inputs]
        taken = [self._pointer(spec, outputs) for spec in signature.outputs]
        self._arguments = (
            signature.index,
            len(given),
            (c_void_p * len(given))(*given),
            len(taken),
            (c_void_p * len(taken))(*taken),
        )
        self._function = library().LiteRtRunCompiledModel

    def run(self) -> None:
        """Run it; raises `RunCancelledError` or `LiteRtError`."""
        status = self._function(self._model.pointer, *self._arguments)
        if status:
            reported = self._model.take_errors()
            if self._model.cancel_flag and self._model.cancel_flag.is_set():
                raise RunCancelledError(f"the run of {self.signature.key} was cancelled")
            check(status, f"the model's signature {self.signature.key}", reported)

    def _pointer(self, spec: TensorSpec, tensors: Mapping[str, Tensor]) -> int | None:
        tensor = tensors.get(spec.name)
        if tensor is None or (tensor.spec.dtype, tensor.spec.shape) != (spec.dtype, spec.shape):
            raise LiteRtError(
                f"{self.signature.key} needs {spec}, and got {tensor and tensor.spec}"
            )
        return tensor.pointer.value


class _CpuOptions(Handle):
    """How a model is compiled for the CPU.

    Run-time options of any kind make LiteRT put composite operations in place: the delegate then
    sees few large pieces of the graph where it would see many. Errors are kept for `take_errors`.
    """

    def __init__(self, threads: int, weight_cache: Path | None) -> None:
        super().__init__("LiteRtDestroyOptions")
        call("LiteRtCreateOptions", byref(self.pointer))
        call("LiteRtSetOptionsHardwareAccelerators", self.pointer, _CPU)
        lines = [f"num_threads = {threads}"]
        if weight_cache is not None:
            lines.append(f'weight_cache_file_path = "{weight_cache}"')
        self._payloads = [
            self._add(b"xnnpack", lines),
            self._add(
                b"runtime_options_string",
                [
                    "compress_quantization_zero_points = true",
                    f"error_reporter_mode = {_REPORT_TO_BUFFER}",
                ],
            ),
        ]

    def _add(self, identifier: bytes, lines: Sequence[str]) -> ctypes.Array[ctypes.c_char]:
        """Add options, as lines of TOML, and return the memory that they must keep."""
        payload = ctypes.create_string_buffer(os.fsencode("\n".join([*lines, ""])))
        options = c_void_p()
        call(
            "LiteRtCreateOpaqueOptions",
            identifier,
            ctypes.addressof(payload),
            _keep_payload,
            byref(options),
        )
        call("LiteRtAddOpaqueOptions", self.pointer, options)
        return payload
