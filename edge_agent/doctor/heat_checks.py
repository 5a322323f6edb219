"""Temperature, and whether the machine is slowed down by heat or a weak supply."""

import shutil
import subprocess
from pathlib import Path

from edge_agent.doctor.types import Finding, good, notice

HOT = 80.0
"""Degrees Celsius from which a Raspberry Pi 5 slows down (its documentation, "Frequency management
and thermal control")."""

_FLAGS = {
    0: "under-voltage",
    1: "its frequency is capped",
    2: "it is throttled",
    3: "the soft temperature limit holds",
}
"""Bits of `vcgencmd get_throttled` (Raspberry Pi documentation); 16 higher: since the start."""

_SINCE_START = 16
_MEND = "Use the official 27 W supply and a fan: a slowed Pi answers in twice the time."


def check_temperature(sysfs: Path = Path("/sys/class/thermal")) -> Finding:
    """Read the hottest zone that the kernel knows."""
    degrees = [
        it for zone in sysfs.glob("thermal_zone*/temp") if (it := _degrees(zone)) is not None
    ]
    if not degrees:
        return good("temperature", "this machine does not tell")
    hottest = max(degrees)
    if hottest >= HOT:
        return notice("temperature", f"{hottest:.0f} °C", _MEND)
    return good("temperature", f"{hottest:.0f} °C")


def check_throttling() -> Finding:
    """Ask the firmware of a Raspberry Pi."""
    program = shutil.which("vcgencmd")
    if program is None:
        return good("throttling", "no Raspberry Pi firmware to ask")
    asked = subprocess.run([program, "get_throttled"], capture_output=True, text=True, check=False)  # noqa: S603 - found on the path
    return throttling(asked.stdout)


def throttling(said: str) -> Finding:
    """Read what `vcgencmd get_throttled` says, as `throttled=0x50005`."""
    try:
        flags = int(said.strip().removeprefix("throttled="), 16)
    except ValueError:
        return notice(
            "throttling", "vcgencmd does not answer.", "Run it as root, or join the group video."
        )
    now = [what for bit, what in _FLAGS.items() if flags >> bit & 1]
    earlier = [what for bit, what in _FLAGS.items() if flags >> (bit + _SINCE_START) & 1]
    if now:
        return notice("throttling", f"Now: {', '.join(now)}.", _MEND)
    if earlier:
        return notice("throttling", f"Since the start: {', '.join(earlier)}.", _MEND)
    return good("throttling", "none since the start")


def _degrees(path: Path) -> float | None:
    """Return a zone's temperature; the kernel gives thousandths of a degree Celsius."""
    try:
        return int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None
