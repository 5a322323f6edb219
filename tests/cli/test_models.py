"""`edge-agent models`, as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = Path(__file__).parent.parent / "models" / "published.litertlm"


@pytest.fixture
def models(tmp_path):
    """Run the command with a data folder of its own."""

    def run(*arguments: object) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "edge_agent", "models", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=os.environ | {"XDG_DATA_HOME": str(tmp_path / "data")},
            timeout=60,
        )

    return run


def test_listing(models):
    said = models("list")
    assert said.returncode == 0, said.stderr
    assert "gemma-4-e2b" in said.stdout
    listed = json.loads(models("list", "--json").stdout)
    refused = {it["id"] for it in listed if it["refused"]}
    assert refused == {"gemma-4-12b", "gemma-4-26b-a4b", "gemma-4-31b"}
    assert not any(it["fits"] for it in listed if it["refused"])


def test_recommending(models):
    chosen = json.loads(models("recommend", "--json").stdout)
    assert chosen["id"] in {"nano", "gemma-4-e2b", "gemma-4-e4b"}
    assert chosen["why"] in models("recommend").stdout.replace("\n", " ")


def test_importing_verifying_and_looking_into_a_file(models, tmp_path):
    got = models("pull", "--from", MODEL, "--json")
    assert got.returncode == 0, got.stderr
    path = tmp_path / "data" / "edge-agent" / "models" / MODEL.name
    assert json.loads(got.stdout)["path"] == str(path)
    assert path.read_bytes() == MODEL.read_bytes()
    verified = models("verify", path)
    assert verified.returncode == 0
    assert "not one I know" in verified.stdout
    contents = json.loads(models("info", path, "--json").stdout)
    assert contents["able"] == ["text", "audio", "chat"]
    assert "prefill_512" in models("info", path).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("pull",), 2, "Name a model"),
        (("pull", "gemma-9"), 2, "no model 'gemma-9'"),
        (("pull", "gemma-4-31b"), 2, "cannot run here"),
        (("pull", "nano"), 2, "comes with the package"),
        (("pull", "gemma-4-e2b", "--hub", "somewhere"), 2, "no address of a hub"),
        (("pull", "--from", "gone.litertlm"), 2, "cannot be copied"),
        (("verify", "gone.litertlm"), 4, "cannot be opened"),
        (("info", __file__), 4, "not a .litertlm file"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(models, arguments, code, words):
    ended = models(*arguments)
    assert ended.returncode == code, ended.stderr
    assert words in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
