"""Bringing a file into its folder: whole, of another revision, damaged, insisted on."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from file_server import serving

from edge_agent.catalogue.pulling import Pull, pull
from edge_agent.catalogue.reading import read_catalogue
from edge_agent.catalogue.types import Catalogue, CatalogueError, PublishedFile

MODEL = Path(__file__).parent.parent / "models" / "published.litertlm"
CONTENT = MODEL.read_bytes()
DIGEST = hashlib.sha256(CONTENT).hexdigest()
FILE = PublishedFile("here", "someone/some-model", "model.litertlm", len(CONTENT), (DIGEST,))


@pytest.fixture
def catalogue():
    """Return a catalogue whose smallest Gemma is the model of the tests."""
    small = replace(read_catalogue().model("gemma-4-e2b"), file=FILE)
    return Catalogue((small,), {})


def quiet(_done: int, _size: int) -> None:
    pass


def bring(catalogue, source: str, folder: Path, **how):
    return pull(Pull(source, folder, **how), catalogue, quiet, quiet)


def test_a_known_file(catalogue, tmp_path):
    with serving(CONTENT) as server:
        got = bring(catalogue, server.url, tmp_path / "new", expected=FILE)
    assert got.path == tmp_path / "new" / "model.litertlm"
    assert got.model is catalogue.models[0]
    assert got.path.read_bytes() == CONTENT
    assert list(got.path.parent.iterdir()) == [got.path]


def test_one_that_broke_off_is_not_in_place_until_it_is_whole(catalogue, tmp_path):
    with serving(CONTENT, break_off_after=2_000_000) as server:
        with pytest.raises(CatalogueError, match="again"):
            bring(catalogue, server.url, tmp_path, expected=FILE)
        assert not (tmp_path / "model.litertlm").exists()
        got = bring(catalogue, server.url, tmp_path, expected=FILE)
        assert server.asked[-1] == "bytes=2000000-"
    assert got.sha256 == DIGEST


def test_the_right_size_and_other_bytes_is_damage(catalogue, tmp_path):
    damaged = CONTENT[:-10] + bytes(10)
    with serving(damaged) as server, pytest.raises(CatalogueError, match="came damaged"):
        bring(catalogue, server.url, tmp_path, expected=FILE)
    assert list(tmp_path.iterdir()) == []


def test_another_revision_is_told_apart_and_taken(catalogue, tmp_path):
    with serving(CONTENT + bytes(1000)) as server:
        got = bring(catalogue, server.url, tmp_path, expected=FILE)
    assert got.model is None
    assert got.path.exists()


def test_a_digest_that_is_insisted_on(catalogue, tmp_path):
    with serving(CONTENT) as server:
        with pytest.raises(CatalogueError, match="not the one that was asked for"):
            bring(catalogue, server.url, tmp_path, sha256="00" * 32)
        assert list(tmp_path.iterdir()) == []
        bring(catalogue, server.url, tmp_path, sha256=DIGEST.upper())


def test_what_is_no_model_file(catalogue, tmp_path):
    page = b"<html>please sign in</html>"
    with serving(page) as server, pytest.raises(CatalogueError, match=r"not a \.litertlm file"):
        bring(catalogue, server.url, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_leaves_the_good_one_alone(catalogue, tmp_path):
    good = tmp_path / "model.litertlm"
    good.write_bytes(CONTENT)
    with serving(b"broken") as server, pytest.raises(CatalogueError):
        bring(catalogue, server.url, tmp_path)
    assert good.read_bytes() == CONTENT


def test_importing_a_file(catalogue, tmp_path):
    got = bring(catalogue, str(MODEL), tmp_path)
    assert got.path == tmp_path / MODEL.name
    assert got.path.read_bytes() == CONTENT
    assert got.model is catalogue.models[0]


def test_importing_what_is_not_there(catalogue, tmp_path):
    with pytest.raises(CatalogueError, match="cannot be copied: No such file"):
        bring(catalogue, str(tmp_path / "gone.litertlm"), tmp_path / "models")


def test_the_name_comes_from_the_address():
    folder = Path("/models")
    url = "https://hub.example/a%20b/my%20model.litertlm?download=true"
    assert Pull(url, folder).target == folder / "my model.litertlm"
    assert Pull(url, folder, FILE).target == folder / "model.litertlm"
    with pytest.raises(CatalogueError, match="name of a file"):
        assert Pull("https://hub.example/", folder).target
