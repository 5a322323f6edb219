"""`libLiteRt.so`, loaded by ctypes: the structures, the functions and their arguments.

They are those of `litert/c/*.h` in LiteRT 2.3.0. The library comes with the `ai-edge-litert` wheel;
another version than this one is refused, for its binary interface is not promised to stay.
"""

import ctypes
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from ctypes import POINTER, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from functools import cache
from pathlib import Path
from typing import Any, Self

from edge_agent.model.errors import ModelError

LITERT_VERSION = "2.3.0"

_STATUS: Mapping[int, str] = {
    1: "invalid argument",
    2: "out of memory",
    3: "run-time failure",
    5: "unsupported",
    6: "not found",
    500: "file input or output",
    501: "not a valid model",
    504: "compilation failed",
}
_DIMENSIONS_AT_MOST = 8


class LiteRtError(ModelError):
    """A call into LiteRT failed, or the library is not the one that this binding is for."""


class AnyValue(ctypes.Structure):
    """A value of any type; here a number or a pointer."""

    _fields_ = (("type", c_int), ("value", c_int64))


class EnvironmentOption(ctypes.Structure):
    """One setting of an environment."""

    _fields_ = (("tag", c_int), ("value", AnyValue))


class MagicNumberConfig(ctypes.Structure):
    """A number in shapes, and what takes its place."""

    _fields_ = (("magic", c_int64), ("target", c_int64), ("signature_prefix", c_char_p))


class Layout(ctypes.Structure):
    """The shape of a tensor."""

    _fields_ = (
        ("rank", c_uint32, 7),
        ("has_strides", c_uint32, 1),
        ("dimensions", c_int32 * _DIMENSIONS_AT_MOST),
        ("strides", c_uint32 * _DIMENSIONS_AT_MOST),
    )


class RankedTensorType(ctypes.Structure):
    """A tensor's element type and shape."""

    _fields_ = (("element", c_int), ("layout", Layout))


Deleter = ctypes.CFUNCTYPE(None, c_void_p)
CheckCancelled = ctypes.CFUNCTYPE(ctypes.c_bool, c_void_p)

# What each function takes; all of those without "Destroy" in their name return a status.
_SIGNATURES: Mapping[str, tuple[Any, ...]] = {
    "LiteRtCreateEnvironment": (c_int, POINTER(EnvironmentOption), POINTER(c_void_p)),
    "LiteRtDestroyEnvironment": (c_void_p,),
    "LiteRtCreateModelFromBuffer": (c_void_p, c_void_p, c_size_t, POINTER(c_void_p)),
    "LiteRtDestroyModel": (c_void_p,),
    "LiteRtCreateOptions": (POINTER(c_void_p),),
    "LiteRtDestroyOptions": (c_void_p,),
    "LiteRtSetOptionsHardwareAccelerators": (c_void_p, c_int),
    "LiteRtCreateOpaqueOptions": (c_char_p, c_void_p, Deleter, POINTER(c_void_p)),
    "LiteRtAddOpaqueOptions": (c_void_p, c_void_p),
    "LiteRtCreateCompiledModel": (c_void_p, c_void_p, c_void_p, POINTER(c_void_p)),
    "LiteRtDestroyCompiledModel": (c_void_p,),
    "LiteRtSetCompiledModelCancellationFunction": (c_void_p, c_void_p, CheckCancelled),
    "LiteRtCompiledModelGetErrorMessages": (c_void_p, POINTER(c_char_p)),
    "LiteRtCompiledModelClearErrors": (c_void_p,),
    "LiteRtGetNumModelSignatures": (c_void_p, POINTER(c_size_t)),
    "LiteRtGetModelSignature": (c_void_p, c_size_t, POINTER(c_void_p)),
    "LiteRtGetSignatureKey": (c_void_p, POINTER(c_char_p)),
    "LiteRtGetNumSignatureInputs": (c_void_p, POINTER(c_size_t)),
    "LiteRtGetNumSignatureOutputs": (c_void_p, POINTER(c_size_t)),
    "LiteRtGetSignatureInputName": (c_void_p, c_size_t, POINTER(c_char_p)),
    "LiteRtGetSignatureOutputName": (c_void_p, c_size_t, POINTER(c_char_p)),
    "LiteRtGetSignatureInputTensorByIndex": (c_void_p, c_size_t, POINTER(c_void_p)),
    "LiteRtGetSignatureOutputTensorByIndex": (c_void_p, c_size_t, POINTER(c_void_p)),
    "LiteRtGetRankedTensorType": (c_void_p, POINTER(RankedTensorType)),
    "LiteRtCreateTensorBufferFromHostMemory": (
        POINTER(RankedTensorType),
        c_void_p,
        c_size_t,
        c_void_p,
        POINTER(c_void_p),
    ),
    "LiteRtDestroyTensorBuffer": (c_void_p,),
    "LiteRtRunCompiledModel": (
        c_void_p,
        c_size_t,
        c_size_t,
        POINTER(c_void_p),
        c_size_t,
        POINTER(c_void_p),
    ),
}


@cache
def library() -> ctypes.CDLL:
    """Load `libLiteRt.so`; raises `LiteRtError` where it is missing or of another version."""
    try:
        version = importlib.metadata.version("ai-edge-litert")
    except importlib.metadata.PackageNotFoundError:
        raise LiteRtError(
            f"LiteRT is not installed: pip install ai-edge-litert=={LITERT_VERSION}"
        ) from None
    if version != LITERT_VERSION:
        raise LiteRtError(
            f"ai-edge-litert {version} is installed, and this program drives {LITERT_VERSION} only:"
            f" pip install ai-edge-litert=={LITERT_VERSION}"
        )
    try:
        library = ctypes.CDLL(str(library_folder() / "libLiteRt.so"))
        for name, argument_types in _SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes = argument_types
            function.restype = None if "Destroy" in name else c_int
    except (OSError, AttributeError) as error:
        raise LiteRtError(f"LiteRT {version} cannot be loaded: {error}") from error
    return library


def library_folder() -> Path:
    """Return the folder of LiteRT's package; raises `LiteRtError` if it is not installed."""
    package = importlib.util.find_spec("ai_edge_litert")
    if package is None or package.origin is None:
        raise LiteRtError("the package ai_edge_litert cannot be found")
    return Path(package.origin).parent


def call(function: str, *arguments: Any) -> None:  # noqa: ANN401 - ctypes values have no common type
    """Call a function of the library; raises `LiteRtError` if it fails."""
    status: int = getattr(library(), function)(*arguments)
    check(status, function)


def check(status: int, function: str, reported: str = "") -> None:
    """Raise `LiteRtError` for a status that is not good."""
    if status:
        why = f": {reported}" if reported else ""
        raise LiteRtError(f"{function} failed: {_STATUS.get(status, 'error')} ({status}){why}")


class Handle:
    """A thing that LiteRT made and that must be given back once, after all that uses it."""

    def __init__(self, destroy: str) -> None:
        """Hold nothing yet; `destroy` names the function that gives it back."""
        self.pointer = c_void_p()
        self._destroy = destroy

    def close(self) -> None:
        """Give it back; a second call does nothing."""
        if self.pointer:
            getattr(library(), self._destroy)(self.pointer)
            self.pointer = c_void_p()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.close()
