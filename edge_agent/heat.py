"""How warm the machine is, and whether it is slowed down by heat or a weak supply."""

import shutil
import subprocess
from pathlib import Path

HOT = 80.0
"""Degrees Celsius from which a Raspberry Pi 5 slows down (its documentation, "Frequency management
and thermal control")."""

SLOWED = {
    0: "under-voltage",
    1: "its frequency is capped",
    2: "it is throttled",
    3: "the soft temperature limit holds",
}
"""Bits of `vcgencmd get_throttled` (Raspberry Pi documentation); 16 higher: since the start."""

SINCE_START = 16

_ZONES = Path("/sys/class/thermal")
_ANSWERS_WITHIN_S = 5.0


def temperature(zones: Path = _ZONES) -> float | None:
    """Return the hottest zone that the kernel knows, in degrees Celsius; None if it knows none."""
    known = (_degrees(zone) for zone in zones.glob("thermal_zone*/temp"))
    return max((degrees for degrees in known if degrees is not None), default=None)


def asked_firmware() -> str | None:
    """Return what `vcgencmd get_throttled` says; None where there is no such firmware."""
    program = shutil.which("vcgencmd")
    if program is None:
        return None
    try:
        asked = subprocess.run(  # noqa: S603 - found on the path
            [program, "get_throttled"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_ANSWERS_WITHIN_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout


def slowed_flags(said: str) -> int | None:
    """Read `throttled=0x50005`, bits as in `SLOWED`; None for what is no such answer."""
    try:
        return int(said.strip().removeprefix("throttled="), 16)
    except ValueError:
        return None


def _degrees(path: Path) -> float | None:
    """Return a zone's temperature; the kernel gives thousandths of a degree Celsius."""
    try:
        return int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None
