"""`edge-agent service`: what it would do is shown, and nothing is done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = Path(__file__).parent.parent / "models" / "plain.litertlm"


def service(*arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "edge_agent", "service", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": "/nowhere"},
        timeout=60,
    )


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "agent.yaml"
    path.write_text(f"model: {MODEL}\n")
    return path


@pytest.mark.skipif(
    not (Path(sys.prefix) / "bin" / "edge-agent").exists(),
    reason="edge-agent is not installed in this environment: pip install -e .",
)
def test_the_steps_of_an_installation_are_shown(settings):
    ended = service("install", "-c", settings, "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert f"done  write {settings}" in ended.stdout
    for name in ("mqtt-user", "mqtt-password", "mqtt-key"):
        assert f"chmod 600 /etc/edge-agent/{name}" in ended.stdout
    assert "systemctl enable --quiet edge-agent.service" in ended.stdout
    assert settings.read_text() == f"model: {MODEL}\n"


def test_the_steps_of_a_removal_are_shown():
    kept, purged = service("uninstall", "--dry-run"), service("uninstall", "--purge", "--dry-run")
    assert kept.returncode == purged.returncode == 0
    assert "/etc/systemd/system/edge-agent.service" in kept.stdout
    assert "/var/lib/edge-agent" not in kept.stdout
    assert "/var/lib/edge-agent" in purged.stdout


@pytest.mark.parametrize("content", ["model: gone.litertlm\n", "modle: x\n", "["])
def test_settings_that_are_wrong(tmp_path, content):
    path = tmp_path / "agent.yaml"
    path.write_text(content)
    ended = service("install", "-c", path, "--dry-run")
    assert ended.returncode == 2
    assert ended.stderr.startswith("edge-agent: ")
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def test_a_machine_without_systemd():
    for command in ("status", "logs"):
        ended = service(command)
        assert ended.returncode == 3
        assert ended.stderr.count("\n") == 1, ended.stderr
