"""A Homie 5 device with a dimmed, colored light, a pump and a thermostat."""

from typing import Any

from simulator import Simulator, serve

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.types import Will

DEVICE = "greenhouse"
BASE = f"homie/5/{DEVICE}"


def _settable(datatype: str, **more: str) -> dict[str, Any]:
    return {"datatype": datatype, "settable": True, **more}


DESCRIPTION = {
    "homie": "5.0",
    "version": 1,
    "name": "Greenhouse",
    "nodes": {
        "light": {
            "name": "Light",
            "properties": {
                "on": _settable("boolean"),
                "brightness": _settable("integer", format="0:255"),
                "color": _settable("color", format="rgb"),
            },
        },
        "pump": {"name": "Pump", "properties": {"on": _settable("boolean")}},
        "climate": {
            "name": "Heating",
            "properties": {
                "setpoint": _settable("float", unit="°C", format="5:35"),
                "temperature": {"datatype": "float", "unit": "°C"},
            },
        },
    },
}
AT_FIRST = {
    "light/on": "false",
    "light/brightness": "255",
    "light/color": "rgb,255,255,255",
    "pump/on": "false",
    "climate/setpoint": "18",
    "climate/temperature": "17.4",
}


class SimulatedHomie(Simulator):
    """Sets each property that is settable, at once, and tells it, retained."""

    def __init__(self, address: BrokerAddress) -> None:
        super().__init__(address, "homie", Will(f"{BASE}/$state", b"lost"))
        self.obey(f"{BASE}/+/+/set", self._set)
        self.tell(f"{BASE}/$state", "init")
        self.tell(f"{BASE}/$description", DESCRIPTION)
        for path, value in AT_FIRST.items():
            self.tell(f"{BASE}/{path}", value)
        self.tell(f"{BASE}/$state", "ready")

    def _set(self, topic: str, payload: bytes) -> None:
        node, name, _ = topic.removeprefix(f"{BASE}/").split("/")
        about = DESCRIPTION["nodes"][node]["properties"][name]
        if about.get("settable"):
            self.tell(f"{BASE}/{node}/{name}", payload.decode())


if __name__ == "__main__":
    serve(SimulatedHomie)
