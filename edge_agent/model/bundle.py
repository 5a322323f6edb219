"""An open `.litertlm` file: its sections, read or mapped where they lie."""

import hashlib
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.bundle_header import Section, SectionKind, parse_sections, read_header
from edge_agent.model.errors import ModelFileError

_READ_AT_MOST = 256 << 20
_NO_RESERVE = 0x4000  # Linux's MAP_NORESERVE: a private map larger than free memory is allowed


class Bundle:
    """An open `.litertlm` file. Mapped sections outlive it."""

    def __init__(
        self, path: Path, descriptor: int, header: bytes, sections: tuple[Section, ...]
    ) -> None:
        """Take over the open `descriptor`; `open` is the way to get one."""
        self.path = path
        self.sections = sections
        self._header = header
        self._descriptor = descriptor

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the header of `path`; raises `ModelFileError`."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ModelFileError(f"{path} cannot be opened: {error.strerror}") from error
        try:
            header = read_header(descriptor)
            sections = parse_sections(header, os.fstat(descriptor).st_size)
        except (ModelFileError, OSError) as error:
            os.close(descriptor)
            raise ModelFileError(f"{path} cannot be used: {error}") from error
        return cls(path, descriptor, header, sections)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        """Return the bundle itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def model(self, model_type: str) -> Section | None:
        """Return the TFLite model of that type, as `prefill_decode`, or None."""
        return self._find(
            lambda s: s.kind == SectionKind.TFLITE_MODEL and s.model_type == model_type
        )

    def of_kind(self, kind: SectionKind) -> Section | None:
        """Return the first section of that kind, or None."""
        return self._find(lambda section: section.kind == kind)

    def read(self, section: Section) -> bytes:
        """Return a small section's bytes (256 MiB at most); raises `ModelFileError`."""
        if section.size > _READ_AT_MOST:
            raise ModelFileError(f"{self.path}: {section} has {section.size} bytes, too many")
        return self.map(section).tobytes()

    def map(self, section: Section, *, writable: bool = False) -> NDArray[np.uint8]:
        """Map a section: uint8 [size], backed by the file.

        What is written to a `writable` one stays private to this process; only the pages that are
        touched cost memory. Raises `ModelFileError`.
        """
        start = section.start - section.start % mmap.ALLOCATIONGRANULARITY
        flags, protection = mmap.MAP_SHARED, mmap.PROT_READ
        if writable:
            flags = mmap.MAP_PRIVATE | _NO_RESERVE
            protection = mmap.PROT_READ | mmap.PROT_WRITE
        try:
            mapped = mmap.mmap(
                self._descriptor, section.stop - start, flags, protection, offset=start
            )
        except (OSError, ValueError) as error:
            raise ModelFileError(f"{self.path}: {section} cannot be mapped: {error}") from error
        return np.frombuffer(mapped, np.uint8)[section.start - start :]

    def fingerprint(self) -> str:
        """Return what tells this file from another: size, time of change, the header's bytes."""
        status = os.fstat(self._descriptor)
        digest = hashlib.blake2b(self._header, digest_size=16)
        digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
        return digest.hexdigest()

    def _find(self, wanted: Callable[[Section], bool]) -> Section | None:
        return next(filter(wanted, self.sections), None)
