"""What the model is told before anybody speaks: the devices, their tools, and worked examples.

The text holds nothing that changes while the home runs (no state, no time), so the KV cache that
is primed with it stays right until a device appears, vanishes or is renamed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge_agent.home.groups import Group, groups_of
from edge_agent.home.types import UNKNOWN_AREA, Device, Kind
from edge_agent.model.calls import format_call
from edge_agent.model.types import ToolCall, ToolDeclaration
from edge_agent.tools.contract import HOME_TOOLS, HomeTool
from edge_agent.understanding.names import Named, Names, able, names_for, one_line

_OPENING = "You run a home. Its devices:"
_RULE = "Call a tool for each thing that is asked. If no tool fits, call none and say so."
_EXAMPLE_TOOLS = ("turn_on", "set_brightness", "close", "lock", "set_temperature", "get_state")
_EXAMPLES_AT_MOST = 3
_SAID = {
    "turn_on": "turn on the {device}",
    "set_brightness": "set the {device} to 40 percent",
    "close": "close the {device}",
    "lock": "lock the {device}",
    "set_temperature": "set the {device} to 21 degrees",
    "get_state": "how is the {device}",
}
_GIVEN: Mapping[str, Mapping[str, int]] = {
    "set_brightness": {"percent": 40},
    "set_temperature": {"celsius": 21},
}
_NO_CALL = ("what is the weather", "I can only run this home.")


@dataclass(frozen=True)
class SystemPrompt:
    """The fixed start of every conversation. `names` is what its names mean."""

    text: str
    tools: tuple[ToolDeclaration, ...]
    names: Names


def build_system_prompt(
    devices: Iterable[Device],
    examples: int = _EXAMPLES_AT_MOST,
    groups: Iterable[Group] | None = None,
) -> SystemPrompt:
    """Describe `devices` and the tools that they can do, with so many worked examples at most.

    The `groups` are those of the devices if none are given. The same devices give the same bytes,
    in whatever order they come.
    """
    listed = [device for device in devices if device.kind is not Kind.TOOL]
    names = names_for(listed, groups_of(listed) if groups is None else groups)
    tools = [it for it in HOME_TOOLS if any(able(it, thing) for thing in names.values())]
    single = {name: it for name, it in names.items() if isinstance(it, Device)}
    lines = [_OPENING]
    lines += [f"{name} ({_sort_of(thing)}, {_place_of(thing)})" for name, thing in names.items()]
    lines.append(_RULE)
    lines += [_example(tool, single) for tool in _example_tools(tools, single)[:examples]]
    lines.append(f'"{_NO_CALL[0]}" {_NO_CALL[1]}')
    declarations = tuple(
        ToolDeclaration(
            tool.name,
            tool.description,
            tool.parameters(),
            {"device": tuple(name for name, thing in names.items() if able(tool, thing))},
        )
        for tool in tools
    )
    return SystemPrompt("\n".join(lines), declarations, names)


def _sort_of(thing: Named) -> str:
    return thing.kind.value if isinstance(thing, Device) else "group"


def _place_of(thing: Named) -> str:
    return one_line(thing.area) or UNKNOWN_AREA


def _example_tools(tools: Iterable[HomeTool], devices: Mapping[str, Device]) -> list[HomeTool]:
    offered = {it.name: it for it in tools if any(map(it.fits, devices.values()))}
    return [offered[name] for name in _EXAMPLE_TOOLS if name in offered]


def _example(tool: HomeTool, devices: Mapping[str, Device]) -> str:
    name = next(name for name, device in devices.items() if tool.fits(device))
    call = ToolCall(tool.name, {"device": name, **_GIVEN.get(tool.name, {})})
    return f'"{_SAID[tool.name].format(device=name)}" {format_call(call)}'
