"""Simulated devices, seen from the bus as an agent sees them."""

import json
import queue
import threading

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.home.conventions import plain
from edge_agent.home.simulated import SimulatedHome
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.home.wanted import WANTED, shows
from edge_agent.tools.contract import HOME_TOOLS

LONG_S = 20.0
ARGUMENTS = {"percent": 35, "celsius": 22.5, "color": "blue"}


def device_for(tool) -> Device:
    kinds = {
        Capability.LOCK: Kind.LOCK,
        Capability.POSITION: Kind.COVER,
        Capability.TEMPERATURE: Kind.CLIMATE,
    }
    kind = Kind.SCENE if tool.capability is None else kinds.get(tool.capability, Kind.LIGHT)
    can = frozenset() if tool.capability is None else frozenset({tool.capability})
    return Device(tool.name, tool.name, "hall", kind, can)


LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
BLIND = Device("blind", "blind", "hall", Kind.COVER, frozenset({Capability.POSITION}))


class Observer:
    """Sees all that is said about devices."""

    def __init__(self, bus: Bus) -> None:
        self.said: queue.Queue[Message] = queue.Queue()
        bus.subscribe("home/#", self.said.put)

    def states_until(self, device: Device, wanted: dict) -> list[dict]:
        """Return the states that `device` told, up to one that shows `wanted`."""
        states = []
        while not states or not shows(states[-1], wanted):
            message = self.said.get(timeout=LONG_S)
            if message.topic == plain.state_topic(device.id):
                states.append(json.loads(message.payload))
        return states

    def wait_for(self, topic: str, payload: bytes) -> Message:
        while True:
            message = self.said.get(timeout=LONG_S)
            if (message.topic, message.payload) == (topic, payload):
                return message


@pytest.mark.parametrize("tool", [t for t in HOME_TOOLS if t.name in WANTED], ids=lambda t: t.name)
def test_every_tool_is_obeyed(embedded: BrokerAddress, tool) -> None:
    device = device_for(tool)
    assert tool.fits(device)
    wanted = WANTED[tool.name](ARGUMENTS)
    with SimulatedHome(embedded, [device]), Bus.connect(embedded) as bus:
        observer = Observer(bus)
        command = plain.Plain([device]).order(f"plain:{device.id}", wanted).commands[0]
        bus.publish(command.topic, command.payload)
        obeyed = observer.states_until(device, wanted)[-1]
    assert "last_seen" in obeyed


def test_a_newcomer_finds_state_and_availability_retained(embedded: BrokerAddress) -> None:
    with SimulatedHome(embedded, [LAMP]), Bus.connect(embedded) as bus:
        observer = Observer(bus)
        assert observer.wait_for("home/lamp/availability", b"online").retained
    with SimulatedHome(embedded, [LAMP]), Bus.connect(embedded) as bus:
        state = Observer(bus).states_until(LAMP, {"state": "OFF"})[-1]
        assert state["state"] == "OFF"


def test_devices_leave_with_a_goodbye(embedded: BrokerAddress) -> None:
    with Bus.connect(embedded) as bus:
        observer = Observer(bus)
        with SimulatedHome(embedded, [LAMP]):
            observer.wait_for("home/lamp/availability", b"online")
        assert not observer.wait_for("home/lamp/availability", b"offline").retained


def test_a_cover_travels_through_places_between(embedded: BrokerAddress) -> None:
    with (
        SimulatedHome(embedded, [BLIND], delay_s={"blind": 0.01}),
        Bus.connect(embedded) as bus,
    ):
        observer = Observer(bus)
        observer.states_until(BLIND, {"position": 100})
        bus.publish("home/blind/set", '{"position": 0}')
        states = observer.states_until(BLIND, {"position": 0})
        assert [state["position"] for state in states] == [75, 50, 25, 0]


def test_a_cover_that_is_told_otherwise_turns_round(embedded: BrokerAddress) -> None:
    with SimulatedHome(embedded, [BLIND], delay_s={"blind": 0.1}), Bus.connect(embedded) as bus:
        observer = Observer(bus)
        observer.states_until(BLIND, {"position": 100})
        bus.publish("home/blind/set", '{"position": 0}')
        observer.states_until(BLIND, {"position": 75})
        bus.publish("home/blind/set", '{"position": 100}')
        states = observer.states_until(BLIND, {"position": 100})
        assert min(state["position"] for state in states) >= 25


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"ON",
        b"{}",
        b'{"state": "MAYBE"}',
        b'{"brightness": 40}',
        b'{"state": "ON", "brightness": 40}',
        b'{"last_seen": "1970-01-01"}',
    ],
)
def test_what_a_device_cannot_do_changes_nothing(embedded: BrokerAddress, nonsense: bytes) -> None:
    """The lamp answers the order after the nonsense, and nothing before it."""
    with SimulatedHome(embedded, [LAMP], delay_s={"lamp": 0.0}), Bus.connect(embedded) as bus:
        observer = Observer(bus)
        observer.states_until(LAMP, {"state": "OFF"})
        bus.publish("home/lamp/set", nonsense)
        bus.publish("home/lamp/set", '{"state": "ON"}')
        assert len(observer.states_until(LAMP, {"state": "ON"})) == 1


def test_values_out_of_range_are_ignored(embedded: BrokerAddress) -> None:
    with SimulatedHome(embedded, [BLIND], delay_s={"blind": 0.0}), Bus.connect(embedded) as bus:
        observer = Observer(bus)
        bus.publish("home/blind/set", '{"position": 101}')
        bus.publish("home/blind/set", '{"position": -1}')
        bus.publish("home/blind/set", '{"position": 90}')
        states = observer.states_until(BLIND, {"position": 90})
        assert {state["position"] for state in states} == {100, 90}


def test_a_repeated_command_is_obeyed_once(mosquitto) -> None:
    with (
        SimulatedHome(mosquitto.address, [LAMP], delay_s={"lamp": 0.0}),
        Bus.connect(mosquitto.address) as bus,
    ):
        observer = Observer(bus)
        observer.states_until(LAMP, {"state": "OFF"})
        bus.publish("home/lamp/set", '{"state": "ON"}', identity="1")
        observer.states_until(LAMP, {"state": "ON"})
        bus.publish("home/lamp/set", '{"state": "OFF"}', identity="2")
        observer.states_until(LAMP, {"state": "OFF"})
        bus.publish("home/lamp/set", '{"state": "ON"}', identity="1")
        bus.publish("home/lamp/set", '{"state": "OFF"}', identity="3")
        assert len(observer.states_until(LAMP, {"state": "OFF"})) == 1


def test_a_silent_device_is_not_there(embedded: BrokerAddress) -> None:
    with (
        SimulatedHome(embedded, [LAMP, BLIND], silent=["lamp"]),
        Bus.connect(embedded) as bus,
    ):
        observer = Observer(bus)
        bus.publish("home/lamp/set", '{"state": "ON"}')
        bus.publish("home/blind/set", '{"position": 90}')
        said = []
        while "home/blind" not in [m.topic for m in said if b'"position": 90' in m.payload]:
            said.append(observer.said.get(timeout=LONG_S))
        assert {message.topic for message in said} <= {
            "home/lamp/set", "home/blind/set", "home/blind", "home/blind/availability",
        }  # fmt: skip


def test_the_broker_speaks_for_devices_that_vanish(start_mosquitto) -> None:
    """After a crash of the broker they are back, and say so."""
    mosquitto = start_mosquitto()
    before = set(threading.enumerate())
    with SimulatedHome(mosquitto.address, [LAMP]):
        mosquitto.kill()
        mosquitto.start()
        with Bus.connect(mosquitto.address) as bus:
            observer = Observer(bus)
            observer.wait_for("home/lamp/availability", b"online")
            observer.states_until(LAMP, {"state": "OFF"})
    assert set(threading.enumerate()) == before
