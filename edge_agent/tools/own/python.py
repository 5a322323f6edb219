"""Tools in Python: a typed function with a docstring, offered by a package.

```toml
[project.entry-points."edge_agent.tools"]
count_sheep = "sheep:count_sheep"
```

The first line of the docstring is the tool's description, its parameters are the arguments, and
what it returns is said. An attribute `risk` of the function may be `allow` or `deny`; otherwise it
asks.
"""

import inspect
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, get_args, get_origin, get_type_hints

from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.own.types import OwnTool, OwnToolError
from edge_agent.tools.policy import Permission

GROUP = "edge_agent.tools"
_TYPES: Mapping[object, str] = {int: "integer", float: "number", str: "string", bool: "boolean"}


def installed_tools() -> tuple[OwnTool, ...]:
    """Return the tools that installed packages offer. Raises `OwnToolError`."""
    return tuple(_loaded(found) for found in sorted(entry_points(group=GROUP)))


def tool_of(function: Callable[..., object]) -> OwnTool:
    """Return the tool that a function is. Raises `OwnToolError`."""
    name = function.__name__
    description = (inspect.getdoc(function) or "").partition("\n")[0]
    if not description:
        raise OwnToolError(f"The tool {name} has no docstring: the model has to know what it does.")
    if name in TOOL_BY_NAME:
        raise OwnToolError(f"There is a tool {name} already: give the function another name.")
    risk = getattr(function, "risk", Permission.ASK.value)
    if risk not in list(Permission):
        raise OwnToolError(f"The tool {name} has the risk {risk!r}: it is allow, ask or deny.")
    hints = get_type_hints(function)
    arguments = {
        parameter: _schema(name, parameter, hints.get(parameter))
        for parameter in inspect.signature(function).parameters
    }
    return OwnTool(name, description, arguments, risk=str(risk), run=function)


def _schema(tool: str, parameter: str, hint: object) -> dict[str, Any]:
    if hint in _TYPES:
        return {"type": _TYPES[hint]}
    if get_origin(hint) is Literal and all(isinstance(word, str) for word in get_args(hint)):
        return {"type": "string", "enum": list(get_args(hint))}
    raise OwnToolError(
        f"The argument {parameter} of the tool {tool} needs a type: int, float, str, bool, or a"
        " Literal of texts."
    )


def _loaded(found: EntryPoint) -> OwnTool:
    try:
        function = found.load()
    except Exception as error:
        raise OwnToolError(
            f"The tool {found.name} ({found.value}) cannot be loaded: {error}."
        ) from error
    if not callable(function):
        raise OwnToolError(f"The tool {found.name} ({found.value}) is no function.")
    return tool_of(function)
