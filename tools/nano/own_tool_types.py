"""A tool that somebody declared for a home, and the ways in which people ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge_agent.model.types import ToolDeclaration, Value


@dataclass(frozen=True)
class WayToAsk:
    """Words with a slot for each argument that they say, as in "for {minutes} minutes".

    `fixed` are the arguments that the words say without a slot. An `imperative` can be wrapped up
    ("could you …"); other words stand as they are.
    """

    words: str
    fixed: Mapping[str, Value] = field(default_factory=dict)
    imperative: bool = True


@dataclass(frozen=True)
class OwnTool:
    """A declared tool and the ways to ask for it.

    `texts` are things that people put into an argument of free text. `kin` are tools that are
    easily taken for this one: what stops the thing that this one starts.
    """

    declaration: ToolDeclaration
    ways: tuple[WayToAsk, ...]
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kin: tuple["OwnTool", ...] = ()
