"""What may be done: by tool or capability, device, area, source and hour."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.risk import is_risky
from edge_agent.tools.types import Action

NOISY = frozenset({"play", "set_volume", "open", "close", "set_position", "set_speed"})
_BY_MACHINES = "mqtt"
"""A source behind which there need be no person: nobody there can be asked for a yes."""


class Permission(StrEnum):
    """Whether something may be done."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


_STRICTNESS = (Permission.ALLOW, Permission.ASK, Permission.DENY)


@dataclass(frozen=True)
class Rule:
    """A permission, or how often, and what it is for.

    An empty set stands for all; words are in lower case. `do` holds tools (`unlock`, or one's own)
    and capabilities (`lock`, both directions), `devices` ids or names.
    """

    permission: Permission | None
    do: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    actions_a_minute: int | None = None

    def fits(self, action: Action, source: str) -> bool:
        """Tell whether the rule is about `action`."""
        device = action.request.device
        return (
            _among(self.do, _done_by(action))
            and _among(self.devices, {it.casefold() for it in (device.id, *device.names)})
            and _among(self.areas, {device.area.casefold()})
            and _among(self.sources, {source})
        )


@dataclass(frozen=True)
class QuietHours:
    """Hours, over midnight perhaps, in which what is in `do` is not simply done."""

    begin: time
    end: time
    do: frozenset[str] = NOISY
    permission: Permission = Permission.ASK

    def now(self, moment: datetime) -> bool:
        """Tell whether it is quiet at `moment`."""
        clock = moment.time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


@dataclass(frozen=True)
class Policy:
    """The rules of a house; of those that fit, the first that says something of it holds.

    What no rule is about is allowed, but for what is risky: that needs a yes, and is denied to a
    source that has nobody to ask. Quiet hours only make it stricter, and so does that it is not
    sure whether a device was meant. No device is told to do more than `actions_a_minute` things a
    minute, but for what a rule has another number for.
    """

    rules: tuple[Rule, ...] = ()
    quiet_hours: QuietHours | None = None
    actions_a_minute: int = 20

    def permission(self, action: Action, source: str, moment: datetime) -> Permission:
        """Return whether `action` may be done for `source` at `moment` (local time)."""
        ruled = (it.permission for it in self.rules if it.permission and it.fits(action, source))
        permissions = [next(ruled, None) or _unruled(action, source)]
        quiet = self.quiet_hours
        if quiet and quiet.now(moment) and _among(quiet.do, _done_by(action)):
            permissions.append(quiet.permission)
        if not action.sure:
            permissions.append(_with_a_yes(source))
        return max(permissions, key=_STRICTNESS.index)

    def limit(self, action: Action, source: str) -> tuple[Rule | None, int]:
        """Return how often a minute such an action may be, and which rule says so, if one does."""
        for rule in self.rules:
            if rule.actions_a_minute is not None and rule.fits(action, source):
                return rule, rule.actions_a_minute
        return None, self.actions_a_minute


def _unruled(action: Action, source: str) -> Permission:
    own = action.request.own
    asks = is_risky(action) if own is None else own.risk == Permission.ASK
    if own is not None and own.risk == Permission.DENY:
        return Permission.DENY
    return _with_a_yes(source) if asks else Permission.ALLOW


def _with_a_yes(source: str) -> Permission:
    return Permission.DENY if source == _BY_MACHINES else Permission.ASK


def _done_by(action: Action) -> set[str]:
    tool = TOOL_BY_NAME.get(action.request.tool)
    names = {action.request.tool}
    return names | {tool.capability.value} if tool and tool.capability else names


def _among(wanted: frozenset[str], given: set[str]) -> bool:
    return not wanted or not wanted.isdisjoint(given)
