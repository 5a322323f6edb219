"""The dispatcher drives every convention by its own topics, and believes the device alone."""

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
from edge_agent.home.home import Home
from edge_agent.home.types import Device, Kind
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal
from edge_agent.tools.types import Call, Outcome, Status

PATIENCE_S = 10.0
LAMP = "zigbee2mqtt-0x0000000000000001"
PATIENT = dict.fromkeys(Kind, PATIENCE_S)


class Driver:
    """An agent without a model: calls by the name of a device."""

    def __init__(self, bus: Bus, open_: ExitStack, static: tuple[Device, ...]) -> None:
        conventions = conventions_for(Places())
        self.home = open_.enter_context(Home(bus, static, conventions))
        self.journal = open_.enter_context(Journal(":memory:"))
        self._dispatcher = Dispatcher(bus, self.home, self.journal, confirm_s=PATIENT)
        assert self.home.wait_settled(PATIENCE_S)

    def do(self, tool: str, name: str, **given: object) -> Outcome:
        ids = {device.name: device.id for device in self.home.devices}
        turn_id = self.journal.begin_turn("text", tool)
        calls = [Call(tool, {"device": ids[name], **given})]
        (outcome,) = self._dispatcher.dispatch(turn_id, calls)
        return outcome


@contextmanager
def driving(broker, simulate, static=()) -> Iterator[tuple[Driver, Simulator]]:
    with ExitStack() as open_:
        simulator = open_.enter_context(simulate(broker.address))
        bus = open_.enter_context(Bus.connect(broker.address))
        yield Driver(bus, open_, static), simulator


@pytest.mark.parametrize(
    ("simulate", "tool", "name", "given", "commands", "told_on"),
    [
        (
            SimulatedZigbee2Mqtt, "set_brightness", "desk lamp", {"percent": 40},
            [("zigbee2mqtt/desk lamp/set", '{"state": "ON", "brightness": 102}')],
            "zigbee2mqtt/desk lamp",
        ),
        (
            SimulatedTasmota, "set_color", "Shelf light", {"color": "red"},
            [("cmnd/shelf/Color2", "#ff0000"), ("cmnd/shelf/POWER", "ON")],
            "stat/shelf/RESULT",
        ),
        (
            SimulatedHomie, "set_brightness", "Greenhouse Light", {"percent": 40},
            [
                ("homie/5/greenhouse/light/on/set", "true"),
                ("homie/5/greenhouse/light/brightness/set", "102"),
            ],
            "homie/5/greenhouse/light/brightness",
        ),
        (
            SimulatedHomeAssistantDevice, "set_speed", "Workshop Fan", {"percent": 60},
            [("workshop/fan/speed/set", "2"), ("workshop/fan/set", "ON")],
            "workshop/fan",
        ),
    ],
    ids=["zigbee2mqtt", "tasmota", "homie", "home_assistant"],
)  # fmt: skip
def test_each_by_its_own_commands(  # noqa: PLR0917 - a row of the table
    mosquitto, simulate, tool, name, given, commands, told_on
) -> None:
    with driving(mosquitto, simulate) as (driver, simulator):
        simulator.commands.clear()
        outcome = driver.do(tool, name, **given)
        (turn,) = driver.journal.turns()
    assert outcome.status is Status.CONFIRMED, outcome.words
    assert [(it.topic, it.payload) for it in outcome.commands] == commands
    assert [(it.topic, it.payload.decode()) for it in simulator.commands] == commands
    assert {it.identity for it in simulator.commands} == {outcome.action_id}
    assert not any(it.retained for it in simulator.commands)
    assert outcome.confirmed_on == told_on
    assert turn.actions[0].commands == outcome.commands


def test_a_shelly_is_driven_by_its_rpc(mosquitto) -> None:
    with driving(mosquitto, SimulatedShelly) as (driver, shelly):
        outcome = driver.do("turn_on", "Terrace heater")
        assert outcome.status is Status.CONFIRMED, outcome.words
        assert outcome.confirmed_on.startswith("shellysimulated-aa0000000004/")
        shelly.overheated = True
        refused = driver.do("turn_on", "Terrace heater")
    assert (refused.status, refused.reason) == (Status.FAILED, "device_refused")
    assert refused.words == (
        "I could not turn on the Terrace heater: it answered 'Overtemperature'."
    )


def test_an_error_of_the_bridge_is_a_refusal(mosquitto) -> None:
    with driving(mosquitto, SimulatedZigbee2Mqtt) as (driver, _):
        outcome = driver.do("turn_on", "heater")
    assert (outcome.status, outcome.reason) == (Status.FAILED, "device_refused")
    assert "Timeout after 10000ms" in outcome.words


def test_a_scene_that_never_tells_is_sent(mosquitto) -> None:
    scene = {"name": "Relax", "cmd_t": "scenes/relax/set", "pl_on": "GO"}
    with driving(mosquitto, SimulatedHomeAssistantDevice) as (driver, simulator):
        simulator.obey("scenes/relax/set", lambda *_: None)
        simulator.tell("homeassistant/scene/relax/config", scene)
        simulator.bus.publish("homeassistant/scene/marker/config", "")
        while "Relax" not in {device.name for device in driver.home.devices}:
            driver.home.wait_known(["nobody"], 0.05)
        outcome = driver.do("activate", "Relax")
    assert (outcome.status, outcome.reason) == (Status.SENT, "never_tells")
    assert outcome.words == "I asked to start Relax; it does not say whether it did."


def test_the_home_file_names_what_is_found_and_adds_its_own(mosquitto) -> None:
    static = (
        Device(LAMP, "reading light", "den", Kind.LIGHT, frozenset()),
        Device("pump", "pump", "garden", Kind.SWITCH, frozenset()),
    )
    with driving(mosquitto, SimulatedZigbee2Mqtt, static) as (driver, simulator):
        names = [device.name for device in driver.home.devices]
        assert sorted(names) == ["back door", "blind", "heater", "kettle", "pump", "reading light"]
        simulator.commands.clear()
        assert driver.do("turn_on", "reading light").status is Status.CONFIRMED
        assert simulator.commands[0].topic == "zigbee2mqtt/desk lamp/set"
