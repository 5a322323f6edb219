"""A model, its file, and what can go wrong with them."""

from dataclasses import dataclass


class CatalogueError(Exception):
    """A model or its file cannot be had: one sentence for the user."""


@dataclass(frozen=True)
class PublishedFile:
    """A file on a hub. `sha256` are the digests of the revisions that have been seen, in hex."""

    hub: str
    repository: str
    name: str
    bytes: int
    sha256: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueModel:
    """A model that people choose from.

    `memory_gb` is for the weights at 4 bits; `takes` says what it understands: `text`, `audio`,
    `image`. `refused` is why nothing here runs it, None where it runs. `file` is None for one that
    comes with the package, and for one that is refused; `bundled` names the file that comes along.
    """

    id: str
    name: str
    architecture: str
    active_parameters: str
    context: int
    takes: tuple[str, ...]
    memory_gb: float
    meant_for: str
    cache_bytes_per_token: int = 0
    quick_on_small_boards: bool = False
    refused: str | None = None
    bundled: str | None = None
    file: PublishedFile | None = None


@dataclass(frozen=True)
class Catalogue:
    """The models, the smallest first, and the form of each hub's addresses."""

    models: tuple[CatalogueModel, ...]
    hubs: dict[str, str]

    def model(self, wanted: str) -> CatalogueModel:
        """Return the model of that id; raises `CatalogueError`."""
        for model in self.models:
            if model.id == wanted:
                return model
        known = ", ".join(model.id for model in self.models)
        raise CatalogueError(f"There is no model '{wanted}' in the catalogue; there are {known}.")

    def url(self, file: PublishedFile, hub: str | None = None) -> str:
        """Return where `file` is, on its own hub or on one of the given form.

        A form is a URL with `{repository}` and `{name}` in it. Raises `CatalogueError`.
        """
        form = hub or self.hubs.get(file.hub, "")
        if "{name}" not in form:
            raise CatalogueError(
                f"'{form or file.hub}' is no address of a hub: write a URL with {{repository}} and"
                " {name} in it."
            )
        return form.replace("{repository}", file.repository).replace("{name}", file.name)
