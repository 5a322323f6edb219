"""One sentence for what became of many: "3 of 4 kitchen lights are off; the hob light …"."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from edge_agent.home.groups import Group
from edge_agent.home.types import Device
from edge_agent.tools.types import Call, Outcome, Status
from edge_agent.tools.words import (
    condition_of,
    done_by,
    in_plural,
    sentence,
    wish_for,
    with_article,
)

_NAMED_AT_MOST = 3
"""How many things are named; of more, their number is told."""


def told(calls: Sequence[Call], outcomes: Iterable[Outcome]) -> str:
    """Say what became of `calls`: those on the members of one group together."""
    pairs = zip(calls, outcomes, strict=True)
    said: list[str] = []
    for (group, _), run in groupby(pairs, key=lambda pair: (pair[0].group, pair[0].tool)):
        some, ends = zip(*run, strict=True)
        if group is None or len(ends) == 1:
            said += [end.words for end in ends]
        elif {(end.status, end.words) for end in ends} == {(Status.REFUSED, ends[0].words)}:
            said.append(ends[0].words)
        elif some[0].tool == "get_state":
            said.append(_conditions(group, ends))
        else:
            said += _ends(group, some[0], ends)
    return " ".join(said)


def _ends(group: Group, call: Call, outcomes: Sequence[Outcome]) -> list[str]:
    """Return a sentence for what was done, and for each other way in which it ended."""
    ends: dict[Status, list[Outcome]] = {status: [] for status in Status}
    for outcome in outcomes:
        ends[outcome.status].append(outcome)
    said = _done(group, call, ends, len(outcomes))
    if them := ends[Status.ASKED]:
        said.append(f"Shall I {wish_for(call.tool, _names(them), call.arguments)}?")
    if them := ends[Status.DRY_RUN]:
        whom = with_article(group.name) if len(them) == len(outcomes) else _names(them)
        said.append(f"I would {wish_for(call.tool, whom, call.arguments)}.")
    rest = [*ends[Status.SENT], *ends[Status.REFUSED], *ends[Status.FAILED]]
    said += [outcome.words for outcome in rest[:_NAMED_AT_MOST]]
    if len(rest) > _NAMED_AT_MOST:
        said.append(f"It is like that with {len(rest) - _NAMED_AT_MOST} more.")
    return said


def _done(group: Group, call: Call, ends: dict[Status, list[Outcome]], members: int) -> list[str]:
    done, silent = ends[Status.CONFIRMED], ends[Status.UNCONFIRMED]
    said = done_by(call.tool, call.arguments)
    if len(done) == members:
        one = group.name.startswith("everything")
        return [sentence(f"{with_article(group.name)} {said if one else in_plural(said)}")]
    clauses = []
    if done:
        said = said if len(done) == 1 else in_plural(said)
        clauses.append(f"{len(done)} of {members} {group.things} {said}")
    if silent:
        clauses.append(f"{_names(silent)} did not answer")
    return [sentence("; ".join(clauses))] if clauses else []


def _conditions(group: Group, outcomes: Sequence[Outcome]) -> str:
    """Say which members are how: "The hob light is on; 4 kitchen lights are off."."""
    devices = {device.id: device for device in group.devices}
    alike: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        condition = _condition(devices[outcome.device_id or ""], outcome)
        alike.setdefault(condition, []).append(outcome)
    clauses = []
    for condition, them in sorted(alike.items(), key=lambda it: len(it[1])):
        many = len(them) > _NAMED_AT_MOST
        whom = f"{len(them)} {group.things}" if many else _names(them)
        clauses.append(f"{whom} {condition if len(them) == 1 else in_plural(condition)}")
    return sentence("; ".join(clauses))


def _condition(device: Device, outcome: Outcome) -> str:
    main = condition_of(device, outcome.state or {}).partition(",")[0]
    return f"is {main}" if main else "has not said how it is"


def _names(outcomes: Sequence[Outcome]) -> str:
    """Return the names of some devices with "and" between the last two."""
    named = [with_article(outcome.device_name or "") for outcome in outcomes[:_NAMED_AT_MOST]]
    if len(outcomes) > len(named):
        named.append(f"{len(outcomes) - len(named)} more")
    first, last = ", ".join(named[:-1]), named[-1]
    return f"{first} and {last}" if first else last
