"""Steps that change a machine, done for real in a folder, and shown without being done."""

import os

import pytest

from edge_agent.service.steps import (
    KeepSecret,
    Remove,
    Run,
    ServiceError,
    WriteFile,
    run,
    user_exists,
)


def test_a_file_is_written_once(tmp_path):
    step = WriteFile(tmp_path / "new" / "unit", "[Service]\n")
    assert step.needed()
    step.perform()
    assert not step.needed()
    assert step.path.read_text() == "[Service]\n"
    assert step.path.stat().st_mode & 0o777 == 0o644
    assert WriteFile(step.path, "other").needed()
    assert [path.name for path in step.path.parent.iterdir()] == ["unit"]


def test_a_kept_file_is_left_alone(tmp_path):
    path = tmp_path / "settings"
    step = WriteFile(path, "first", keep=True)
    assert step.needed()
    path.write_text("mine")
    assert not step.needed()


def test_a_secret_is_closed_to_others(tmp_path):
    path = tmp_path / "mqtt-key"
    step = KeepSecret(path)
    assert not step.needed()
    path.touch(0o644)
    assert step.needed()
    step.perform()
    assert not step.needed()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ServiceError, match="cannot be written"):
        WriteFile(tmp_path / "file" / "unit", "").perform()


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_removing(tmp_path, kind):
    path = tmp_path / "it"
    if kind == "folder":
        (path / "deep").mkdir(parents=True)
        (path / "deep" / "file").touch()
    elif kind == "file":
        path.touch()
    else:
        path.symlink_to("nowhere")
    step = Remove(path)
    assert step.needed()
    step.perform()
    assert not step.needed()
    assert not os.path.lexists(path)


def test_a_link_is_removed_and_its_target_kept(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "link").symlink_to(target)
    Remove(tmp_path / "link").perform()
    assert target.is_dir()


def test_commands_that_fail_are_told(tmp_path):
    with pytest.raises(ServiceError, match="no-such-program cannot be run"):
        run(("no-such-program",))
    with pytest.raises(ServiceError, match=r"'ls .*gone' failed: .*gone"):
        Run(("ls", str(tmp_path / "gone"))).perform()
    assert run(("echo", "here")) == "here\n"


def test_users():
    assert user_exists("root")
    assert not user_exists("nobody-of-that-name")
