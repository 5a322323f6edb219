"""XNNPACK's packed weights, kept in a file between starts.

Packing takes seconds and doubles the memory of a large model; a file that is there is mapped
instead. XNNPACK notices a cut-off file and rebuilds it, but follows damaged offsets in one of the
right size into a crash, and never looks at the weights. So each file has a seal beside it, written
last; a file whose seal does not fit is built anew, in another place, and moved there when whole.
"""

import contextlib
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.compiled_model import CompiledModel
from edge_agent.model.litert import Environment
from edge_agent.model.litert_library import LITERT_VERSION, LiteRtError

_log = logging.getLogger(__name__)

_HEAD, _TAIL = 64 << 10, 1 << 20  # the list of offsets stands at the end
_SAMPLES, _SAMPLE = 256, 4 << 10
_ABANDONED_AFTER = 3600.0  # seconds
_UNUSED_AFTER = 60 * 86400.0
_SPACE_FACTOR = 1.5  # of the section's size: packed weights can be larger than those in the file


class WeightCache:
    """The folder of such files for one model file, compiled for one context."""

    def __init__(self, folder: Path | None, fingerprint: str, context: int) -> None:
        """Use `folder`, or no cache at all if it is None."""
        self._folder = folder
        self._key = f"{fingerprint} {context} {LITERT_VERSION}"

    def compile(
        self, environment: Environment, section: str, content: NDArray[np.uint8], threads: int
    ) -> CompiledModel:
        """Compile `content`, the TFLite model of `section`, with its cache file.

        Where no file can be written (a full disk, a folder that is read-only), it is compiled
        without, and a warning says so. Raises `LiteRtError` if the model itself does not compile.
        """
        if self._folder is not None:
            try:
                return self._compile(environment, self._path(section), content, threads)
            except (OSError, LiteRtError) as error:
                _log.warning("%s: loading without a weight cache: %s", section, error)
        return CompiledModel(environment, content, threads=threads)

    def _path(self, section: str) -> Path:
        assert self._folder is not None  # noqa: S101 - for mypy: callers have looked
        digest = hashlib.blake2b(f"{self._key} {section}".encode(), digest_size=12).hexdigest()
        return self._folder / f"{section}-{digest}.xnnpack"

    def _compile(
        self, environment: Environment, path: Path, content: NDArray[np.uint8], threads: int
    ) -> CompiledModel:
        if is_sealed(path):
            with contextlib.suppress(OSError):  # its time says when the file was last used
                _seal_of(path).touch()
            return CompiledModel(environment, content, threads=threads, weight_cache=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        if shutil.disk_usage(path.parent).free < content.nbytes * _SPACE_FACTOR:
            raise OSError(f"{path.parent} has too little space left")
        building = path.with_suffix(f".building-{os.getpid()}-{time.monotonic_ns()}")
        try:
            compiled = CompiledModel(environment, content, threads=threads, weight_cache=building)
            self._keep(building, path)
        finally:
            building.unlink(missing_ok=True)
        return compiled

    @staticmethod
    def _keep(built: Path, path: Path) -> None:
        """Seal what was built; a model without weights for XNNPACK has written nothing."""
        try:
            if built.exists():
                seal(built, path)
        except OSError as error:
            _log.warning("The packed weights could not be kept: %s", error)


def is_sealed(path: Path) -> bool:
    """Tell whether `path` is the whole, unchanged file that was sealed."""
    try:
        return bool(json.loads(_seal_of(path).read_bytes()) == _describe(path))
    except (OSError, ValueError):
        return False


def seal(built: Path, path: Path) -> None:
    """Move the finished file `built` to `path` and write its seal; raises `OSError`."""
    with built.open("rb") as file:
        os.fsync(file.fileno())
    written = built.with_suffix(built.suffix + ".seal")
    written.write_text(json.dumps(_describe(built)))
    _seal_of(path).unlink(missing_ok=True)
    built.replace(path)
    written.replace(_seal_of(path))


def _seal_of(path: Path) -> Path:
    return path.with_suffix(".seal")


def _describe(path: Path) -> dict[str, str | int]:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        for start, length in _places(status.st_size):
            file.seek(start)
            digest.update(file.read(length))
    return {"size": status.st_size, "changed": status.st_mtime_ns, "digest": digest.hexdigest()}


def _places(size: int) -> Iterator[tuple[int, int]]:
    """Choose what is looked at: the head, the tail, and samples from all over."""
    yield 0, _HEAD
    yield max(size - _TAIL, 0), _TAIL
    for index in range(_SAMPLES):
        yield size * index // _SAMPLES, _SAMPLE


def _sweep(folder: Path) -> None:
    """Remove what a build that was killed has left behind, and what nobody uses any more."""
    for leftover in folder.glob("*.building-*"):
        if _age(leftover) > _ABANDONED_AFTER:
            leftover.unlink(missing_ok=True)
    for seal_file in folder.glob("*.seal"):
        if _age(seal_file) > _UNUSED_AFTER:
            seal_file.with_suffix(".xnnpack").unlink(missing_ok=True)
            seal_file.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Return the seconds since `path` was last changed; 0 for one that has just gone."""
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0
