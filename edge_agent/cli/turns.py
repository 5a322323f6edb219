"""Turns of the journal, read by somebody who wants to know."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_agent.tools.journal_records import Turn

_UNIT_S = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_AGO = re.compile(r"(\d+(?:\.\d+)?)([mhdw])")
_PASSED = {"confirmed", "sent", "unconfirmed", "failed", "dry-run"}


def moment_of(text: str, now: float) -> float:
    """Return when `2h` ago, or `2026-11-25 07:30`, was (seconds since 1970).

    Raises `ValueError` with a sentence.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - float(ago[1]) * _UNIT_S[ago[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        raise ValueError(
            f"'{text}' is no time: write 30m, 2h, 3d or 2w ago, or 2026-11-25 07:30."
        ) from None


def as_json(turn: "Turn") -> dict[str, Any]:
    """Return a turn as scripts read it."""
    return {
        "id": turn.id,
        "source": turn.source,
        "asked": turn.asked,
        "began_at": turn.began_at,
        "decided_at": turn.decided_at,
        "ended_at": turn.ended_at,
        "calls": [dict(call) for call in turn.calls],
        "outcomes": [dict(outcome) for outcome in turn.outcomes],
        "reply": turn.reply,
    }


def clock(moment: float) -> str:
    """Return a local date and time to the second."""
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def story(turn: "Turn") -> Iterator[tuple[str, str]]:
    """Yield what happened in a turn, step by step: a word, and what there is to say."""
    yield "when", f"{clock(turn.began_at)}, by {turn.source}"
    yield "heard", f"“{turn.asked}”" if turn.asked else "nothing that could be written down"
    if turn.decided_at is None:
        yield "decided", "nothing: it was interrupted before"
    elif not turn.calls:
        yield "decided", "no tool: it only answered"
    for call in turn.calls:
        yield "decided", _call(call)
    for outcome in turn.outcomes:
        yield from _checked_and_done(outcome)
    for action in turn.interrupted:
        yield "interrupted", f"{action.tool} on {action.device_id}: nobody knows how it ended"
    yield "answered", f"“{turn.reply}”" if turn.reply else "nothing"


def _call(call: Mapping[str, Any]) -> str:
    given = ", ".join(f"{name}: {value}" for name, value in call["arguments"].items())
    return f"{call['tool']}  {given}"


def _checked_and_done(outcome: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    status, reason = outcome["status"], outcome.get("reason", "")
    named = outcome.get("device_name") or outcome.get("device_id") or outcome["tool"]
    passed = status in _PASSED
    yield "checked", f"{named}: {'allowed' if passed else f'{status}, {reason}'}"
    if outcome.get("publish_ms") is not None:
        for command in outcome.get("commands", ()):
            yield "published", f"{command['topic']}  {command['payload']}"
    if status == "confirmed" and "confirm_ms" in outcome:
        where = outcome.get("confirmed_on", "its own topic")
        yield "confirmed", f"on {where}, after {outcome['confirm_ms']:.0f} ms"
    elif passed:
        yield status, outcome["words"]
