"""Brings a model file into the models' folder: fetched or copied, checked, moved into place."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import platformdirs

from edge_agent.catalogue.checksum import Checked, Progress, check
from edge_agent.catalogue.download import download, forget
from edge_agent.catalogue.types import Catalogue, CatalogueError, PublishedFile
from edge_agent.model.bundle import Bundle
from edge_agent.model.errors import ModelFileError


@dataclass(frozen=True)
class Pull:
    """What is to be brought where.

    `source` is a URL or a file's path. `expected` is what the catalogue says of it, None for a
    file of one's own. `sha256` is a digest that the user insists on.
    """

    source: str
    folder: Path
    expected: PublishedFile | None = None
    sha256: str | None = None

    @property
    def target(self) -> Path:
        """Return where the file will lie; raises `CatalogueError` for a source without a name."""
        path = urlsplit(self.source).path if self.from_afar else self.source
        name = self.expected.name if self.expected else Path(unquote(path)).name
        if not name:
            raise CatalogueError(f"{self.source} does not end with the name of a file.")
        return self.folder / name

    @property
    def from_afar(self) -> bool:
        """Tell whether it is fetched over the network."""
        return "://" in self.source


def models_folder() -> Path:
    """Return the user's folder for model files."""
    return platformdirs.user_data_path("edge-agent") / "models"


def pull(wanted: Pull, catalogue: Catalogue, progress: Progress, checking: Progress) -> Checked:
    """Bring the file, and return what it is.

    It takes its place only when it is whole and can be read; until then it is `NAME.part` beside
    it. Raises `CatalogueError`, and removes what is damaged.
    """
    target = wanted.target
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogueError(f"{target.parent} cannot be made: {error.strerror}.") from error
    if wanted.from_afar:
        download(wanted.source, part, progress)
    else:
        _copy(Path(wanted.source), part, progress)
    checked = check(part, catalogue, checking)
    try:
        _expect(wanted, checked)
    except CatalogueError:
        forget(part)
        raise
    part.replace(target)
    forget(part)
    return Checked(target, checked.bytes, checked.sha256, checked.model)


def _copy(source: Path, part: Path, progress: Progress) -> None:
    try:
        size = source.stat().st_size
        free = shutil.disk_usage(part.parent).free
        if size > free:
            raise CatalogueError(
                f"{part.parent} has {free / 1e9:.1f} GB free, and {source} has {size / 1e9:.1f}."
            )
        shutil.copyfile(source, part)
    except OSError as error:
        raise CatalogueError(f"{source} cannot be copied: {error.strerror}.") from error
    progress(size, size)


def _expect(wanted: Pull, checked: Checked) -> None:
    """Refuse a damaged file. One that is only another revision is let through."""
    if wanted.sha256 is not None and checked.sha256 != wanted.sha256.lower():
        raise CatalogueError(
            f"{wanted.source} has the SHA-256 {checked.sha256}, not the one that was asked for."
        )
    expected = wanted.expected
    if expected and checked.bytes == expected.bytes and checked.sha256 not in expected.sha256:
        raise CatalogueError(
            f"{wanted.source} came damaged: it has the right size, but its SHA-256 is"
            f" {checked.sha256}. Try again."
        )
    try:
        Bundle.open(checked.path).close()
    except ModelFileError as error:
        raise CatalogueError(f"{wanted.source} is no model file to use: {error}.") from error
