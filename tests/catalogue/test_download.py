"""Downloads from a real server: whole, broken off and gone on with, changed meanwhile, refused."""

import random
import shutil

import pytest
from file_server import serving

from edge_agent.catalogue.download import download
from edge_agent.catalogue.types import CatalogueError

CONTENT = random.Random(7).randbytes(3_000_000)


@pytest.fixture
def part(tmp_path):
    return tmp_path / "model.litertlm.part"


def quiet(_done: int, _size: int) -> None:
    pass


def break_off(server, part, after: int = 1_200_000) -> None:
    server.break_off_after = after
    with pytest.raises(CatalogueError, match="run the same command again"):
        download(server.url, part, quiet)
    assert part.stat().st_size == after


def test_a_whole_file(part):
    told = []
    with serving(CONTENT) as server:
        download(server.url, part, lambda *progress: told.append(progress))
    assert part.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(told)


def test_what_broke_off_is_gone_on_with(part):
    told = []
    with serving(CONTENT) as server:
        break_off(server, part)
        download(server.url, part, lambda *progress: told.append(progress))
        assert server.asked == [None, "bytes=1200000-"]
    assert part.read_bytes() == CONTENT
    assert told[0][0] > 1_200_000


def test_it_may_break_off_again_and_again(part):
    with serving(CONTENT) as server:
        for done in (1_000_000, 2_000_000):
            server.break_off_after = 1_000_000
            with pytest.raises(CatalogueError):
                download(server.url, part, quiet)
            assert part.stat().st_size == done
        download(server.url, part, quiet)
    assert part.read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_begun_anew(part):
    with serving(CONTENT) as server:
        break_off(server, part)
        server.content, server.etag = CONTENT[::-1], '"second"'
        download(server.url, part, quiet)
        assert server.asked[-1] == "bytes=1200000-"
    assert part.read_bytes() == CONTENT[::-1]


def test_a_shorter_file_that_took_its_place(part):
    with serving(CONTENT) as server:
        break_off(server, part)
        server.content = CONTENT[:500_000]
        download(server.url, part, quiet)
    assert part.read_bytes() == CONTENT[:500_000]


def test_a_server_without_ranges_sends_it_all_again(part):
    with serving(CONTENT, ranges=False) as server:
        break_off(server, part)
        download(server.url, part, quiet)
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strong_version_nothing_is_stitched_together(part, etag):
    with serving(CONTENT, etag=etag) as server:
        break_off(server, part)
        download(server.url, part, quiet)
        assert server.asked == [None, None]
    assert part.read_bytes() == CONTENT


def test_a_part_that_is_all_of_it_is_not_fetched_again(part):
    with serving(CONTENT) as server:
        download(server.url, part, quiet)
        download(server.url, part, quiet)
        assert server.asked == [None, f"bytes={len(CONTENT)}-"]
    assert part.read_bytes() == CONTENT


def test_redirections_are_followed(part):
    with serving(CONTENT, moved_to="/moved") as server:
        download(server.url, part, quiet)
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("status", "words"), [(404, "answers 404 Not Found"), (401, "sign-in"), (500, "answers 500")]
)
def test_a_server_that_refuses(part, status, words):
    with serving(CONTENT, status=status) as server, pytest.raises(CatalogueError, match=words):
        download(server.url, part, quiet)
    assert not part.exists()


def test_no_server(part):
    with serving(CONTENT) as server:
        pass
    with pytest.raises(CatalogueError, match=r"cannot be reached: .*refused"):
        download(server.url, part, quiet)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/passwd", "nonsense://x"])
def test_no_other_way_than_http(part, url):
    with pytest.raises(CatalogueError, match="no address"):
        download(url, part, quiet)


def test_a_disk_without_room(part):
    class Boundless(bytes):
        """Claims to be a thousand times the disk; nothing of it is ever sent."""

        def __len__(self) -> int:
            return shutil.disk_usage(part.parent).total * 1000

    with (
        serving(Boundless(b"x")) as server,
        pytest.raises(CatalogueError, match=r"GB free.*--to"),
    ):
        download(server.url, part, quiet)
    assert not part.exists()


def test_a_folder_that_cannot_be_written(tmp_path):
    with serving(CONTENT) as server, pytest.raises(CatalogueError, match="cannot be written"):
        download(server.url, tmp_path / "gone" / "part", quiet)
