"""Tasmota: recorded discovery configs go in; devices, states and command bytes come out."""

import json

import pytest
from convention_payloads import Heard, message, messages

from edge_agent.home.conventions.tasmota import Tasmota
from edge_agent.home.conventions.types import Ask, Found, Gone
from edge_agent.home.types import Capability, Kind

PLUG = "tasmota:E0980600AA01/1"
DOOR = "tasmota:DC4F2200BB02/1"
SHELF = "tasmota:142B2F00CC03/1"
BATH = "tasmota:E8DB8400DD04/shutter2"
FAN = "tasmota:483FDA00EE05/fan"
CELLAR = "tasmota:BCDDC200FF06/sensors"


@pytest.fixture
def home() -> Heard:
    heard = Heard(Tasmota())
    heard.read(*messages("tasmota/home.json"))
    return heard


def config(**changes: object) -> str:
    return json.dumps(json.loads(messages("tasmota/home.json")[0].payload) | changes)


def test_the_right_devices_are_found(home: Heard) -> None:
    assert {(f.name, f.kind) for f in home.found.values()} == {
        ("Washing machine", Kind.SWITCH),
        ("Door", Kind.SWITCH),
        ("Relay 1", Kind.SWITCH),
        ("Relay 2", Kind.SWITCH),
        ("Relay 3", Kind.SWITCH),
        ("Shelf light", Kind.LIGHT),
        ("Kitchen shutter", Kind.COVER),
        ("Bath shutter", Kind.COVER),
        ("Ceiling fan", Kind.FAN),
        ("Cellar", Kind.SENSOR),
    }
    assert home.found[PLUG].identifiers == {"mac:e0980600aa01"}


def test_another_discovery_topic() -> None:
    home = Heard(Tasmota("garden/found"))
    assert "garden/found/+/config" in home.convention.filters
    home.read(message("tasmota/discovery/E0980600AA01/config", config(rl=[1])))
    assert home.found == {}
    home.read(message("garden/found/E0980600AA01/config", config(rl=[1])))
    assert home.found.keys() == {PLUG}


@pytest.mark.parametrize(
    ("subtype", "able"),
    [
        (0, {Capability.ON_OFF}),
        (1, {Capability.ON_OFF, Capability.BRIGHTNESS}),
        (2, {Capability.ON_OFF, Capability.BRIGHTNESS}),
        (5, {Capability.ON_OFF, Capability.BRIGHTNESS, Capability.COLOR}),
    ],
)
def test_what_a_light_can_do_follows_from_its_type(subtype: int, able: set) -> None:
    home = Heard(Tasmota())
    home.read(message("tasmota/discovery/E0980600AA01/config", config(rl=[2], lt_st=subtype)))
    assert home.found[PLUG].can == able | {Capability.STATE}


@pytest.mark.parametrize(
    ("key", "wanted", "sent"),
    [
        (PLUG, {"state": "ON"}, [("cmnd/tasmota_00AA01/POWER", "ON")]),
        (DOOR, {"state": "OFF"}, [("cmnd/boiler-room/POWER1", "OFF")]),
        (SHELF, {"state": "ON", "brightness": 40},
         [("cmnd/atomlite/Dimmer", "40"), ("cmnd/atomlite/POWER", "ON")]),
        (SHELF, {"state": "ON", "color": "#ff8000"},
         [("cmnd/atomlite/Color2", "#ff8000"), ("cmnd/atomlite/POWER", "ON")]),
        (BATH, {"position": 25}, [("home/shutters/cmnd/ShutterPosition2", "25")]),
        (FAN, {"state": "ON", "speed": 60}, [("cmnd/ifan/FanSpeed", "2")]),
        (FAN, {"speed": 60, "state": "ON"}, [("cmnd/ifan/FanSpeed", "2")]),
        (FAN, {"state": "OFF"}, [("cmnd/ifan/FanSpeed", "0")]),
        (PLUG, {"brightness": 40}, None),
        (CELLAR, {"state": "ON"}, None),
        ("tasmota:nobody/1", {"state": "ON"}, None),
    ],
)  # fmt: skip
def test_the_right_commands_are_sent(home: Heard, key, wanted, sent) -> None:
    assert home.sends(key, wanted) == sent


def test_states_are_normalised(home: Heard) -> None:
    assert home.states[PLUG] == {
        "state": "ON", "power": 1800, "voltage": 234, "current": 7.7, "energy": 0.001,
    } | {"energy": home.states[PLUG]["energy"]}  # fmt: skip
    assert home.states["tasmota:DC4F2200BB02/3"] == {"state": "ON"}
    assert home.states["tasmota:DC4F2200BB02/4"] == {"state": "OFF"}
    assert home.states[SHELF] == {"state": "ON", "brightness": 50, "color": "#ff0000"}
    assert home.states[BATH] == {"position": 40}
    assert home.states[CELLAR] == {"temperature": 10.0, "humidity": 60.5}


def test_a_fan_confirms_with_the_step_it_has(home: Heard) -> None:
    order = home.order(FAN, {"state": "ON", "speed": 60})
    home.read(message("stat/ifan/RESULT", {"FanSpeed": 2}))
    assert order.confirmed_by == home.states[FAN] == {"state": "ON", "speed": 67}


def questions(topic: str) -> list[Ask]:
    return [Ask(f"cmnd/{topic}/STATE", ""), Ask(f"cmnd/{topic}/STATUS", "10")]


def test_a_device_that_comes_is_asked_how_it_is(home: Heard) -> None:
    assert home.asked[:2] == questions("tasmota_00AA01")
    answer = {"StatusSNS": {"Time": "2024-03-31T08:46:17", "Shutter2": {"Position": 70}}}
    home.read(message("home/shutters/stat/STATUS10", answer))
    assert home.states[BATH] == {"position": 70}


def test_a_device_that_comes_back_is_asked_again(home: Heard) -> None:
    home.asked.clear()
    home.read(message("tele/tasmota_00AA01/LWT", "Online"))
    assert home.asked == []
    home.read(message("tele/tasmota_00AA01/LWT", "Offline"))
    home.read(message("tele/tasmota_00AA01/LWT", "Online"))
    assert home.asked == questions("tasmota_00AA01")


def test_its_last_will_says_whether_it_can_be_reached(home: Heard) -> None:
    assert home.reachable == {PLUG: True, CELLAR: False}
    home.read(message("tele/tasmota_00AA01/LWT", "Offline"))
    assert not home.reachable[PLUG]


def test_topics_follow_the_full_topic_pattern(home: Heard) -> None:
    assert home.listening == ["home/shutters/stat/+", "home/shutters/tele/+"]


def test_an_unknown_command_is_a_refusal(home: Heard) -> None:
    home.read(message("stat/tasmota_00AA01/RESULT", {"Command": "Unknown"}))
    assert home.refused == {PLUG: "the command is Unknown to Tasmota"}


def test_a_rename_keeps_the_device(home: Heard) -> None:
    changed = config(fn=["Dishwasher", *[None] * 7])
    findings = home.read(message("tasmota/discovery/E0980600AA01/config", changed))
    assert [(f.key, f.name) for f in findings if isinstance(f, Found)] == [(PLUG, "Dishwasher")]


def test_a_new_topic_is_followed(home: Heard) -> None:
    home.read(message("tasmota/discovery/E0980600AA01/config", config(t="washer")))
    assert home.sends(PLUG, {"state": "ON"}) == [("cmnd/washer/POWER", "ON")]
    home.read(message("stat/washer/RESULT", {"POWER": "OFF"}))
    assert home.states[PLUG]["state"] == "OFF"


def test_an_empty_config_removes_the_device(home: Heard) -> None:
    findings = home.read(message("tasmota/discovery/E0980600AA01/config", ""))
    assert findings == (Gone(PLUG),)
    assert home.read(message("stat/tasmota_00AA01/RESULT", {"POWER": "ON"})) == ()


def test_a_relay_less_has_one_device_less(home: Heard) -> None:
    changed = config(mac="DC4F2200BB02", t="boiler-room", rl=[1, 1, 1, 0], fn=["Door", "A", "B"])
    findings = home.read(message("tasmota/discovery/DC4F2200BB02/config", changed))
    assert Gone("tasmota:DC4F2200BB02/4") in findings
