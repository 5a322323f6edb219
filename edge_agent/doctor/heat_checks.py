"""Temperature, and whether the machine is slowed down by heat or a weak supply."""

from pathlib import Path

from edge_agent.doctor.types import Finding, good, notice
from edge_agent.heat import HOT, SINCE_START, SLOWED, asked_firmware, slowed_flags
from edge_agent.heat import temperature as read_temperature

_MEND = "Use the official 27 W supply and a fan: a slowed Pi answers in twice the time."


def check_temperature(sysfs: Path = Path("/sys/class/thermal")) -> Finding:
    """Read the hottest zone that the kernel knows."""
    hottest = read_temperature(sysfs)
    if hottest is None:
        return good("temperature", "this machine does not tell")
    if hottest >= HOT:
        return notice("temperature", f"{hottest:.0f} °C", _MEND)
    return good("temperature", f"{hottest:.0f} °C")


def check_throttling() -> Finding:
    """Ask the firmware of a Raspberry Pi."""
    said = asked_firmware()
    return (
        good("throttling", "no Raspberry Pi firmware to ask") if said is None else throttling(said)
    )


def throttling(said: str) -> Finding:
    """Read what `vcgencmd get_throttled` says, as `throttled=0x50005`."""
    flags = slowed_flags(said)
    if flags is None:
        return notice(
            "throttling", "vcgencmd does not answer.", "Run it as root, or join the group video."
        )
    now = [what for bit, what in SLOWED.items() if flags >> bit & 1]
    earlier = [what for bit, what in SLOWED.items() if flags >> (bit + SINCE_START) & 1]
    if now:
        return notice("throttling", f"Now: {', '.join(now)}.", _MEND)
    if earlier:
        return notice("throttling", f"Since the start: {', '.join(earlier)}.", _MEND)
    return good("throttling", "none since the start")
