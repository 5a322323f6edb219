"""An ESPHome board with a fan and a lock, as it announces itself to Home Assistant.

Topics and keys are those of https://esphome.io/components/mqtt and of the firmware's own configs.
"""

from simulator import Simulator, serve

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.types import Will

PREFIX = "hallway-board"
DEVICE = {"ids": "aa0000000005", "name": "hallway board", "sw": "esphome v2026.10.0", "mf": "x"}
CONFIGS = {
    "fan/hallway-board/ceiling_fan": {
        "name": "ceiling fan",
        "stat_t": f"{PREFIX}/fan/ceiling_fan/state",
        "cmd_t": f"{PREFIX}/fan/ceiling_fan/command",
        "pct_cmd_t": f"{PREFIX}/fan/ceiling_fan/speed_level/command",
        "pct_stat_t": f"{PREFIX}/fan/ceiling_fan/speed_level/state",
        "spd_rng_max": 4,
    },
    "lock/hallway-board/front_door": {
        "name": "front door",
        "stat_t": f"{PREFIX}/lock/front_door/state",
        "cmd_t": f"{PREFIX}/lock/front_door/command",
    },
}
LOCKED = {"LOCK": "LOCKED", "UNLOCK": "UNLOCKED"}


class SimulatedEspHome(Simulator):
    """Obeys `PREFIX/COMPONENT/NAME/command`, and tells on `PREFIX/COMPONENT/NAME/state`."""

    def __init__(self, address: BrokerAddress) -> None:
        super().__init__(address, "esphome", Will(f"{PREFIX}/status", b"offline"))
        self.obey(f"{PREFIX}/fan/ceiling_fan/command", self._answer)
        self.obey(f"{PREFIX}/fan/ceiling_fan/speed_level/command", self._answer)
        self.obey(f"{PREFIX}/lock/front_door/command", self._answer)
        for path, config in CONFIGS.items():
            both = {"avty_t": f"{PREFIX}/status", "uniq_id": path.replace("/", "-"), "dev": DEVICE}
            self.tell(f"homeassistant/{path}/config", {**config, **both})
        self.tell(f"{PREFIX}/status", "online")
        self.tell(f"{PREFIX}/fan/ceiling_fan/state", "OFF")
        self.tell(f"{PREFIX}/lock/front_door/state", "UNLOCKED")

    def _answer(self, topic: str, payload: bytes) -> None:
        said = payload.decode()
        self.tell(topic.removesuffix("command") + "state", LOCKED.get(said, said))


if __name__ == "__main__":
    serve(SimulatedEspHome)
