"""The part of the configuration that says what the agent may do. See docs/policy.md."""

from collections.abc import Iterable
from datetime import time

from pydantic import BaseModel, ConfigDict, Field, field_validator

from edge_agent.home.types import Capability
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.policy import NOISY, Permission, Policy, QuietHours, Rule

_DOABLE = frozenset(TOOL_BY_NAME) | frozenset(Capability)
_STRICT = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RuleSettings(BaseModel):
    """One rule; what is left out stands for all."""

    model_config = _STRICT

    permission: Permission
    do: tuple[str, ...] = Field((), description="tools or capabilities")
    device: tuple[str, ...] = Field((), description="ids or names")
    area: tuple[str, ...] = ()
    source: tuple[str, ...] = Field((), description="text, voice, wyoming, phone, mqtt")

    @field_validator("do", "device", "area", "source", mode="before")
    @classmethod
    def _one_or_several(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given

    @field_validator("do")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return _checked(given)


class QuietHoursSettings(BaseModel):
    """The hours in which what makes a noise is not simply done."""

    model_config = _STRICT

    begin: time = Field(alias="from")
    end: time = Field(alias="to")
    do: tuple[str, ...] = tuple(sorted(NOISY))
    permission: Permission = Permission.ASK

    @field_validator("do")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return _checked(given)


class PolicySettings(BaseModel):
    """All of it."""

    model_config = _STRICT

    rules: tuple[RuleSettings, ...] = ()
    quiet_hours: QuietHoursSettings | None = None
    actions_a_minute: int = Field(20, ge=1, description="how often one device is told something")
    observe: bool = Field(default=False, description="report what would be done, and do nothing")

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


def _checked(given: tuple[str, ...]) -> tuple[str, ...]:
    for name in given:
        if name not in _DOABLE:
            raise ValueError(f"nothing is called '{name}'; there are {', '.join(sorted(_DOABLE))}")
    return given
