"""The tools of a home: one row a tool, with what a device must be able to do for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.home.types import Capability, Device, Kind

COLORS = (
    "red", "green", "blue", "white", "yellow", "orange", "purple", "pink", "warm_white",
    "cold_white", "cyan", "magenta", "turquoise", "gold", "violet",
)  # fmt: skip

_PERCENT = {"type": "integer", "minimum": 0, "maximum": 100}


@dataclass(frozen=True)
class HomeTool:
    """A tool that acts on one device, or asks it for its state.

    A device fits by what it can do (`capability`), or, where that is None, by its kind (`kinds`).
    `argument` is what the tool takes besides `device`: its name and JSON schema.
    """

    name: str
    description: str
    capability: Capability | None
    argument: tuple[str, Mapping[str, Any]] | None = None
    kinds: frozenset[Kind] = frozenset(Kind) - {Kind.SCENE, Kind.TOOL}

    def fits(self, device: Device) -> bool:
        """Tell whether `device` can be asked for this."""
        able = self.capability is None or self.capability in device.can
        return able and device.kind in self.kinds

    def parameters(self) -> dict[str, Any]:
        """Return the JSON schema of the arguments, without the devices that exist."""
        properties: dict[str, Any] = {"device": {"type": "string", "description": "its name"}}
        if self.argument is not None:
            name, schema = self.argument
            properties[name] = dict(schema)
        return {"type": "object", "properties": properties, "required": list(properties)}


HOME_TOOLS = (
    HomeTool("turn_on", "Switch a device on", Capability.ON_OFF),
    HomeTool("turn_off", "Switch a device off", Capability.ON_OFF),
    HomeTool(
        "set_brightness", "Dim or brighten a light", Capability.BRIGHTNESS, ("percent", _PERCENT)
    ),
    HomeTool(
        "set_color",
        "Change a light's color",
        Capability.COLOR,
        ("color", {"type": "string", "enum": list(COLORS)}),
    ),
    HomeTool("open", "Open or raise a cover", Capability.POSITION),
    HomeTool("close", "Close or lower a cover", Capability.POSITION),
    HomeTool("set_position", "Open a cover this far", Capability.POSITION, ("percent", _PERCENT)),
    HomeTool("lock", "Lock a lock", Capability.LOCK),
    HomeTool("unlock", "Unlock a lock", Capability.LOCK),
    HomeTool(
        "set_temperature",
        "Heat or cool to this temperature",
        Capability.TEMPERATURE,
        ("celsius", {"type": "number", "minimum": 5, "maximum": 35}),
    ),
    HomeTool("set_speed", "Run a fan this fast", Capability.SPEED, ("percent", _PERCENT)),
    HomeTool("set_volume", "Set how loud it plays", Capability.VOLUME, ("percent", _PERCENT)),
    HomeTool("play", "Play or resume", Capability.PLAYBACK),
    HomeTool("pause", "Pause or stop playing", Capability.PLAYBACK),
    HomeTool("activate", "Start a scene", None, kinds=frozenset({Kind.SCENE})),
    HomeTool("get_state", "Ask a device how it is", None),
)

TOOL_BY_NAME: Mapping[str, HomeTool] = {tool.name: tool for tool in HOME_TOOLS}
