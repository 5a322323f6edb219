"""A Tasmota with an RGB light, one with two relays, and one with a shutter."""

from typing import Any

from simulator import Simulator, serve

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.types import Will
from edge_agent.home.color import hs_of, rgb_of

RELAY, LIGHT, SHUTTER = 1, 2, 3
RGB = 3


def config(
    mac: str, topic: str, names: list[str], relays: list[int], light: int = 0
) -> dict[str, Any]:
    """Return a discovery config as the firmware writes it."""
    return {
        "ip": "192.0.2.1",
        "dn": names[0],
        "fn": [*names, *[None] * (8 - len(names))],
        "hn": topic,
        "mac": mac,
        "md": "simulated",
        "ofln": "Offline",
        "onln": "Online",
        "state": ["OFF", "ON", "TOGGLE", "HOLD"],
        "t": topic,
        "ft": "%prefix%/%topic%/",
        "tp": ["cmnd", "stat", "tele"],
        "rl": [*relays, *[0] * (32 - len(relays))],
        "so": {"4": 0, "17": 0, "20": 0, "68": 0},
        "if": 0,
        "lt_st": light,
        "ver": 1,
    }


CONFIGS = {
    "shelf": config("AA0000000001", "shelf", ["Shelf light"], [LIGHT], RGB),
    "boiler": config("AA0000000002", "boiler", ["Boiler", "Pump"], [RELAY, RELAY]),
    "attic": config("AA0000000003", "attic", ["Attic shutter"], [SHUTTER, SHUTTER]),
}


class SimulatedTasmota(Simulator):
    """One connection for all three, so that the last will is that of the first."""

    def __init__(self, address: BrokerAddress) -> None:
        super().__init__(address, "tasmota", Will("tele/shelf/LWT", b"Offline"))
        self.states: dict[str, dict[str, Any]] = {
            "shelf": {"POWER": "OFF", "Dimmer": 100, "HSBColor": "0,0,100"},
            "boiler": {"POWER1": "OFF", "POWER2": "OFF"},
            "attic": {"Shutter1": {"Position": 100, "Direction": 0, "Target": 100}},
        }
        self.obey("cmnd/+/+", self._command)
        for topic, about in CONFIGS.items():
            self.tell(f"tasmota/discovery/{about['mac']}/config", about)
            self.tell(f"tele/{topic}/LWT", "Online")

    def _command(self, topic: str, payload: bytes) -> None:
        _, name, command = topic.split("/")
        state, value = self.states.get(name), payload.decode()
        if state is None:
            return
        match command:
            case "STATE":
                self.tell(f"stat/{name}/RESULT", state, retain=False)
            case "STATUS":
                shutters = {key: state[key] for key in state if key.startswith("Shutter")}
                self.tell(f"stat/{name}/STATUS10", {"StatusSNS": shutters}, retain=False)
            case "ShutterPosition1" if name == "attic":
                shutter = {"Position": int(value), "Direction": 0, "Target": int(value)}
                self._answer(name, {"Shutter1": shutter})
            case "Dimmer" if name == "shelf":
                self._answer(name, {"POWER": "ON", "Dimmer": int(value)})
            case "Color2" if name == "shelf" and (rgb := rgb_of(value)):
                hue, saturation = hs_of(rgb)
                color = f"{round(hue)},{round(saturation)},{state['Dimmer']}"
                self._answer(name, {"POWER": "ON", "HSBColor": color})
            case _ if command in state:
                self._answer(name, {command: value})
            case _:
                self.tell(f"stat/{name}/RESULT", {"Command": "Unknown"}, retain=False)

    def _answer(self, name: str, change: dict[str, Any]) -> None:
        self.states[name] |= change
        self.tell(f"stat/{name}/RESULT", change, retain=False)


if __name__ == "__main__":
    serve(SimulatedTasmota)
