"""What the model is told before anybody speaks: the devices, their tools, and worked examples.

The text holds nothing that changes while the home runs (no state, no time), so the KV cache that
is primed with it stays right until a device appears, vanishes or is renamed.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count

from edge_agent.home.types import Device, Kind
from edge_agent.model.calls import format_call
from edge_agent.model.types import ToolCall, ToolDeclaration
from edge_agent.model.untrusted_text import defuse
from edge_agent.tools.contract import HomeTool, tools_for

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
    """The fixed start of every conversation.

    `device_ids` leads from the name that the prompt gives a device back to its id.
    """

    text: str
    tools: tuple[ToolDeclaration, ...]
    device_ids: Mapping[str, str]


def build_system_prompt(
    devices: Iterable[Device], examples: int = _EXAMPLES_AT_MOST
) -> SystemPrompt:
    """Describe `devices` and the tools that they can do, with so many worked examples at most.

    The same devices give the same bytes, in whatever order they come.
    """
    names = spoken_names(device for device in devices if device.kind is not Kind.TOOL)
    by_name = sorted(names, key=lambda device: names[device])
    tools = tools_for(by_name)
    lines = [_OPENING]
    lines += [f"{names[d]} ({d.kind.value}, {_one_line(d.area)})" for d in by_name]
    lines.append(_RULE)
    lines += [_example(tool, by_name, names) for tool in _example_tools(tools)[:examples]]
    lines.append(f'"{_NO_CALL[0]}" {_NO_CALL[1]}')
    declarations = tuple(
        ToolDeclaration(
            tool.name,
            tool.description,
            tool.parameters(),
            {"device": tuple(names[d] for d in by_name if tool.fits(d))},
        )
        for tool in tools
    )
    return SystemPrompt("\n".join(lines), declarations, {names[d]: d.id for d in by_name})


def spoken_names(devices: Iterable[Device]) -> dict[Device, str]:
    """Give every device a name of its own: its name, with its area in front where two share one.

    Devices that would still share one are numbered in the order of their ids. Names are in lower
    case, as they are heard: a small model copies them more surely so. They are what people and
    devices made of them, so they are put on one line and cannot hold control tokens.
    """
    ordered = sorted(devices, key=lambda device: device.id)
    shared = Counter(_spoken(device).casefold() for device in ordered)
    taken: set[str] = set()
    names: dict[Device, str] = {}
    for device in ordered:
        name, area = _spoken(device), _one_line(device.area)
        if shared[name.casefold()] > 1 and area.casefold() not in name.casefold():
            name = f"{area} {name}"
        names[device] = _not_taken(name, taken)
        taken.add(names[device].casefold())
    return names


def _not_taken(name: str, taken: Container[str]) -> str:
    numbered = (f"{name} {number}" for number in count(2))
    return next(n for n in chain([name], numbered) if n.casefold() not in taken)


def _spoken(device: Device) -> str:
    return _one_line(device.name) or device.kind.value


def _one_line(text: str) -> str:
    return defuse(" ".join(text.lower().split()))


def _example_tools(tools: Iterable[HomeTool]) -> list[HomeTool]:
    offered = {tool.name: tool for tool in tools}
    return [offered[name] for name in _EXAMPLE_TOOLS if name in offered]


def _example(tool: HomeTool, devices: Iterable[Device], names: Mapping[Device, str]) -> str:
    name = names[next(device for device in devices if tool.fits(device))]
    call = ToolCall(tool.name, {"device": name, **_GIVEN.get(tool.name, {})})
    return f'"{_SAID[tool.name].format(device=name)}" {format_call(call)}'
