"""Check a model's call against the tools and the home, before anything else is done with it."""

from collections.abc import Mapping
from typing import Any

from edge_agent.home.types import Device
from edge_agent.tools.contract import TOOL_BY_NAME, HomeTool
from edge_agent.tools.types import Call, Refusal, Request
from edge_agent.tools.words import infinitive, the

_SHOWN = 40


def validate(call: Call, devices: Mapping[str, Device]) -> Request | Refusal:
    """Return what `call` asks of which device, or why it cannot be asked."""
    tool = TOOL_BY_NAME.get(call.tool)
    if tool is None:
        return Refusal("unknown_tool", f"There is no tool {_shown(call.tool)}.")
    device_id = call.arguments.get("device")
    if device_id is None:
        return Refusal("missing_argument", f"For {tool.name}, no device was named.")
    device = devices.get(device_id) if isinstance(device_id, str) else None
    if device is None:
        return Refusal("unknown_device", f"There is no device {_shown(device_id)} here.")
    given = {name: value for name, value in call.arguments.items() if name != "device"}
    wrong = _wrong_argument(tool, device, given)
    if wrong is not None:
        return wrong
    request = Request(tool.name, device, given)
    if not tool.fits(device):
        return Refusal("cannot", f"I cannot {infinitive(request)}: it has no such function.")
    return request


def _wrong_argument(tool: HomeTool, device: Device, given: Mapping[str, Any]) -> Refusal | None:
    expected = {} if tool.argument is None else {tool.argument[0]: tool.argument[1]}
    for name in given:
        if name not in expected:
            return Refusal("unknown_argument", f"{tool.name} takes no {_shown(name)}.")
    for name, schema in expected.items():
        if name not in given:
            return Refusal(
                "missing_argument", f"For {tool.name} on {the(device)}, the {name} is missing."
            )
        problem = _problem(schema, given[name])
        if problem is not None:
            return Refusal(
                "bad_argument",
                f"The {name} for {the(device)} must be {problem}, not {_shown(given[name])}.",
            )
    return None


def _problem(schema: Mapping[str, Any], value: object) -> str | None:
    """Return what `value` should have been; the tools' schemas hold enums and bounded numbers."""
    if "enum" in schema:
        fits = isinstance(value, str) and value in schema["enum"]
        return None if fits else "one of " + ", ".join(schema["enum"])
    whole = schema["type"] == "integer"
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    low, high = schema["minimum"], schema["maximum"]
    if number and isinstance(value, int | float) and low <= value <= high:
        return None
    return f"a {'whole ' if whole else ''}number from {low} to {high}"


def _shown(value: object) -> str:
    text = str(value)
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"'{''.join(c if c.isprintable() else '?' for c in short)}'"
