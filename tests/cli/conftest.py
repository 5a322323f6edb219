"""The command, run as a person runs it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def edge_agent(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in a folder of its own, with state and cache folders of its own."""
    folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CACHE")}

    def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [sys.executable, "-m", "edge_agent", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env=os.environ | folders | {"COLUMNS": "100"},
            cwd=tmp_path,
            timeout=120,
        )
        out, told = ended.stdout.decode(), ended.stderr.decode()
        return subprocess.CompletedProcess(ended.args, ended.returncode, out, told)

    run.folder = tmp_path
    return run
