"""The catalogue as it comes with the package."""

import pytest

from edge_agent.catalogue.reading import parse_catalogue, read_catalogue
from edge_agent.catalogue.types import CatalogueError, PublishedFile

GEMMAS = {"gemma-4-e2b", "gemma-4-e4b", "gemma-4-12b", "gemma-4-26b-a4b", "gemma-4-31b"}


def test_the_gemma_4_family_is_there_from_small_to_large():
    models = read_catalogue().models
    assert {model.id for model in models} >= GEMMAS
    assert [model.memory_gb for model in models] == sorted(model.memory_gb for model in models)


def test_each_runs_or_says_why_not():
    for model in read_catalogue().models:
        ways = (model.file is not None, model.bundled is not None, model.refused is not None)
        assert sum(ways) == 1, model.id


def test_digests_are_digests():
    for model in read_catalogue().models:
        for digest in model.file.sha256 if model.file else ():
            assert len(bytes.fromhex(digest)) == 32


def test_addresses():
    catalogue = read_catalogue()
    file = catalogue.model("gemma-4-e2b").file
    assert catalogue.url(file).startswith("https://")
    assert catalogue.url(file).endswith(f"/{file.repository}/resolve/main/{file.name}")
    mirror = "https://mirror.example/{repository}/{name}"
    assert catalogue.url(file, mirror) == f"https://mirror.example/{file.repository}/{file.name}"


@pytest.mark.parametrize("hub", [None, "https://mirror.example/"])
def test_a_hub_that_is_none(hub):
    file = PublishedFile("elsewhere", "a/b", "c", 1, ())
    with pytest.raises(CatalogueError, match="no address of a hub"):
        read_catalogue().url(file, hub)


def test_an_unknown_model_names_the_known_ones():
    with pytest.raises(CatalogueError, match="gemma-4-e2b"):
        read_catalogue().model("gemma-5")


def test_an_unknown_field_is_an_error():
    with pytest.raises(TypeError, match="colour"):
        parse_catalogue("hubs: {}\nmodels: [{id: x, takes: [], colour: red}]")
