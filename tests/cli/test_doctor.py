"""`edge-agent doctor`, as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = Path(__file__).parent.parent / "models" / "published.litertlm"


@pytest.fixture
def doctor(tmp_path):
    folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CACHE")}

    def run(*arguments: object) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "edge_agent", "doctor", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=os.environ | folders,
            timeout=60,
        )

    return run


def test_a_machine_that_can_work(doctor):
    ended = doctor("--model", MODEL, "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    findings = {it["name"]: it for it in json.loads(ended.stdout)}
    assert {"model", "memory", "broker", "microphone", "camera", "throttling"} <= findings.keys()
    assert all(it["mend"] for it in findings.values() if it["verdict"] != "good")


def test_what_must_be_mended(doctor, tmp_path):
    settings = tmp_path / "agent.yaml"
    settings.write_text("broker: mqtt://127.0.0.1:1\nhome: gone.yaml\n")
    ended = doctor("-c", settings, "--model", MODEL, "--json")
    assert ended.returncode == 1
    bad = {it["name"] for it in json.loads(ended.stdout) if it["verdict"] == "bad"}
    assert bad == {"home", "broker"}


def test_settings_that_cannot_be_read(doctor, tmp_path):
    ended = doctor("-c", tmp_path / "gone.yaml")
    assert ended.returncode == 1
    assert "cannot be read" in ended.stdout
    assert ended.stderr == ""
