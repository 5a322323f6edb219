import logging
import os
from pathlib import Path

import pytest

from edge_agent.model.engine import Engine
from edge_agent.model.loaded_model import EngineOptions
from edge_agent.model.weight_cache import is_sealed

PUBLISHED = Path(__file__).parent.parent / "models" / "published.litertlm"
IDS = (2, 40, 50, 60)


def reply(folder: Path | None, context: int = 256) -> list[int]:
    options = EngineOptions(context=context, threads=1, cache_folder=folder, audio=False)
    with Engine.open(PUBLISHED, options) as engine:
        return engine.complete(IDS, budget=20)


def caches(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.xnnpack")}


@pytest.fixture(scope="module")
def expected() -> list[int]:
    return reply(None)


def test_packed_weights_are_written_once(tmp_path: Path, expected: list[int]) -> None:
    folder = tmp_path / "not" / "there yet"
    assert reply(folder) == expected
    written = caches(folder)
    assert written
    assert all(is_sealed(folder / name) for name in written)
    assert reply(folder) == expected
    assert caches(folder) == written


def test_another_context_has_files_of_its_own(tmp_path: Path) -> None:
    reply(tmp_path)
    one = set(caches(tmp_path))
    reply(tmp_path, context=128)
    assert set(caches(tmp_path)) > one


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("position", [0, 40, 5000, -100, -3000])
def test_a_damaged_file_is_built_anew(tmp_path: Path, position: int, expected: list[int]) -> None:
    reply(tmp_path)
    (path,) = tmp_path.glob("prefill_decode-*.xnnpack")
    sound = path.read_bytes()
    flip(path, position)
    assert not is_sealed(path)
    assert reply(tmp_path) == expected
    assert path.read_bytes() == sound
    assert is_sealed(path)


def test_damage_that_keeps_the_time_is_seen(tmp_path: Path) -> None:
    reply(tmp_path)
    (path,) = tmp_path.glob("prefill_decode-*.xnnpack")
    status = path.stat()
    flip(path, -3000)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not is_sealed(path)


@pytest.mark.parametrize("seal", [None, b"", b"{", b"[1]"])
def test_a_file_without_its_seal_is_built_anew(
    tmp_path: Path, seal: bytes | None, expected: list[int]
) -> None:
    reply(tmp_path)
    (path,) = tmp_path.glob("prefill_decode-*.xnnpack")
    if seal is None:
        path.with_suffix(".seal").unlink()
    else:
        path.with_suffix(".seal").write_bytes(seal)
    before = path.stat().st_ino
    assert reply(tmp_path) == expected
    assert path.stat().st_ino != before
    assert is_sealed(path)


def test_an_unusable_folder_costs_time_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, expected: list[int]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with caplog.at_level(logging.WARNING):
        assert reply(blocked / "cache") == expected
    assert "loading without a weight cache" in caplog.text


def test_what_a_killed_build_left_is_swept(tmp_path: Path) -> None:
    old, new = tmp_path / "x.building-1-1", tmp_path / "x.building-2-2"
    for leftover in (old, new):
        leftover.write_bytes(b"half")
    os.utime(old, (0, 0))
    reply(tmp_path)
    assert not old.exists()
    assert new.exists()


def test_what_was_not_used_for_months_is_swept(tmp_path: Path) -> None:
    reply(tmp_path, context=128)
    reply(tmp_path, context=192)
    one, other = sorted(tmp_path.glob("prefill_decode-*.xnnpack"))
    os.utime(one.with_suffix(".seal"), (0, 0))
    reply(tmp_path)
    assert not one.exists()
    assert not one.with_suffix(".seal").exists()
    assert is_sealed(other)


def test_using_a_file_keeps_it(tmp_path: Path) -> None:
    reply(tmp_path)
    (path,) = tmp_path.glob("prefill_decode-*.xnnpack")
    os.utime(path.with_suffix(".seal"), (0, 0))
    reply(tmp_path)
    reply(tmp_path, context=128)
    assert is_sealed(path)
