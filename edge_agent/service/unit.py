"""The unit file that comes with the package, and the drop-in that fits it to a machine."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from edge_agent.service.memory_limits import MemoryLimits

UNIT = "edge-agent.service"
USER = "edge-agent"
GROUPS = ("audio", "video", "render")
HOUSE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "link-local")
"""The private networks (RFC 1918, RFC 4193): for a broker that is named, not numbered."""

_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - as the unit hides them


@dataclass(frozen=True)
class Machine:
    """What of a machine the unit depends on.

    `needed_paths` are the files and folders that the program reads; `broker_host` is None for the
    embedded broker; `groups` are those of `GROUPS` that exist here; `encrypted` are the credentials
    that systemd-creds has encrypted.
    """

    program: Path
    configuration: Path
    needed_paths: tuple[Path, ...]
    broker_host: str | None
    groups: tuple[str, ...]
    memory: MemoryLimits
    encrypted: tuple[Path, ...] = ()


def unit_text() -> str:
    """Return the unit file as it comes with the package."""
    return (files("edge_agent") / "systemd" / UNIT).read_text(encoding="utf-8")


def drop_in(machine: Machine) -> str:
    """Return the settings that take the place of the unit's, or are added to them."""
    return "\n".join(_drop_in_lines(machine)) + "\n"


def _drop_in_lines(machine: Machine) -> Iterator[str]:
    yield "# Written by `edge-agent service install` for this machine."
    yield "[Service]"
    yield "ExecStart="
    command = (machine.program, "run", "-c", machine.configuration)
    yield "ExecStart=" + " ".join(_quoted(str(word)) for word in command)
    yield "SupplementaryGroups="
    yield f"SupplementaryGroups={' '.join(machine.groups)}"
    yield f"MemoryHigh={machine.memory.high}"
    yield f"MemoryMax={machine.memory.highest}"
    yield from (f"BindReadOnlyPaths={_quoted(str(path))}" for path in _hidden(machine.needed_paths))
    yield from (f"LoadCredentialEncrypted={it.stem}:{it}" for it in machine.encrypted)
    yield from (f"IPAddressAllow={network}" for network in networks_of(machine.broker_host))


def networks_of(broker_host: str | None) -> tuple[str, ...]:
    """Return which addresses the service must reach beyond this machine's own."""
    if broker_host is None or broker_host == "localhost":
        return ()
    try:
        address = ipaddress.ip_address(broker_host)
    except ValueError:
        return HOUSE_NETWORKS
    return () if address.is_loopback else (str(address),)


def _hidden(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Choose those that the unit hides, where no other of them contains it."""
    inside = [path for path in paths if any(path.is_relative_to(folder) for folder in _HIDDEN)]
    for path in dict.fromkeys(inside):
        if not any(path != other and path.is_relative_to(other) for other in inside):
            yield path


def _quoted(word: str) -> str:
    """Write a word for a unit file: `%` doubled, quotes where systemd would split it."""
    word = word.replace("%", "%%").replace("$", "$$")
    if any(c in word for c in " \t\"'\\"):
        escaped = word.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return word
