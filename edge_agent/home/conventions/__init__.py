"""The conventions that are spoken: a new one is a module, and one row here.

A row is made with the places that the configuration names, and offers what `types.Convention` asks
for.
Where two conventions announce the same device, the one that stands first drives it: a device's own
convention knows more of it than the announcement to somebody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge_agent.home.conventions import homie, tasmota, zigbee2mqtt
from edge_agent.home.conventions.home_assistant.convention import DEFAULT_PREFIX, HomeAssistant
from edge_agent.home.conventions.homie import Homie
from edge_agent.home.conventions.several import Several
from edge_agent.home.conventions.shelly import Shelly, source_for
from edge_agent.home.conventions.tasmota import Tasmota
from edge_agent.home.conventions.types import Convention
from edge_agent.home.conventions.zigbee2mqtt import Zigbee2Mqtt


@dataclass(frozen=True)
class Places:
    """Where on a broker each convention is spoken: base topics, prefixes, a domain.

    `node` is the agent's name, to which a Shelly answers.
    """

    node: str = "agent"
    zigbee2mqtt: tuple[str, ...] = (zigbee2mqtt.DEFAULT_BASE,)
    home_assistant: str = DEFAULT_PREFIX
    tasmota: str = tasmota.DEFAULT_DISCOVERY
    homie: str = homie.DEFAULT_DOMAIN


CONVENTIONS: Mapping[str, Callable[[Places], Convention]] = {
    Zigbee2Mqtt.name: lambda it: Several(Zigbee2Mqtt.name, map(Zigbee2Mqtt, it.zigbee2mqtt)),
    Tasmota.name: lambda it: Tasmota(it.tasmota),
    Shelly.name: lambda it: Shelly(source_for(it.node)),
    Homie.name: lambda it: Homie(it.homie),
    HomeAssistant.name: lambda it: HomeAssistant(it.home_assistant),
}


def conventions_for(places: Places) -> tuple[Convention, ...]:
    """Return one of each."""
    return tuple(make(places) for make in CONVENTIONS.values())
