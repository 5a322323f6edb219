"""The test of tools that training never met: what each is asked to do, in homes of some devices."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from edge_agent.home.types import Device
from edge_agent.model.types import ToolDeclaration
from tools.nano import names
from tools.nano.homes import fill_home
from tools.nano.test_case import Case

_TOOLS_A_HOME = 3
_DEVICES_A_HOME = 6
_SEED = 83
_SPOKEN = (1, 3)
"""Which of the five requests for each tool are spoken, too."""

NO_HOME = -1
SPOKEN_ROW = "spoken, tools never seen in training"


@dataclass(frozen=True)
class OwnToolsHome:
    """A home with tools of its own, and what is asked of these: words, tool, arguments."""

    devices: list[Device]
    tools: tuple[ToolDeclaration, ...]
    asked: list[tuple[str, str, dict[str, Any]]]


def own_tools_spoken(voices: Sequence[str]) -> Iterator[Case]:
    """Give some of what is asked of each tool as cases that are spoken by `voices` in turn.

    They belong to none of the test's homes: their tool is their home.
    """
    for number, entry in enumerate(_entries()):
        tool = entry["tool"]["name"]
        for place in _SPOKEN:
            asked = entry["requests"][place]
            voice = voices[(number + place) % len(voices)]
            calls = [{"tool": tool, "arguments": asked["arguments"]}]
            name = f"own-{tool}-{place}"
            yield Case(name, NO_HOME, "new", "", asked["say"], voice, calls, SPOKEN_ROW)


def own_tools_homes() -> Iterator[OwnToolsHome]:
    """Give the homes of `own_tools_test.yaml`, with devices of held-out names."""
    entries = _entries()
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


def _entries() -> list[dict[str, Any]]:
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


def _declared(tool: dict[str, Any]) -> ToolDeclaration:
    schema = {
        "type": "object",
        "properties": tool["arguments"],
        "required": tool["required"],
    }
    return ToolDeclaration(tool["name"], tool["description"], schema)
