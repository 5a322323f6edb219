"""`edge-agent devices` on the demo home and on a broker with devices that announce themselves."""

import json
import os
import signal
import subprocess
import sys

import pytest
from simulated_shelly import SimulatedShelly
from simulated_zigbee2mqtt import SimulatedZigbee2Mqtt


def test_the_demo_home_is_listed(edge_agent):
    ended = edge_agent("devices", "--json")
    assert ended.returncode == 0, ended.stderr
    listed = {device["id"]: device for device in json.loads(ended.stdout)}
    assert len(listed) == 10
    light = listed["kitchen_light"]
    assert (light["area"], light["kind"], light["reachable"]) == ("kitchen", "light", True)
    assert light["state"]["state"] == "OFF"
    assert 0 <= light["age_s"] < 60


def test_found_devices_and_those_of_a_file_are_one_list(edge_agent, mosquitto, tmp_path):
    (tmp_path / "home.yaml").write_text(
        "devices:\n"
        "- {id: '0x0000000000000002', name: tea kettle, area: kitchen, kind: switch, can: []}\n"
        "- {id: pump, name: pump, area: garden, kind: switch, can: [on_off]}\n"
    )
    with SimulatedZigbee2Mqtt(mosquitto.address), SimulatedShelly(mosquitto.address):
        options = ("--broker", f"mqtt://{mosquitto.address}", "--home", "home.yaml")
        listed = json.loads(edge_agent("devices", "--json", *options).stdout)
        table = edge_agent("devices", *options).stdout
    by_name = {device["name"]: device for device in listed}
    assert set(by_name) == {
        "desk lamp", "tea kettle", "blind", "back door", "heater", "pump",
        "Terrace heater", "Terrace light", "Terrace awning",
    }  # fmt: skip
    kettle = by_name["tea kettle"]
    assert (kettle["area"], kettle["found_by"], kettle["state"]) == (
        "kitchen", ["zigbee2mqtt", "plain"], {"state": "OFF"},
    )  # fmt: skip
    assert kettle["age_s"] is None
    assert by_name["Terrace heater"]["found_by"] == ["shelly"]
    assert by_name["pump"]["last_seen"] is None
    assert "tea kettle" in table
    assert "zigbee2mqtt, plain" in table


def test_an_empty_broker_has_none_and_says_where_to_read(edge_agent, mosquitto):
    ended = edge_agent("devices", "--broker", f"mqtt://{mosquitto.address}")
    assert (ended.returncode, ended.stdout) == (0, "No devices.\n")
    assert "docs/discovery.md" in ended.stderr


def test_what_changes_is_shown(mosquitto):
    command = [sys.executable, "-m", "edge_agent", "devices", "--watch", "--json", "--broker"]
    with SimulatedZigbee2Mqtt(mosquitto.address) as zigbee:
        watching = subprocess.Popen(
            [*command, f"mqtt://{mosquitto.address}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
        )  # fmt: skip
        try:
            assert states(watching)["kettle"] == {"state": "OFF"}
            zigbee.tell("zigbee2mqtt/kettle", {"state": "ON"})
            while states(watching)["kettle"] != {"state": "ON"}:
                pass
            watching.send_signal(signal.SIGINT)
            assert watching.wait(20) == 130
        finally:
            watching.kill()
            watching.communicate()


def states(watching: subprocess.Popen) -> dict:
    line = watching.stdout.readline()
    if not line:
        pytest.fail(watching.stderr.read())
    return {device["name"]: device["state"] for device in json.loads(line)}
