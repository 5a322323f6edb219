"""How much memory is left before the kernel ends a program: the machine's, and the service's."""

from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_OWN_GROUP = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


def memory_left(
    meminfo: Path = _MEMINFO, own_group: Path = _OWN_GROUP, groups: Path = _GROUPS
) -> float:
    """Return the share (0...1) that is left of what this process may have; 1 if nobody tells.

    Pages of files can be had back at any time, and count as left. Sources: proc_meminfo(5), and the
    kernel's documentation of cgroup v2 (`memory.max`, `memory.current`, `memory.stat`).
    """
    return min(_machine(meminfo), _service(own_group, groups))


def _machine(meminfo: Path) -> float:
    said = _numbers(meminfo)
    total = said.get("MemTotal:", 0)
    return said.get("MemAvailable:", 0) / total if total else 1.0


def _service(own_group: Path, groups: Path) -> float:
    try:
        folder = groups / own_group.read_text(encoding="ascii").strip().rpartition("::/")[2]
        highest = int((folder / "memory.max").read_text(encoding="ascii"))
        used = int((folder / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):  # no cgroup v2, or the word `max`
        return 1.0
    return max(0.0, 1 - (used - _numbers(folder / "memory.stat").get("file", 0)) / highest)


def _numbers(path: Path) -> dict[str, int]:
    """Read lines that begin with a name and a number."""
    try:
        lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    except OSError:
        return {}
    return {words[0]: int(words[1]) for words in lines if len(words) > 1 and words[1].isdecimal()}
