"""Plain sentences to devices of every convention, over a real mosquitto and by the small model."""

import json

import pytest
from simulated_esphome import SimulatedEspHome
from simulated_home_assistant import SimulatedHomeAssistantDevice
from simulated_homie import SimulatedHomie
from simulated_shelly import SimulatedShelly
from simulated_tasmota import SimulatedTasmota
from simulated_zigbee2mqtt import SimulatedZigbee2Mqtt

SHELLY = "shellysimulated-aa0000000004"

SAID = [
    (
        SimulatedZigbee2Mqtt,
        {
            "turn on the kettle": ("zigbee2mqtt/kettle/set", {"state": "ON"}),
            "set the desk lamp to 40 percent": (
                "zigbee2mqtt/desk lamp/set", {"state": "ON", "brightness": 102},
            ),
            "close the blind": ("zigbee2mqtt/kitchen/blind/set", {"position": 0}),
            "lock the back door": ("zigbee2mqtt/back door/set", {"state": "LOCK"}),
        },
        "zigbee2mqtt/",
    ),
    (
        SimulatedTasmota,
        {
            "turn on the shelf light": ("cmnd/shelf/POWER", "ON"),
            "turn on the pump": ("cmnd/boiler/POWER2", "ON"),
            "close the attic shutter": ("cmnd/attic/ShutterPosition1", 0),
        },
        "stat/",
    ),
    (
        SimulatedShelly,
        {
            "turn on the terrace heater": (f"{SHELLY}/rpc", {"id": 0, "on": True}),
            "close the terrace awning": (f"{SHELLY}/rpc", {"id": 0}),
        },
        f"{SHELLY}/events/rpc",
    ),
    (
        SimulatedHomie,
        {
            "turn on the greenhouse pump": ("homie/5/greenhouse/pump/on/set", True),
            "set the greenhouse heating to 21 degrees": (
                "homie/5/greenhouse/climate/setpoint/set", 21,
            ),
        },
        "homie/5/greenhouse/",
    ),
    (
        SimulatedHomeAssistantDevice,
        {
            "turn on the workshop bench light": ("workshop/bench/set", {"state": "ON"}),
            "close the workshop blind": ("workshop/blind/set", 0),
        },
        "workshop/",
    ),
    (
        SimulatedEspHome,
        {
            "turn on the ceiling fan": ("hallway-board/fan/ceiling_fan/command", "ON"),
            "lock the front door": ("hallway-board/lock/front_door/command", "LOCK"),
        },
        "hallway-board/",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("simulate", "requests", "told_on"), SAID, ids=lambda it: getattr(it, "__name__", "")
)
def test_what_is_said_is_done_and_confirmed(edge_agent, mosquitto, simulate, requests, told_on):
    with simulate(mosquitto.address) as simulator:
        ended = edge_agent(
            "ask", "--text-file", "-", "--json", "--broker", f"mqtt://{mosquitto.address}",
            stdin="\n".join(requests).encode(),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr
        got = {(command.topic, command.payload) for command in simulator.commands}
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    for answer, (text, expected) in zip(answers, requests.items(), strict=True):
        (outcome,) = answer["outcomes"]
        assert outcome["status"] == "confirmed", text
        assert outcome["confirmed_on"].startswith(told_on)
        (command,) = outcome["commands"]
        assert (command["topic"], said(command["payload"])) == expected
        assert (command["topic"], command["payload"].encode()) in got


def said(payload: str) -> object:
    """Return what a payload says, of a request to a Shelly its parameters."""
    try:
        value = json.loads(payload)
    except ValueError:
        return payload
    return value["params"] if isinstance(value, dict) and "params" in value else value
