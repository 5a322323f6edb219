"""Whether a file is one that is known: its SHA-256 against the catalogue."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edge_agent.catalogue.types import Catalogue, CatalogueError, CatalogueModel

_BLOCK = 4 << 20

Progress = Callable[[int, int], None]
"""Told of how many bytes are done, of how many."""


@dataclass(frozen=True)
class Checked:
    """A file's digest, and the model that it is known to be; None is "not one I know"."""

    path: Path
    bytes: int
    sha256: str
    model: CatalogueModel | None


def check(path: Path, catalogue: Catalogue, progress: Progress) -> Checked:
    """Read the whole file and look it up; raises `CatalogueError` if it cannot be read."""
    digest = sha256_of(path, progress)
    known = (model for model in catalogue.models if model.file and digest in model.file.sha256)
    return Checked(path, path.stat().st_size, digest, next(known, None))


def sha256_of(path: Path, progress: Progress) -> str:
    """Return the SHA-256 of a file's bytes, in hex; raises `CatalogueError`."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            size, done = path.stat().st_size, 0
            while block := file.read(_BLOCK):
                digest.update(block)
                done += len(block)
                progress(done, size)
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()
