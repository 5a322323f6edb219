"""Reads the catalogue, which is data: `models/catalogue.yaml`."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from edge_agent.catalogue.types import Catalogue, CatalogueModel, PublishedFile


def bundled_folder() -> Path:
    """Return where the models lie that come with the package."""
    return Path(str(files("edge_agent") / "models"))


def read_catalogue() -> Catalogue:
    """Read the catalogue that comes with the package."""
    return parse_catalogue((bundled_folder() / "catalogue.yaml").read_text(encoding="utf-8"))


def parse_catalogue(text: str) -> Catalogue:
    """Read a catalogue in YAML; a name that is not known raises `TypeError`."""
    content = yaml.safe_load(text)
    return Catalogue(tuple(map(_model, content["models"])), dict(content["hubs"]))


def _model(entry: dict[str, Any]) -> CatalogueModel:
    file = entry.pop("file", None)
    return CatalogueModel(
        **entry | {"takes": tuple(entry["takes"])},
        file=PublishedFile(**file | {"sha256": tuple(file["sha256"])}) if file else None,
    )
