"""The test of tools that training never met: what each is asked to do, in homes of some devices."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from edge_agent.home.types import Device
from edge_agent.model.types import ToolDeclaration
from tools.nano import names
from tools.nano.homes import fill_home

_TOOLS_A_HOME = 3
_DEVICES_A_HOME = 6
_SEED = 83


@dataclass(frozen=True)
class OwnToolsHome:
    """A home with tools of its own, and what is asked of these: words, tool, arguments."""

    devices: list[Device]
    tools: tuple[ToolDeclaration, ...]
    asked: list[tuple[str, str, dict[str, Any]]]


def own_tools_homes() -> Iterator[OwnToolsHome]:
    """Give the homes of `own_tools_test.yaml`, with devices of held-out names."""
    entries = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    chance = random.Random(_SEED)
    for first in range(0, len(entries), _TOOLS_A_HOME):
        group = entries[first : first + _TOOLS_A_HOME]
        yield OwnToolsHome(
            fill_home([], _DEVICES_A_HOME, names.HELD_OUT, chance),
            tuple(_declared(entry["tool"]) for entry in group),
            [
                (asked["say"], entry["tool"]["name"], asked["arguments"])
                for entry in group
                for asked in entry["requests"]
            ],
        )


def _declared(tool: dict[str, Any]) -> ToolDeclaration:
    schema = {
        "type": "object",
        "properties": tool["arguments"],
        "required": tool["required"],
    }
    return ToolDeclaration(tool["name"], tool["description"], schema)
