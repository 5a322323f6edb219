"""Compiled LiteRT models, and tensors that are numpy arrays.

Nothing here knows of language models. A call lets go of Python's lock while it runs. One compiled
model may be run by one thread at a time.
"""

import ctypes
import os
from collections.abc import Mapping, Sequence
from ctypes import byref, c_char_p, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.litert import (
    CPU,
    DTYPES,
    Environment,
    Model,
    Signature,
    TensorSpec,
    text_of,
)
from edge_agent.model.litert_library import (
    CheckCancelled,
    Deleter,
    Handle,
    Layout,
    LiteRtError,
    RankedTensorType,
    call,
    check,
    library,
)

_REPORT_TO_BUFFER = 2
_ALIGNMENT = 64
_READ_PAST_END = 256  # XNNPACK's kernels may read past the end of a tensor
_keep_payload = Deleter(lambda _: None)


class RunCancelledError(LiteRtError):
    """A run was cut short because its flag was set."""


class Tensor(Handle):
    """Memory that a model reads and writes in place, seen as a numpy array."""

    def __init__(self, spec: TensorSpec) -> None:
        """Allocate it, all zeros; raises `LiteRtError` for a dynamic shape."""
        super().__init__("LiteRtDestroyTensorBuffer")
        if min(spec.shape, default=1) < 1:
            raise LiteRtError(f"tensor {spec} has a dynamic or empty shape")
        self.spec = spec
        self.array: NDArray[Any] = _aligned_zeros(spec)
        element = next(number for number, dtype in DTYPES.items() if spec.dtype == dtype)
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
        reported = text_of(text)
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
        call("LiteRtSetOptionsHardwareAccelerators", self.pointer, CPU)
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
