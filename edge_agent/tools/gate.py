"""The gate: the one function that every action crosses before it may be published."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from edge_agent.home.types import Kind
from edge_agent.home.wanted import contradicts
from edge_agent.tools.consents import Agreement
from edge_agent.tools.policy import Permission, Policy, Rule
from edge_agent.tools.risk import is_risky
from edge_agent.tools.types import Action, Call, Refusal
from edge_agent.tools.words import infinitive, the

NEEDS_YES = "needs_yes"
"""The reason of a refusal that a person can lift by a yes."""

NOT_SPOKEN_OF = "I know nothing here by that name."
"""What is said of a device that nothing in the request speaks of."""

_MINUTE_S = 60.0


class Gate:
    """Decides by a policy. It remembers how often each device was told something."""

    def __init__(
        self,
        policy: Policy,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """Take the rules of the house, a clock for the rate (s), and the local time."""
        self._policy = policy
        self._clock = clock
        self._now = now
        self._lock = threading.Lock()
        self._told: dict[tuple[str, Rule | None], deque[float]] = {}

    def cross(
        self, action: Action, reply: Sequence[Action], source: str, agreement: Agreement | None
    ) -> Refusal | None:
        """Decide on `action`, one of those that a `reply` asks for; None lets it pass.

        A reply that wants the same twice gets it once. One that wants a device in two states at
        once was misunderstood: neither is done. What is not sure to be meant is asked about. An
        `agreement` turns ask into allow for the calls that it is about, and nothing else.
        """
        wish = infinitive(action.request)
        refusal = _within_reply(action, reply, wish)
        if refusal is not None:
            return refusal
        permission = self._policy.permission(action, source, self._now())
        doubt = "" if action.sure else f"{NOT_SPOKEN_OF} "
        if permission is Permission.DENY:
            return Refusal("denied", f"{doubt}I may not {wish}.")
        if permission is Permission.ASK and not _agreed(action, agreement):
            return Refusal(NEEDS_YES, f"{doubt}Shall I {wish}?")
        return self._within_rate(action, source)

    def is_harmless(self, action: Action, source: str) -> bool:
        """Tell whether `action` may be done unasked, and undone, which a scene may not."""
        if action.request.device.kind is Kind.SCENE or is_risky(action):
            return False
        return self._policy.permission(action, source, self._now()) is Permission.ALLOW

    def _within_rate(self, action: Action, source: str) -> Refusal | None:
        """Refuse what comes too often; each limit counts what it is about, for each device."""
        device = action.request.device
        rule, most = self._policy.limit(action, source)
        with self._lock:
            told = self._told.setdefault((device.id, rule), deque())
            while told and self._clock() - told[0] >= _MINUTE_S:
                told.popleft()
            if len(told) < most:
                told.append(self._clock())
                return None
        who = "it" if action.request.own else the(device)
        return Refusal(
            "too_often",
            f"I did not {infinitive(action.request)}: {who} was told {_things(most)} in the"
            " last minute, and that is the most.",
        )


def _within_reply(action: Action, reply: Sequence[Action], wish: str) -> Refusal | None:
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
    return None


def _things(count: int) -> str:
    return "one thing" if count == 1 else f"{count} things"


def _agreed(action: Action, agreement: Agreement | None) -> bool:
    return agreement is not None and call_of(action) in agreement.calls


def call_of(action: Action) -> Call:
    """Return the call that `action` came from."""
    request = action.request
    about = {} if request.own else {"device": request.device.id}
    return Call(request.tool, {**about, **request.arguments})
