"""Homie 5: the specification's own examples go in; devices, states and commands come out."""

import json

import pytest
from convention_payloads import Heard, message, messages

from edge_agent.home.conventions.homie import Homie
from edge_agent.home.conventions.types import Found, Gone
from edge_agent.home.types import Capability, Kind

CAR = "homie:super-car/lights"
PUMP = "homie:dualrelay/relay1"
GARAGE = "homie:garage/main"
LOCK = "homie:stairs-lock/lock"
HEATING = "homie:heating/thermostat"


@pytest.fixture
def home() -> Heard:
    heard = Heard(Homie())
    heard.read(*messages("homie/home.json"))
    return heard


def description(device: str, **changes: object) -> str:
    topic = f"homie/5/{device}/$description"
    [found] = [m for m in messages("homie/home.json") if m.topic == topic]
    return json.dumps(json.loads(found.payload) | changes)


def test_the_right_devices_are_found(home: Heard) -> None:
    assert {(f.name, f.kind) for f in home.found.values()} == {
        ("Supercar", Kind.LIGHT),
        ("Cellar relays Pump", Kind.SWITCH),
        ("Cellar relays Lamp", Kind.LIGHT),
        ("Garage door", Kind.COVER),
        ("Stairs", Kind.LOCK),
        ("Bedroom heating", Kind.CLIMATE),
    }
    assert home.found[CAR].can == {Capability.BRIGHTNESS, Capability.COLOR, Capability.STATE}


def test_states_are_normalised(home: Heard) -> None:
    assert home.states == {
        CAR: {"temperature": 21.5, "brightness": 40, "color": "#ff8000"},
        PUMP: {"state": "ON"},
        "homie:dualrelay/relay2": {"state": "OFF"},
        GARAGE: {"position": 0},
        LOCK: {"lock": "LOCKED"},
        HEATING: {"target_temperature": 20.5, "temperature": 19.8},
    }


@pytest.mark.parametrize(
    ("key", "wanted", "sent"),
    [
        (PUMP, {"state": "OFF"}, [("dualrelay/relay1/on", "false")]),
        (CAR, {"state": "ON", "brightness": 40}, [("super-car/lights/intensity", "102")]),
        (CAR, {"state": "ON", "color": "#ff8000"}, [("super-car/lights/color", "rgb,255,128,0")]),
        (GARAGE, {"position": 100}, [("garage/main/door", "open")]),
        (LOCK, {"lock": "UNLOCKED"}, [("stairs-lock/lock/locked", "false")]),
        (HEATING, {"target_temperature": 21.5}, [("heating/thermostat/setpoint", "21.5")]),
    ],
)
def test_the_right_value_is_set(home: Heard, key, wanted, sent) -> None:
    assert home.sends(key, wanted) == [(f"homie/5/{path}/set", value) for path, value in sent]


@pytest.mark.parametrize(
    ("key", "wanted"),
    [(PUMP, {"brightness": 4}), (GARAGE, {"position": 40}), ("homie:x/y", {"state": "ON"})],
)
def test_what_a_device_cannot_do_is_not_sent(home: Heard, key, wanted) -> None:
    assert home.sends(key, wanted) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [("rgb,0,128,255", "#0080ff"), ("hsv,120,100,50", "#00ff00"), ("xyz,0.7006,0.2993", "#ff0000")],
)
def test_colors_are_read_in_every_space(home: Heard, written: str, read: str) -> None:
    home.read(message("homie/5/super-car/lights/color", written))
    assert home.states[CAR]["color"] == read


def test_another_domain() -> None:
    home = Heard(Homie("garden"))
    home.read(message("homie/5/garage/$state", "ready"))
    home.read(message("garden/5/garage/$description", description("garage")))
    assert home.found == {}
    home.read(message("garden/5/garage/$state", "ready"))
    assert home.found.keys() == {GARAGE}


def test_a_device_is_there_only_with_a_state() -> None:
    home = Heard(Homie())
    home.read(message("homie/5/garage/$description", description("garage")))
    assert home.found == {}
    home.read(message("homie/5/garage/$state", "ready"))
    assert home.found.keys() == {GARAGE}


@pytest.mark.parametrize(
    ("state", "reachable"),
    [
        ("init", False),
        ("ready", True),
        ("disconnected", False),
        ("sleeping", True),
        ("lost", False),
    ],
)
def test_its_state_says_whether_it_can_be_reached(home: Heard, state, reachable) -> None:
    home.read(message("homie/5/garage/$state", state))
    assert home.reachable[GARAGE] is reachable


def test_a_child_is_lost_with_its_root(home: Heard) -> None:
    home.read(message("homie/5/bridge/$state", "lost"))
    assert not home.reachable[PUMP]
    home.read(message("homie/5/bridge/$state", "ready"))
    assert home.reachable[PUMP]


def test_a_rename_keeps_the_device(home: Heard) -> None:
    renamed = description("garage", name="Carport", version=3)
    findings = home.read(message("homie/5/garage/$description", renamed))
    assert [(f.key, f.name) for f in findings if isinstance(f, Found)] == [(GARAGE, "Carport")]


def test_an_empty_state_removes_the_device(home: Heard) -> None:
    assert home.read(message("homie/5/garage/$state", "")) == (Gone(GARAGE),)
    assert home.sends(GARAGE, {"position": 0}) is None


@pytest.mark.parametrize(
    ("labels", "locked", "unlocked"),
    [("unlocked,locked", "true", "false"), ("locked,unlocked", "false", "true")],
)
def test_the_format_of_a_boolean_says_which_is_which(labels, locked, unlocked) -> None:
    home = Heard(Homie())
    about = {"datatype": "boolean", "settable": True, "format": labels}
    nodes = {"lock": {"properties": {"lock": about}}}
    home.read(message("homie/5/gate/$description", {"homie": "5.0", "nodes": nodes}))
    home.read(message("homie/5/gate/$state", "ready"))
    assert home.sends("homie:gate/lock", {"lock": "UNLOCKED"}) == [
        ("homie/5/gate/lock/lock/set", unlocked)
    ]
    home.read(message("homie/5/gate/lock/lock", locked))
    assert home.states["homie:gate/lock"] == {"lock": "LOCKED"}
