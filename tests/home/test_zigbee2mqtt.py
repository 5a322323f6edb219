"""Zigbee2MQTT: the documented payloads go in; devices, states and command bytes come out."""

import json
from dataclasses import replace

import pytest
from convention_payloads import Heard, message, messages

from edge_agent.home.color import xy_of
from edge_agent.home.conventions import CONVENTIONS, Places
from edge_agent.home.conventions.types import Found, Gone
from edge_agent.home.conventions.zigbee2mqtt import Zigbee2Mqtt
from edge_agent.home.types import Capability, Kind

LAMP = "zigbee2mqtt:0x90fd9ffffe6494fc"
PLUG = "zigbee2mqtt:0x00158d00018255df"
LEFT = "zigbee2mqtt:0x00158d0002a1b2c3/left"
BLIND = "zigbee2mqtt:0x0c4314fffe7b1a2d"
LOCK = "zigbee2mqtt:0x000d6f0011223344"
RADIATOR = "zigbee2mqtt:0x00158d0004d5e6f7"
FAN = "zigbee2mqtt:0x00158d0001d82999"
GROUP = "zigbee2mqtt:group/1"


@pytest.fixture
def home() -> Heard:
    heard = Heard(Zigbee2Mqtt())
    heard.read(*messages("zigbee2mqtt/home.json"))
    return heard


def changed_devices(change) -> str:
    listed = json.loads(messages("zigbee2mqtt/home.json")[1].payload)
    return json.dumps(change(listed))


def test_the_right_devices_are_found(home: Heard) -> None:
    assert {(f.name, f.area, f.kind) for f in home.found.values()} == {
        ("floor lamp", "living room", Kind.LIGHT),
        ("coffee machine", "", Kind.SWITCH),
        ("hallway switch left", "", Kind.SWITCH),
        ("hallway switch right", "", Kind.SWITCH),
        ("bedroom blind", "", Kind.COVER),
        ("front door", "", Kind.LOCK),
        ("study radiator", "", Kind.CLIMATE),
        ("attic fan", "", Kind.FAN),
        ("garden weather", "", Kind.SENSOR),
        ("cellar window", "", Kind.SENSOR),
        ("hallway lights", "", Kind.SWITCH),
        ("Chill scene", "", Kind.SCENE),
    }


def test_what_they_can_do_follows_from_exposes_and_access(home: Heard) -> None:
    can = {key: found.can - {Capability.STATE} for key, found in home.found.items()}
    assert can[LAMP] == {Capability.ON_OFF, Capability.BRIGHTNESS, Capability.COLOR}
    assert can[RADIATOR] == {Capability.ON_OFF, Capability.TEMPERATURE}
    assert can[FAN] == {Capability.ON_OFF, Capability.SPEED}
    assert can[BLIND] == {Capability.POSITION}


def test_a_feature_that_cannot_be_set_is_not_offered() -> None:
    def read_only(listed: list) -> list:
        for feature in listed[1]["definition"]["exposes"][0]["features"]:
            if feature["name"] == "brightness":
                feature["access"] = 5
        return listed

    home = Heard(Zigbee2Mqtt())
    home.read(message("zigbee2mqtt/bridge/devices", changed_devices(read_only)))
    assert Capability.BRIGHTNESS not in home.found[LAMP].can
    assert home.sends(LAMP, {"state": "ON", "brightness": 40}) is None


def test_states_are_normalised(home: Heard) -> None:
    assert home.states[LAMP] == {"state": "ON", "brightness": 50, "color": "#ff0000"}
    assert home.states[PLUG]["power"] == 0
    assert home.states[LEFT] == {"state": "ON"}
    assert home.states[LOCK] == {"lock": "LOCKED", "battery": 88}
    assert home.states[FAN] == {"state": "ON", "speed": 67}
    assert home.states[RADIATOR] == {
        "state": "ON",
        "target_temperature": 20.5,
        "temperature": 19.2,
    }
    assert home.states["zigbee2mqtt:0x00158d0003c0ffee"] == {"contact": False, "battery": 91}


@pytest.mark.parametrize(
    ("key", "wanted", "topic", "payload"),
    [
        (PLUG, {"state": "ON"}, "coffee_machine", {"state": "ON"}),
        (LAMP, {"state": "ON", "brightness": 40}, "living_room/floor_lamp",
         {"state": "ON", "brightness": 102}),
        (LAMP, {"state": "ON", "color": "#ff8000"}, "living_room/floor_lamp",
         {"state": "ON", "color": {"hex": "#FF8000"}}),
        (LEFT, {"state": "OFF"}, "hallway switch", {"state_left": "OFF"}),
        (BLIND, {"position": 100}, "bedroom blind", {"position": 100}),
        (BLIND, {"position": 25}, "bedroom blind", {"position": 25}),
        (LOCK, {"lock": "UNLOCKED"}, "front door", {"state": "UNLOCK"}),
        (RADIATOR, {"target_temperature": 21.5}, "study radiator",
         {"current_heating_setpoint": 21.5}),
        (RADIATOR, {"state": "OFF"}, "study radiator", {"system_mode": "off"}),
        (RADIATOR, {"state": "ON"}, "study radiator", {"system_mode": "heat"}),
        (FAN, {"state": "ON", "speed": 60}, "attic fan", {"fan_state": "ON", "fan_mode": "medium"}),
        (GROUP, {"state": "ON"}, "hallway lights", {"state": "ON"}),
        (f"{GROUP}/scene/3", {"scene": "ACTIVE"}, "hallway lights", {"scene_recall": 3}),
    ],
)  # fmt: skip
def test_the_right_command_is_sent(home: Heard, key, wanted, topic, payload) -> None:
    [(sent_to, sent)] = home.sends(key, wanted) or []
    assert sent_to == f"zigbee2mqtt/{topic}/set"
    assert json.loads(sent) == payload


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (PLUG, {"brightness": 40}),
        (BLIND, {"state": "ON"}),
        (GROUP, {"scene": "ACTIVE"}),
        ("zigbee2mqtt:0x00158d0001e6f0a1", {"state": "ON"}),
        ("zigbee2mqtt:unknown", {"state": "ON"}),
    ],
)
def test_what_a_device_cannot_do_is_not_sent(home: Heard, key, wanted) -> None:
    assert home.sends(key, wanted) is None


def test_a_fan_of_three_speeds_confirms_with_the_speed_it_has(home: Heard) -> None:
    order = home.order(FAN, {"state": "ON", "speed": 60})
    home.read(message("zigbee2mqtt/attic fan", {"fan_state": "ON", "fan_mode": "medium"}))
    assert order.confirmed_by == home.states[FAN]


def test_a_reported_color_is_the_one_that_was_asked_for(home: Heard) -> None:
    x, y = xy_of((255, 128, 0))
    said = {"state": "ON", "color": {"x": x, "y": y}, "color_mode": "xy"}
    home.read(message("zigbee2mqtt/living_room/floor_lamp", said))
    assert home.states[LAMP]["color"] == "#ff8000"


def test_a_lock_that_is_not_fully_locked_is_not_locked(home: Heard) -> None:
    said = {"state": "LOCK", "lock_state": "not_fully_locked"}
    home.read(message("zigbee2mqtt/front door", said))
    assert home.states[LOCK]["lock"] == "NOT_FULLY_LOCKED"


def test_names_with_a_slash_are_listened_to(home: Heard) -> None:
    assert home.listening == [
        "zigbee2mqtt/living_room/floor_lamp",
        "zigbee2mqtt/living_room/floor_lamp/availability",
    ]


def test_a_rename_keeps_the_device(home: Heard) -> None:
    def rename(listed: list) -> list:
        listed[2]["friendly_name"] = "espresso"
        return listed

    findings = home.read(message("zigbee2mqtt/bridge/devices", changed_devices(rename)))
    assert [f.name for f in findings if isinstance(f, Found)] == ["espresso"]
    assert home.sends(PLUG, {"state": "ON"}) == [("zigbee2mqtt/espresso/set", '{"state": "ON"}')]
    home.read(message("zigbee2mqtt/espresso", {"state": "ON"}))
    assert home.states[PLUG]["state"] == "ON"
    assert home.read(message("zigbee2mqtt/coffee_machine", {"state": "OFF"})) == ()


def test_a_device_that_nobody_named_is_called_what_it_is() -> None:
    def forget(listed: list) -> list:
        listed[2]["friendly_name"] = listed[2]["ieee_address"]
        return listed

    home = Heard(Zigbee2Mqtt())
    home.read(message("zigbee2mqtt/bridge/devices", changed_devices(forget)))
    assert home.found[PLUG].name == "Mi power plug ZigBee"
    assert home.sends(PLUG, {"state": "ON"}) == [
        ("zigbee2mqtt/0x00158d00018255df/set", '{"state": "ON"}')
    ]


def test_a_removed_device_is_gone(home: Heard) -> None:
    without = changed_devices(
        lambda listed: [d for d in listed if d["friendly_name"] != "front door"]
    )
    findings = home.read(message("zigbee2mqtt/bridge/devices", without))
    assert findings == (Gone(LOCK),)
    assert home.sends(LOCK, {"lock": "UNLOCKED"}) is None


def test_the_same_list_again_tells_nothing(home: Heard) -> None:
    assert home.read(messages("zigbee2mqtt/home.json")[1]) == ()


def test_availability_in_both_forms(home: Heard) -> None:
    assert home.reachable == {PLUG: False, LOCK: True}
    home.read(message("zigbee2mqtt/coffee_machine/availability", {"state": "online"}))
    assert home.reachable[PLUG]


def test_nothing_can_be_reached_without_the_bridge(home: Heard) -> None:
    home.read(message("zigbee2mqtt/bridge/state", "offline"))
    assert set(home.reachable.values()) == {False}
    home.read(message("zigbee2mqtt/bridge/state", "online"))
    assert home.reachable[LOCK]
    assert not home.reachable[PLUG]


def test_an_error_in_the_log_is_a_refusal(home: Heard) -> None:
    text = (
        "Publish 'set' 'state' to 'coffee_machine' failed: 'Error: Command 0x00158d00018255df/1 "
        'genOnOff.on({}, {"timeout":10000}) failed (SRSP - AF - dataRequest after 6000ms)\''
    )
    home.read(message("zigbee2mqtt/bridge/logging", {"level": "error", "message": f"z2m: {text}"}))
    assert home.refused == {PLUG: "SRSP - AF - dataRequest after 6000ms)'"}


def test_another_base_topic() -> None:
    home = Heard(Zigbee2Mqtt("house/zigbee"))
    [_, devices, *_] = messages("zigbee2mqtt/home.json")
    home.read(message("house/zigbee/bridge/devices", devices.payload.decode()))
    assert home.sends(PLUG, {"state": "ON"}) == [
        ("house/zigbee/coffee_machine/set", '{"state": "ON"}')
    ]
    assert home.read(message("zigbee2mqtt/coffee_machine", {"state": "ON"})) == ()


def test_two_of_them_on_one_broker() -> None:
    places = Places(zigbee2mqtt=("zigbee2mqtt", "house/zigbee"))
    home = Heard(CONVENTIONS["zigbee2mqtt"](places))
    assert {"zigbee2mqtt/bridge/devices", "house/zigbee/bridge/devices"} <= set(
        home.convention.filters
    )
    for it in messages("zigbee2mqtt/home.json"):
        home.read(it)
    alone = len(home.found)
    for it in messages("zigbee2mqtt/home.json"):
        topic = it.topic.replace("zigbee2mqtt", "house/zigbee", 1)
        home.read(replace(it, topic=topic, payload=it.payload.replace(b"0x00", b"0x11")))
    assert len(home.found) > alone
    moved = PLUG.replace("0x00", "0x11")
    assert home.sends(moved, {"state": "ON"}) == [
        ("house/zigbee/coffee_machine/set", '{"state": "ON"}')
    ]
    assert home.sends(PLUG, {"state": "ON"}) == [
        ("zigbee2mqtt/coffee_machine/set", '{"state": "ON"}')
    ]
