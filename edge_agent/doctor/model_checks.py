"""The library that runs models, the model file, and the memory that it needs."""

import platform
from collections.abc import Iterator
from pathlib import Path

from edge_agent.catalogue.contents import FileContents, read_contents
from edge_agent.catalogue.machine import Machine
from edge_agent.catalogue.recommendation import CONTEXT, RUN_TIME_GB
from edge_agent.catalogue.types import Catalogue, CatalogueModel
from edge_agent.doctor.types import Finding, bad, good, notice
from edge_agent.model.errors import ModelFileError
from edge_agent.model.litert_library import LITERT_VERSION, LiteRtError, library

_GB = 1e9
_PULL = "Run 'edge-agent models recommend' and pull the one that it names."


def check_library() -> Finding:
    """Look whether LiteRT is there in the version that is driven."""
    seen = f"Python {platform.python_version()} on {platform.machine()}"
    try:
        library()
    except LiteRtError as error:
        return bad("LiteRT", f"{seen}; {error}", f"pip install ai-edge-litert=={LITERT_VERSION}")
    return good("LiteRT", f"{LITERT_VERSION}, {seen}")


def check_model(path: Path, catalogue: Catalogue, machine: Machine) -> Iterator[Finding]:
    """Look into the model file, and at the memory for it."""
    try:
        contents = read_contents(path)
    except (ModelFileError, LiteRtError) as error:
        yield bad("model", f"{error}.", _PULL)
        return
    if contents.trouble:
        yield bad("model", f"{path} cannot be run: {contents.trouble}.", _PULL)
        return
    published = _published_as(path, catalogue)
    differs = differences(contents, published) if published else ()
    if published and differs:
        yield notice(
            "model",
            f"{path} is not quite {published.name} as it is known: {'; '.join(differs)}.",
            "It may well run. 'edge-agent models verify' tells whether it is a known revision.",
        )
    else:
        able = ", ".join(contents.able)
        yield good("model", f"{path}: {contents.family}, {contents.bytes / _GB:.2f} GB, {able}")
    yield check_memory(contents, machine)


def differences(contents: FileContents, published: CatalogueModel) -> tuple[str, ...]:
    """Return how a file differs from what the catalogue says of the model that it is named as."""
    found = []
    if published.file and contents.bytes != published.file.bytes:
        found.append(f"{contents.bytes:,} bytes, not {published.file.bytes:,}")
    if contents.cache_bytes_per_token != published.cache_bytes_per_token:
        expected = published.cache_bytes_per_token
        found.append(f"a KV cache of {contents.cache_bytes_per_token:,} bytes, not {expected:,}")
    missing = sorted(set(published.takes) - set(contents.able))
    if missing:
        found.append(f"it does not take {' or '.join(missing)}")
    return tuple(found)


def check_memory(contents: FileContents, machine: Machine) -> Finding:
    """Compare what the model needs with what the machine has.

    The file itself counts in full: where less is there its pages are read again and again.
    """
    context = min(contents.context, CONTEXT)
    needed = contents.bytes + contents.cache_bytes_per_token * context + RUN_TIME_GB * _GB
    seen = (
        f"{needed / _GB:.1f} GB needed, {machine.available / _GB:.1f} free of"
        f" {machine.memory / _GB:.1f}"
    )
    if needed > machine.memory:
        return bad("memory", seen, "Take a smaller model: 'edge-agent models recommend' names one.")
    if needed > machine.available:
        return notice("memory", seen, "End other programs, or take a smaller model.")
    return good("memory", seen)


def _published_as(path: Path, catalogue: Catalogue) -> CatalogueModel | None:
    return next(
        (model for model in catalogue.models if model.file and model.file.name == path.name), None
    )
