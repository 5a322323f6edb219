"""The part of the configuration that says what the agent may do. See docs/policy.md."""

from collections.abc import Callable, Iterable, Iterator
from datetime import time
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from edge_agent.configuration_file import Words
from edge_agent.home.types import Capability
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.policy import NOISY, Permission, Policy, QuietHours, Rule

Place = tuple[str | int, ...]
"""Where in the section a setting stands."""
_STRICT = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RuleSettings(BaseModel):
    """One rule: a permission, a limit, or both; what it is about, left out, stands for all."""

    model_config = _STRICT

    permission: Permission | None = None
    actions_a_minute: int | None = Field(None, ge=0, description="how often for each device")
    do: Words = Field((), description="tools, one's own too, or capabilities")
    device: Words = Field((), description="ids or names")
    area: Words = ()
    source: Words = Field((), description="text, voice, wyoming, phone, mqtt")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.permission is None and self.actions_a_minute is None:
            raise ValueError("a rule needs a `permission`, or `actions_a_minute`")
        return self


class QuietHoursSettings(BaseModel):
    """The hours in which what makes a noise is not simply done."""

    model_config = _STRICT

    begin: time = Field(alias="from")
    end: time = Field(alias="to")
    do: Words = tuple(sorted(NOISY))
    permission: Permission = Permission.ASK


class PolicySettings(BaseModel):
    """All of it."""

    model_config = _STRICT

    rules: tuple[RuleSettings, ...] = ()
    quiet_hours: QuietHoursSettings | None = None
    actions_a_minute: int = Field(20, ge=1, description="how often one device is told something")
    observe: bool = Field(default=False, description="report what would be done, and do nothing")

    def unknown(self, own_tools: Callable[[], Iterable[str]]) -> Iterator[tuple[Place, str]]:
        """Return what `do` names that is neither a tool nor a capability, and where it stands.

        `own_tools` are asked for only where a name is none of a home's.
        """
        doable = frozenset(TOOL_BY_NAME) | frozenset(Capability)
        named: list[tuple[Place, tuple[str, ...]]] = [
            (("rules", number, "do"), rule.do) for number, rule in enumerate(self.rules)
        ]
        if self.quiet_hours:
            named.append((("quiet_hours", "do"), self.quiet_hours.do))
        doubtful = [(place, name) for place, do in named for name in do if name not in doable]
        known = doable | frozenset(own_tools()) if doubtful else doable
        for place, name in doubtful:
            if name not in known:
                yield place, f"nothing is called '{name}'; there are {', '.join(sorted(known))}"

    def policy(self) -> Policy:
        """Return the policy of these settings."""
        quiet = self.quiet_hours
        return Policy(
            tuple(
                Rule(
                    rule.permission,
                    frozenset(rule.do),
                    _lower(rule.device),
                    _lower(rule.area),
                    _lower(rule.source),
                    rule.actions_a_minute,
                )
                for rule in self.rules
            ),
            QuietHours(quiet.begin, quiet.end, frozenset(quiet.do), quiet.permission)
            if quiet
            else None,
            self.actions_a_minute,
        )


def _lower(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
