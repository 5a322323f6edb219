"""Which of the models suits a machine, and why: pure functions."""

from dataclasses import dataclass

from edge_agent.catalogue.machine import Machine
from edge_agent.catalogue.types import Catalogue, CatalogueModel

CONTEXT = 4096
"""Tokens of context that are counted with; what the agent takes unless told otherwise."""

RUN_TIME_GB = 0.3
"""Python, LiteRT and the turn itself, measured with small models."""

SYSTEM_GB = 0.6
"""What the system and the rest of the agent are left with: Raspberry Pi OS without a desktop."""

_GB = 1e9


@dataclass(frozen=True)
class Fit:
    """How a model suits a machine: `why` is a sentence without its end."""

    model: CatalogueModel
    fits: bool
    needed_gb: float
    why: str


@dataclass(frozen=True)
class Recommendation:
    """The model to take, and how each of them suits the machine."""

    model: CatalogueModel
    why: str
    fits: tuple[Fit, ...]


def needed_gb(model: CatalogueModel, context: int = CONTEXT) -> float:
    """Return the memory that running it takes: weights, KV cache of `context` tokens, run time."""
    return model.memory_gb + model.cache_bytes_per_token * context / _GB + RUN_TIME_GB


def fit(model: CatalogueModel, machine: Machine) -> Fit:
    """Tell whether `model` runs on `machine`."""
    needed, there, free = needed_gb(model), machine.memory / _GB, machine.available / _GB
    fits = model.refused is None and needed + SYSTEM_GB <= there
    if model.refused is not None:
        why = f"cannot run here: {model.refused}"
    elif not fits:
        why = f"needs {needed:.1f} GB and {SYSTEM_GB} for the system, and there are {there:.1f}"
    elif needed > free:
        why = f"needs {needed:.1f} of {there:.1f} GB, but only {free:.1f} are free now"
    else:
        why = f"needs {needed:.1f} of {there:.1f} GB"
    return Fit(model, fits, needed, why)


def recommend(catalogue: Catalogue, machine: Machine) -> Recommendation:
    """Choose the largest model that fits; on a small board, of those that are quick there."""
    fits = tuple(fit(model, machine) for model in catalogue.models)
    able = [it.model for it in fits if it.fits]
    quick = [model for model in able if model.quick_on_small_boards]
    there = f"{machine.memory / _GB:.1f} GB"
    if not able:
        return Recommendation(catalogue.models[0], f"nothing larger fits into {there}", fits)
    if machine.is_small_board and quick:
        return Recommendation(
            quick[-1], f"the most able one that answers quickly on a {machine.board}", fits
        )
    return Recommendation(able[-1], f"the most able one that fits into {there}", fits)
