"""A device that announces itself to Home Assistant: a light, a fan, a blind and a thermometer."""

import json

from simulator import Simulator, serve

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.types import Will

TOPIC = "workshop"
CONFIG = {
    "dev": {"ids": ["workshop01"], "name": "Workshop", "sa": "workshop"},
    "o": {"name": "simulated"},
    "avty_t": f"{TOPIC}/lwt",
    "cmps": {
        "bench": {
            "p": "light",
            "name": "Bench light",
            "schema": "json",
            "sup_clrm": ["rgb"],
            "cmd_t": f"{TOPIC}/bench/set",
            "stat_t": f"{TOPIC}/bench",
        },
        "fan": {
            "p": "fan",
            "name": "Fan",
            "cmd_t": f"{TOPIC}/fan/set",
            "stat_t": f"{TOPIC}/fan",
            "pct_cmd_t": f"{TOPIC}/fan/speed/set",
            "pct_stat_t": f"{TOPIC}/fan/speed",
            "spd_rng_max": 4,
        },
        "blind": {
            "p": "cover",
            "name": "Blind",
            "dev_cla": "blind",
            "set_pos_t": f"{TOPIC}/blind/set",
            "pos_t": f"{TOPIC}/blind",
            "val_tpl": "{{ value_json.position }}",
        },
        "temperature": {
            "p": "sensor",
            "dev_cla": "temperature",
            "unit_of_meas": "°C",
            "stat_t": f"{TOPIC}/temperature",
        },
    },
}


class SimulatedHomeAssistantDevice(Simulator):
    """Obeys the command topics of its config, and tells on the state topics, retained."""

    def __init__(self, address: BrokerAddress) -> None:
        super().__init__(address, "home-assistant", Will(f"{TOPIC}/lwt", b"offline"))
        self.light = {"state": "OFF", "brightness": 255, "color": {"r": 255, "g": 255, "b": 255}}
        self.obey(f"{TOPIC}/bench/set", self._light)
        self.obey(f"{TOPIC}/fan/set", self._repeat)
        self.obey(f"{TOPIC}/fan/speed/set", self._repeat)
        self.obey(f"{TOPIC}/blind/set", self._blind)
        self.tell("homeassistant/device/workshop01/config", CONFIG)
        self.tell(f"{TOPIC}/lwt", "online")
        self.tell(f"{TOPIC}/bench", self.light)
        self.tell(f"{TOPIC}/fan", "OFF")
        self.tell(f"{TOPIC}/fan/speed", "2")
        self.tell(f"{TOPIC}/blind", {"position": 100})
        self.tell(f"{TOPIC}/temperature", "16.5")

    def leave(self) -> None:
        """Take the announcement back."""
        self.tell("homeassistant/device/workshop01/config", "")

    def _light(self, _: str, payload: bytes) -> None:
        self.light |= json.loads(payload)
        self.tell(f"{TOPIC}/bench", self.light)

    def _repeat(self, topic: str, payload: bytes) -> None:
        self.tell(topic.removesuffix("/set"), payload.decode())

    def _blind(self, _: str, payload: bytes) -> None:
        self.tell(f"{TOPIC}/blind", {"position": int(payload)})


if __name__ == "__main__":
    serve(SimulatedHomeAssistantDevice)
