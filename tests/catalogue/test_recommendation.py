"""What suits which machine."""

import pytest

from edge_agent.catalogue.machine import Machine, this_machine
from edge_agent.catalogue.reading import read_catalogue
from edge_agent.catalogue.recommendation import fit, needed_gb, recommend

GB = 1_000_000_000
PI = "Raspberry Pi 5 Model B Rev 1.0"


def machine(gigabytes: float, board: str | None = None, free: float | None = None) -> Machine:
    free = gigabytes * 0.9 if free is None else free
    return Machine(int(gigabytes * GB), int(free * GB), board)


@pytest.mark.parametrize(
    ("there", "best"),
    [
        (machine(2.1, PI), "nano"),
        (machine(4.2, PI), "gemma-4-e2b"),
        (machine(8.4, PI), "gemma-4-e2b"),
        (machine(16.9, PI), "gemma-4-e2b"),
        (machine(4.2), "gemma-4-e2b"),
        (machine(8.4), "gemma-4-e4b"),
        (machine(128), "gemma-4-e4b"),
        (machine(0.5), "nano"),
    ],
)
def test_what_is_recommended(there, best):
    chosen = recommend(read_catalogue(), there)
    assert chosen.model.id == best
    assert chosen.why
    assert len(chosen.fits) == len(read_catalogue().models)


def test_why_one_does_not_fit():
    e4b = read_catalogue().model("gemma-4-e4b")
    said = fit(e4b, machine(4.2))
    assert not said.fits
    assert "needs 4.9 GB" in said.why
    assert "there are 4.2" in said.why


def test_what_is_refused_never_fits():
    large = read_catalogue().model("gemma-4-31b")
    said = fit(large, machine(1000))
    assert not said.fits
    assert large.refused in said.why


def test_memory_that_others_use_now_is_told():
    e2b = read_catalogue().model("gemma-4-e2b")
    said = fit(e2b, machine(8.4, free=1.0))
    assert said.fits
    assert "only 1.0 are free now" in said.why


def test_a_longer_context_needs_more():
    e2b = read_catalogue().model("gemma-4-e2b")
    assert needed_gb(e2b, 32_000) - needed_gb(e2b, 0) == pytest.approx(32_000 * 9216 / GB)


def test_this_machine():
    here = this_machine()
    assert 0 < here.available <= here.memory
