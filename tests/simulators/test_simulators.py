"""Each convention over a real mosquitto: found, told, heard, and gone."""

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from simulated_home_assistant import SimulatedHomeAssistantDevice
from simulated_homie import SimulatedHomie
from simulated_shelly import SimulatedShelly
from simulated_tasmota import SimulatedTasmota
from simulated_zigbee2mqtt import SimulatedZigbee2Mqtt
from simulator import Simulator

from edge_agent.bus.client import Bus
from edge_agent.home.conventions import Places, conventions_for
from edge_agent.home.conventions.types import Reachable, Refused, Reported
from edge_agent.home.directory import Directory
from edge_agent.home.discovery import Discovery
from edge_agent.home.types import Device, State

PATIENCE_S = 10.0


class Agent:
    """The side of the agent: it discovers, gives orders, and waits for what devices say."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.changes: queue.Queue[tuple[Device, ...]] = queue.Queue()
        self.news: queue.Queue = queue.Queue()
        self.discovery = Discovery(
            bus,
            conventions_for(Places()),
            Directory(),
            on_devices=self.changes.put,
            on_news=lambda device_id, news, _: self.news.put((device_id, news)),
        )

    def wait_for(self, *names: str) -> dict[str, str]:
        """Return the ids by name once exactly the devices called so are there."""
        while True:
            devices = self.changes.get(timeout=PATIENCE_S)
            if {device.name for device in devices} == set(names):
                return {device.name: device.id for device in devices}

    def tell(self, device_id: str, wanted: State) -> None:
        """Give an order, and wait until the device confirms it by what it says from then on."""
        order = self.discovery.order(device_id, wanted)
        assert order is not None
        while not self.news.empty():
            self.news.get()
        for command in order.commands:
            self._bus.publish(command.topic, command.payload)
        said: dict[str, object] = {}
        while not confirms(said, order.confirmed_by):
            who, news = self.news.get(timeout=PATIENCE_S)
            if who == device_id and isinstance(news, Reported):
                said |= news.state

    def wait_for_news(self, device_id: str, kind: type) -> Reachable | Refused:
        while True:
            who, news = self.news.get(timeout=PATIENCE_S)
            if who == device_id and isinstance(news, kind):
                return news


def confirms(said: dict, wanted: State) -> bool:
    return bool(wanted) and wanted.items() <= said.items()


@contextmanager
def agent_and(simulate: type[Simulator], broker) -> Iterator[tuple[Agent, Simulator]]:
    with ExitStack() as stack:
        simulator = stack.enter_context(simulate(broker.address))
        agent = Agent(stack.enter_context(Bus.connect(broker.address)))
        stack.enter_context(agent.discovery)
        yield agent, simulator


@pytest.mark.parametrize(
    ("simulate", "orders"),
    [
        (
            SimulatedZigbee2Mqtt,
            {
                "desk lamp": [
                    {"state": "ON", "brightness": 40},
                    {"state": "ON", "color": "#ff8000"},
                ],
                "kettle": [{"state": "ON"}],
                "blind": [{"position": 25}],
                "back door": [{"lock": "UNLOCKED"}],
                "heater": [],
            },
        ),
        (
            SimulatedTasmota,
            {
                "Shelf light": [
                    {"state": "ON", "brightness": 40},
                    {"state": "ON", "color": "#ff8000"},
                ],
                "Boiler": [{"state": "ON"}],
                "Pump": [{"state": "ON"}, {"state": "OFF"}],
                "Attic shutter": [{"position": 25}],
            },
        ),
        (
            SimulatedShelly,
            {
                "Terrace heater": [{"state": "ON"}],
                "Terrace light": [{"state": "ON", "brightness": 40}, {"state": "OFF"}],
                "Terrace awning": [{"position": 0}, {"position": 25}],
            },
        ),
        (
            SimulatedHomie,
            {
                "Greenhouse Light": [
                    {"state": "ON", "brightness": 40},
                    {"state": "ON", "color": "#ff8000"},
                ],
                "Greenhouse Pump": [{"state": "ON"}],
                "Greenhouse Heating": [{"target_temperature": 21.5}],
            },
        ),
        (
            SimulatedHomeAssistantDevice,
            {
                "Workshop Bench light": [
                    {"state": "ON", "brightness": 40},
                    {"state": "ON", "color": "#ff8000"},
                ],
                "Workshop Fan": [{"state": "ON", "speed": 60}],
                "Workshop Blind": [{"position": 25}],
            },
        ),
    ],
)
def test_devices_are_found_and_confirm_what_they_are_told(mosquitto, simulate, orders) -> None:
    with agent_and(simulate, mosquitto) as (agent, simulator):
        ids = agent.wait_for(*orders)
        for name, wishes in orders.items():
            for wanted in wishes:
                agent.tell(ids[name], wanted)
                listing = agent.discovery.listing(ids[name])
                assert listing is not None
                assert listing.reachable
        assert not any(command.retained for command in simulator.commands)


def test_a_failure_of_zigbee2mqtt_is_told(mosquitto) -> None:
    with agent_and(SimulatedZigbee2Mqtt, mosquitto) as (agent, _):
        ids = agent.wait_for("desk lamp", "kettle", "blind", "back door", "heater")
        order = agent.discovery.order(ids["heater"], {"state": "ON"})
        agent._bus.publish(order.commands[0].topic, order.commands[0].payload)
        refusal = agent.wait_for_news(ids["heater"], Refused)
        assert refusal.reason == "Timeout after 10000ms)'"


def test_an_error_of_a_shelly_is_told(mosquitto) -> None:
    with agent_and(SimulatedShelly, mosquitto) as (agent, shelly):
        ids = agent.wait_for("Terrace heater", "Terrace light", "Terrace awning")
        shelly.overheated = True
        order = agent.discovery.order(ids["Terrace heater"], {"state": "ON"})
        agent._bus.publish(order.commands[0].topic, order.commands[0].payload)
        refusal = agent.wait_for_news(ids["Terrace heater"], Refused)
        assert refusal.reason == "Overtemperature"


def test_devices_that_leave_are_gone(mosquitto) -> None:
    with agent_and(SimulatedZigbee2Mqtt, mosquitto) as (agent, zigbee):
        agent.wait_for("desk lamp", "kettle", "blind", "back door", "heater")
        zigbee.announce("heater", "back door")
        agent.wait_for("desk lamp", "kettle", "blind")


def test_a_device_that_vanishes_is_unreachable(mosquitto) -> None:
    with agent_and(SimulatedHomie, mosquitto) as (agent, homie):
        ids = agent.wait_for("Greenhouse Light", "Greenhouse Pump", "Greenhouse Heating")
        while not agent.news.empty():
            agent.news.get()
        homie.tell("homie/5/greenhouse/$state", "lost")
        news = agent.wait_for_news(ids["Greenhouse Pump"], Reachable)
        assert not news.reachable


def test_devices_that_come_later_are_found(mosquitto) -> None:
    with ExitStack() as stack:
        agent = Agent(stack.enter_context(Bus.connect(mosquitto.address)))
        stack.enter_context(agent.discovery)
        device = stack.enter_context(SimulatedHomeAssistantDevice(mosquitto.address))
        names = ("Workshop Bench light", "Workshop Fan", "Workshop Blind")
        agent.wait_for(*names)
        stack.enter_context(SimulatedShelly(mosquitto.address))
        agent.wait_for(*names, "Terrace heater", "Terrace light", "Terrace awning")
        device.leave()
        agent.wait_for("Terrace heater", "Terrace light", "Terrace awning")


def test_all_of_them_at_once(mosquitto) -> None:
    with ExitStack() as stack:
        for simulate in (
            SimulatedZigbee2Mqtt,
            SimulatedTasmota,
            SimulatedShelly,
            SimulatedHomie,
            SimulatedHomeAssistantDevice,
        ):
            stack.enter_context(simulate(mosquitto.address))
        agent = Agent(stack.enter_context(Bus.connect(mosquitto.address)))
        stack.enter_context(agent.discovery)
        while len(agent.changes.get(timeout=PATIENCE_S)) < 5 + 4 + 3 + 3 + 3:
            pass
        assert agent.discovery.dropped == 0


GARBAGE = (b"[" * 50_000, b'{"name": "x"', b"\xff\xfe", b'{"cmd_t": 7, "dev": []}', b"9" * 9_000)
DISCOVERY_TOPICS = (
    "zigbee2mqtt/bridge/devices",
    "tasmota/discovery/AA0000000009/config",
    "garbage/online",
    "homie/5/garbage/$description",
    "homeassistant/light/garbage/config",
    "homeassistant/device/garbage/config",
)


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_retained_garbage_does_no_harm(mosquitto, garbage: bytes) -> None:
    with Bus.connect(mosquitto.address) as vandal:
        for topic in DISCOVERY_TOPICS:
            vandal.publish(topic, garbage, retain=True)
    with agent_and(SimulatedHomie, mosquitto) as (agent, _):
        ids = agent.wait_for("Greenhouse Light", "Greenhouse Pump", "Greenhouse Heating")
        agent.tell(ids["Greenhouse Pump"], {"state": "ON"})


def test_discovery_goes_on_after_the_broker_was_away(mosquitto) -> None:
    with ExitStack() as stack:
        bus = stack.enter_context(Bus.connect(mosquitto.address))
        agent = Agent(bus)
        stack.enter_context(agent.discovery)
        back = threading.Event()
        bus.on_connection(lambda connected: back.set() if connected else None)
        mosquitto.kill()
        mosquitto.start()
        assert back.wait(PATIENCE_S)
        stack.enter_context(SimulatedZigbee2Mqtt(mosquitto.address))
        ids = agent.wait_for("desk lamp", "kettle", "blind", "back door", "heater")
        agent.tell(ids["blind"], {"position": 25})
