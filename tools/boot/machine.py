"""A booted Debian: systemd as its first process, in a container without a network."""

import os
import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BOOT_SECONDS = 120
_HALT_SECONDS = 20
_NSPAWN = (
    "systemd-nspawn",
    "--quiet",
    "--boot",
    "--register=no",
    "--keep-unit",
    "--private-network",
    "--notify-ready=yes",
    "--console=pipe",
)
_LEADER = re.compile(r"X_NSPAWN_LEADER_PID=(\d+)")


class Machine:
    """Runs commands in a booted container."""

    def __init__(self, leader: int) -> None:
        """Enter where the process `leader`, its systemd, lives."""
        self._enter = ["nsenter", "-t", str(leader), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w"]
        self._enter += ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]

    def run(self, command: str, *, check: bool = True) -> str:
        """Run a line of shell and return what it prints."""
        ended = subprocess.run(
            [*self._enter, "sh", "-c", command], capture_output=True, text=True, check=False
        )
        said = (ended.stdout + ended.stderr).strip()
        if check and ended.returncode:
            raise RuntimeError(f"'{command}' ended with {ended.returncode}:\n{said}")
        return said

    @contextmanager
    def journal(self, seconds: int = 120) -> Iterator["Journal"]:
        """Follow the service's journal from now on, `seconds` at most."""
        follow = [
            "timeout",
            str(seconds),
            "journalctl",
            "-u",
            "edge-agent",
            "-f",
            "-n0",
            "-o",
            "cat",
        ]
        with subprocess.Popen(
            [*self._enter, *follow], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as following:
            try:
                yield Journal(following)
            finally:
                following.terminate()


class Journal:
    """The journal's lines as they come."""

    def __init__(self, following: "subprocess.Popen[str]") -> None:
        """Read what `following` prints."""
        self._following = following

    def until(self, pattern: str) -> list[str]:
        """Return the lines up to the first with `pattern` in it; raises `TimeoutError`."""
        lines = []
        for line in self._following.stdout or ():
            lines.append(line.strip())
            if re.search(pattern, line):
                return lines
        raise TimeoutError(f"the journal never said '{pattern}':\n" + "\n".join(lines))


@contextmanager
def booted(root: Path) -> Iterator[Machine]:
    """Boot the Debian in `root`, and power it off at the end."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told,
    ):
        told.bind(f"{folder}/notify")
        told.settimeout(_BOOT_SECONDS)
        with (Path(folder) / "console").open("w") as console:
            container = subprocess.Popen(
                [*_NSPAWN, "-D", str(root)],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env=os.environ | {"NOTIFY_SOCKET": f"{folder}/notify"},
            )
        try:
            leader = _leader(told)
            told.close()  # the container goes on telling, and would wait for somebody who listens
            yield Machine(leader)
        finally:
            container.terminate()
            try:
                container.wait(_HALT_SECONDS)
            except subprocess.TimeoutExpired:
                container.kill()
                container.wait()


def _leader(told: socket.socket) -> int:
    """Wait until the container says that it has booted, and return its first process."""
    leader = 0
    while True:
        message = told.recv(4096).decode()
        if found := _LEADER.search(message):
            leader = int(found.group(1))
        if "READY=1" in message.splitlines() and leader:
            return leader
