"""The conventions that are spoken: a new one is a module, and one row here.

A row is made with what the configuration says of it, and offers what `types.Convention` asks for.
Where two conventions announce the same device, the one that stands first drives it: a device's own
convention knows more of it than the announcement to somebody else.
"""

from collections.abc import Callable, Mapping

from edge_agent.home.conventions.home_assistant.convention import HomeAssistant
from edge_agent.home.conventions.homie import Homie
from edge_agent.home.conventions.shelly import Shelly, source_for
from edge_agent.home.conventions.tasmota import Tasmota
from edge_agent.home.conventions.types import Convention
from edge_agent.home.conventions.zigbee2mqtt import Zigbee2Mqtt

CONVENTIONS: Mapping[str, Callable[[], Convention]] = {
    "zigbee2mqtt": Zigbee2Mqtt,
    "tasmota": Tasmota,
    "shelly": Shelly,
    "homie": Homie,
    "home_assistant": HomeAssistant,
}


def conventions_for(node: str) -> tuple[Convention, ...]:
    """Return one of each for the agent called `node`, to which a Shelly answers by that name."""
    return tuple(
        Shelly(source_for(node)) if name == Shelly.name else make()
        for name, make in CONVENTIONS.items()
    )
