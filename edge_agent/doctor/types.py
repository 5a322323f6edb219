"""What the doctor finds."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How serious it is: `BAD` keeps the agent from working, `NOTICE` from a part of its work."""

    GOOD = "good"
    NOTICE = "notice"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was seen, and the mend in a sentence where one is due."""

    name: str
    verdict: Verdict
    seen: str
    mend: str = ""


def good(name: str, seen: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(name, Verdict.GOOD, seen)


def notice(name: str, seen: str, mend: str) -> Finding:
    """Return a finding that costs a part of the work."""
    return Finding(name, Verdict.NOTICE, seen, mend)


def bad(name: str, seen: str, mend: str) -> Finding:
    """Return a finding that must be mended first."""
    return Finding(name, Verdict.BAD, seen, mend)
