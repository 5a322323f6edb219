"""A Shelly with a switch, a dimmable light and a cover, over its RPC channel."""

import json
from typing import Any

from simulator import Simulator, serve

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.types import Will

PREFIX = "shellysimulated-aa0000000004"
CONFIG = {
    "mqtt": {"enable": True, "topic_prefix": PREFIX},
    "sys": {"device": {"name": "Terrace", "mac": "AA0000000004"}},
    "switch:0": {"id": 0, "name": "Terrace heater"},
    "light:0": {"id": 0, "name": "Terrace light"},
    "cover:0": {"id": 0, "name": "Terrace awning"},
}
INVALID, UNKNOWN_METHOD = -103, 404
_NAMES = {"on": "output", "brightness": "brightness"}

ACTIONS = {
    "Switch.Set": ("switch:0", lambda params: {"output": params["on"]}),
    "Light.Set": (
        "light:0",
        lambda params: {n: params[p] for p, n in _NAMES.items() if p in params},
    ),
    "Cover.Open": ("cover:0", lambda _: {"state": "open", "current_pos": 100}),
    "Cover.Close": ("cover:0", lambda _: {"state": "closed", "current_pos": 0}),
    "Cover.GoToPosition": (
        "cover:0",
        lambda params: {"state": "stopped", "current_pos": params["pos"]},
    ),
}
"""The component that a method is about, and what it changes of its status."""


class SimulatedShelly(Simulator):
    """Answers requests on the topic of their source, and notifies of what has changed."""

    def __init__(self, address: BrokerAddress) -> None:
        super().__init__(address, "shelly", Will(f"{PREFIX}/online", b"false"))
        self.status: dict[str, dict[str, Any]] = {
            "switch:0": {"id": 0, "output": False, "apower": 0.0},
            "light:0": {"id": 0, "output": False, "brightness": 100},
            "cover:0": {"id": 0, "state": "open", "current_pos": 100, "pos_control": True},
        }
        self.overheated = False
        self.obey(f"{PREFIX}/rpc", self._request)
        self.tell(f"{PREFIX}/online", "true")

    def _request(self, _: str, payload: bytes) -> None:
        frame = json.loads(payload)
        answer = self._call(frame["method"], frame.get("params", {}))
        reply = {"id": frame["id"], "src": PREFIX, "dst": frame["src"], **answer}
        self.tell(f"{frame['src']}/rpc", reply, retain=False)

    def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        questions = {"Shelly.GetConfig": CONFIG, "Shelly.GetStatus": self.status}
        if method in questions:
            return {"result": questions[method]}
        if method not in ACTIONS:
            return {"error": {"code": UNKNOWN_METHOD, "message": f"No handler for {method}"}}
        if self.overheated:
            return {"error": {"code": INVALID, "message": "Overtemperature"}}
        component, change = ACTIONS[method]
        return self._change(component, change(params))

    def _change(self, component: str, change: dict[str, Any]) -> dict[str, Any]:
        self.status[component] |= change
        params = {"ts": 1631266595.44, component: {"id": 0, **change, "source": "MQTT"}}
        event = {
            "src": PREFIX,
            "dst": f"{PREFIX}/events",
            "method": "NotifyStatus",
            "params": params,
        }
        self.tell(f"{PREFIX}/events/rpc", event, retain=False)
        return {"result": {}}


if __name__ == "__main__":
    serve(SimulatedShelly)
