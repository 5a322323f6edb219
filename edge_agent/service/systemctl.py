"""What systemd says of the service."""

import subprocess
from dataclasses import dataclass

from edge_agent.service.steps import ServiceError, run
from edge_agent.service.unit import UNIT

_NOT_SET = str(2**64 - 1)  # how systemd writes a number that it does not have


@dataclass(frozen=True)
class ServiceStatus:
    """The service as systemd sees it.

    `state` is as `systemctl` names it (`active`, `activating`, `failed`, `inactive`), `doing` the
    agent's own sentence. `memory_bytes` is None where it does not run.
    """

    installed: bool
    enabled: bool
    state: str
    doing: str
    pid: int
    restarts: int
    since: str
    last_result: str
    memory_bytes: int | None

    @property
    def running(self) -> bool:
        """Tell whether it answers."""
        return self.state == "active"


_PROPERTIES = (
    "LoadState",
    "UnitFileState",
    "ActiveState",
    "StatusText",
    "MainPID",
    "NRestarts",
    "ActiveEnterTimestamp",
    "Result",
    "MemoryCurrent",
)


def service_status() -> ServiceStatus:
    """Ask systemd; raises `ServiceError`."""
    return parse_status(run(("systemctl", "show", UNIT, f"--property={','.join(_PROPERTIES)}")))


def parse_status(shown: str) -> ServiceStatus:
    """Read what `systemctl show` prints."""
    said = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    memory = said.get("MemoryCurrent", "")
    return ServiceStatus(
        installed=said.get("LoadState") == "loaded",
        enabled=said.get("UnitFileState") == "enabled",
        state=said.get("ActiveState", "unknown"),
        doing=said.get("StatusText", ""),
        pid=int(said.get("MainPID") or 0),
        restarts=int(said.get("NRestarts") or 0),
        since=said.get("ActiveEnterTimestamp", ""),
        last_result=said.get("Result", ""),
        memory_bytes=int(memory) if memory.isdecimal() and memory != _NOT_SET else None,
    )


def show_logs(lines: int, *, follow: bool) -> None:
    """Let `journalctl` print the service's last lines; raises `ServiceError`."""
    command = ["journalctl", "--no-pager", f"--unit={UNIT}", f"--lines={lines}"]
    if follow:
        command.append("--follow")
    try:
        subprocess.run(command, check=True)  # noqa: S603 - a command of this room
    except FileNotFoundError as error:
        raise ServiceError("journalctl is missing: this machine has no systemd.") from error
    except subprocess.CalledProcessError as error:
        raise ServiceError(f"journalctl ended with {error.returncode}.") from error
