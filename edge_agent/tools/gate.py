"""The gate: the one function that every action crosses before it may be published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from edge_agent.home.wanted import contradicts
from edge_agent.tools.types import Action, Refusal
from edge_agent.tools.words import infinitive


class Permission(StrEnum):
    """Whether something may be done."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


@dataclass(frozen=True)
class Policy:
    """What may be done, by tool: risk has a direction, so `unlock` and `lock` are told apart."""

    tools: Mapping[str, Permission] = field(default_factory=dict)
    otherwise: Permission = Permission.ALLOW

    def permission(self, tool: str) -> Permission:
        """Return what the policy says of a tool."""
        return self.tools.get(tool, self.otherwise)


Consent = Callable[[str], bool]
"""Asks a person a yes-or-no question, and tells whether they said yes."""


def nobody_there(_question: str) -> bool:
    """Take it for a no: nobody can be asked."""
    return False


def cross(
    action: Action, reply: Sequence[Action], policy: Policy, consent: Consent
) -> Refusal | None:
    """Decide on `action`, one of those that a `reply` of the model asks for; None lets it pass.

    A reply that wants the same twice gets it once. One that wants a device in two states at once
    was misunderstood: neither is done.
    """
    wish = infinitive(action.request)
    for other in reply:
        if other is action or other.request.device.id != action.request.device.id:
            continue
        if contradicts(action.wanted, other.wanted):
            return Refusal(
                "contradiction",
                f"I did not {wish}: I was also asked to {infinitive(other.request)}.",
            )
        if other.wanted == action.wanted and reply.index(other) < reply.index(action):
            return Refusal("repeated", f"I was asked to {wish} twice, and did it once.")
    permission = policy.permission(action.request.tool)
    if permission is Permission.DENY:
        return Refusal("denied", f"I may not {wish}.")
    if permission is Permission.ASK and not consent(f"Shall I {wish}?"):
        return Refusal("no_consent", f"I did not {wish}: that needs a yes first.")
    return None
