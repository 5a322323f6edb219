"""A Zigbee2MQTT with a lamp, a plug, a blind and a lock, and a heater that always fails."""

import json
from typing import Any

from simulator import Simulator, serve

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.types import Will
from edge_agent.home.color import rgb_of, xy_of

BASE = "zigbee2mqtt"
ALL = 7


def _state(on: str = "ON", off: str = "OFF") -> dict[str, Any]:
    both = {"value_on": on, "value_off": off, "access": ALL}
    return {"type": "binary", "name": "state", "property": "state", **both}


def _number(name: str, most: int) -> dict[str, Any]:
    both = {"value_min": 0, "value_max": most, "access": ALL}
    return {"type": "numeric", "name": name, "property": name, **both}


_XY = [{"type": "numeric", "name": axis, "property": axis, "access": ALL} for axis in "xy"]
_COLOR = {"type": "composite", "name": "color_xy", "property": "color", "features": _XY}

EXPOSES = {
    "desk lamp": {"type": "light", "features": [_state(), _number("brightness", 254), _COLOR]},
    "kettle": {"type": "switch", "features": [_state()]},
    "kitchen/blind": {
        "type": "cover",
        "features": [_state("OPEN", "CLOSE"), _number("position", 100)],
    },
    "back door": {"type": "lock", "features": [_state("LOCK", "UNLOCK")]},
    "heater": {"type": "switch", "features": [_state()]},
}
AT_FIRST = {
    "desk lamp": {"state": "OFF", "brightness": 254, "color": {"x": 0.3127, "y": 0.329}},
    "kettle": {"state": "OFF"},
    "kitchen/blind": {"position": 100, "state": "OPEN"},
    "back door": {"state": "LOCK"},
    "heater": {"state": "OFF"},
}
FAILS = "heater"


class SimulatedZigbee2Mqtt(Simulator):
    """Announces the devices, obeys `NAME/set`, and publishes the state that follows, retained."""

    def __init__(self, address: BrokerAddress) -> None:
        super().__init__(address, "zigbee2mqtt", Will(f"{BASE}/bridge/state", b"offline"))
        self.states = {name: dict(state) for name, state in AT_FIRST.items()}
        for depth in ("+", "+/+"):
            self.obey(f"{BASE}/{depth}/set", self._set)
        self.announce()
        for name in EXPOSES:
            self.tell(f"{BASE}/{name}/availability", {"state": "online"})
            self._publish(name)

    def announce(self, *without: str) -> None:
        """Publish the list of devices, but for some that have left."""
        listed = [self._device(name) for name in EXPOSES if name not in without]
        self.tell(f"{BASE}/bridge/state", {"state": "online"})
        self.tell(f"{BASE}/bridge/devices", listed)
        self.tell(f"{BASE}/bridge/groups", [])

    def _device(self, name: str) -> dict[str, Any]:
        number = list(EXPOSES).index(name) + 1
        definition = {"model": "simulated", "vendor": "nobody", "exposes": [EXPOSES[name]]}
        return {
            "ieee_address": f"0x{number:016x}",
            "type": "Router",
            "supported": True,
            "friendly_name": name,
            "definition": {**definition, "options": []},
            "interview_completed": True,
        }

    def _set(self, topic: str, payload: bytes) -> None:
        name = topic.removeprefix(f"{BASE}/").removesuffix("/set")
        if name not in self.states:
            return
        if name == FAILS:
            reason = "Error: Command genOnOff.on({}) failed (Timeout after 10000ms)"
            text = f"z2m: Publish 'set' 'state' to '{name}' failed: '{reason}'"
            self.tell(f"{BASE}/bridge/logging", {"level": "error", "message": text}, retain=False)
            return
        wanted = json.loads(payload)
        rgb = rgb_of(wanted.get("color", {}).get("hex", ""))
        if rgb is not None:
            wanted["color"] = dict(zip("xy", xy_of(rgb), strict=True))
        self.states[name] |= wanted
        self._publish(name)

    def _publish(self, name: str) -> None:
        self.tell(f"{BASE}/{name}", {**self.states[name], "linkquality": 120})


if __name__ == "__main__":
    serve(SimulatedZigbee2Mqtt)
