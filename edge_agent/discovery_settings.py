"""The part of the configuration that says where devices announce themselves."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from edge_agent.configuration_file import Words
from edge_agent.home.conventions import Places
from edge_agent.home.conventions.home_assistant.convention import DEFAULT_PREFIX
from edge_agent.home.conventions.homie import DEFAULT_DOMAIN
from edge_agent.home.conventions.tasmota import DEFAULT_DISCOVERY
from edge_agent.home.conventions.untrusted import topic
from edge_agent.home.conventions.zigbee2mqtt import DEFAULT_BASE


def _a_place(given: str) -> str:
    if topic(given) is None or given != given.strip("/ "):
        raise ValueError(
            f"'{given}' is no topic to look below: write it without +, # and a slash at either end"
        )
    return given


def _all_places(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_a_place, given)))


_Place = Annotated[str, AfterValidator(_a_place)]
_Places = Annotated[Words, Field(min_length=1), AfterValidator(_all_places)]


class DiscoverySettings(BaseModel):
    """Where each convention is looked for. docs/discovery.md has the conventions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zigbee2mqtt: _Places = Field((DEFAULT_BASE,), description="base topic of each Zigbee2MQTT")
    home_assistant: _Place = Field(DEFAULT_PREFIX, description="Home Assistant's discovery prefix")
    tasmota: _Place = Field(DEFAULT_DISCOVERY, description="Tasmota's discovery prefix")
    homie: _Place = Field(DEFAULT_DOMAIN, description="the Homie domain")

    def places(self, node: str) -> Places:
        """Return the places for the agent called `node`."""
        return Places(
            node,
            self.zigbee2mqtt,
            self.home_assistant,
            self.tasmota,
            self.homie,
        )
