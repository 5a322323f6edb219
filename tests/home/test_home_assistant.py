"""Home Assistant discovery: documented configs go in; devices, states and commands come out."""

import json

import pytest
from convention_payloads import Heard, message, messages

from edge_agent.home.conventions.home_assistant.abbreviations import expand
from edge_agent.home.conventions.home_assistant.convention import HomeAssistant
from edge_agent.home.conventions.types import Found, Gone, Listen, Reachable, Reported
from edge_agent.home.types import Capability, Kind

BASE = "home_assistant:"


def heard_of(*names: str) -> Heard:
    heard = Heard(HomeAssistant())
    for name in names:
        heard.read(*messages(f"home_assistant/{name}.json"))
    return heard


@pytest.fixture
def home() -> Heard:
    return heard_of("single_components")


def test_the_right_devices_are_found(home: Heard) -> None:
    assert {(f.name, f.area, f.kind, f.device_class) for f in home.found.values()} == {
        ("garden", "", Kind.SENSOR, "motion"),
        ("Bedroom", "Bedroom", Kind.SENSOR, "humidity"),
        ("irrigation", "", Kind.SWITCH, ""),
        ("Kitchen", "", Kind.LIGHT, ""),
        ("Office light", "", Kind.LIGHT, ""),
        ("Shelf", "", Kind.LIGHT, ""),
        ("Bedroom Fan", "", Kind.FAN, ""),
        ("Balcony blind", "", Kind.COVER, "blind"),
        ("Garage", "", Kind.COVER, "garage"),
        ("Front door", "", Kind.LOCK, ""),
        ("Study", "", Kind.CLIMATE, ""),
        ("Relax", "", Kind.SCENE, ""),
    }


def test_states_are_normalised(home: Heard) -> None:
    assert {key.removeprefix(BASE): state for key, state in home.states.items()} == {
        "sensors/binary_sensor/garden": {"motion": True},
        "sensors/bedroom01ae": {"temperature": 23.2, "humidity": 43.7},
        "switch/irrigation": {"state": "OFF"},
        "light/kitchen": {"state": "ON", "brightness": 100},
        "light/rgb1": {"state": "ON", "brightness": 40},
        "light/template1": {"state": "ON", "brightness": 20},
        "fan/bedroom": {"state": "ON", "speed": 66},
        "cover/node1/blind": {"position": 25},
        "cover/garage": {"position": 0},
        "lock/frontdoor": {"lock": "LOCKED"},
        "climate/hvac": {"state": "ON", "target_temperature": 20.0, "temperature": 21.1},
    }


@pytest.mark.parametrize(
    ("key", "wanted", "sent"),
    [
        ("switch/irrigation", {"state": "ON"}, [("homeassistant/switch/irrigation/set", "ON")]),
        ("light/kitchen", {"state": "ON", "brightness": 40},
         [("homeassistant/light/kitchen/set", '{"state": "ON", "brightness": 102}')]),
        ("light/rgb1", {"state": "ON", "brightness": 40},
         [("office/rgb1/brightness/set", "102"), ("office/rgb1/light/switch", "ON")]),
        ("light/rgb1", {"state": "ON", "color": "#ff8000"},
         [("office/rgb1/rgb/set", "255,128,0"), ("office/rgb1/light/switch", "ON")]),
        ("light/template1", {"state": "ON", "brightness": 20},
         [("home/rgb1/set", '{"state": "on", "brightness": 51}')]),
        ("light/template1", {"state": "ON", "color": "#ff8000"},
         [("home/rgb1/set", '{"state": "on", "color": [255, 128, 0]}')]),
        ("light/template1", {"state": "OFF"}, [("home/rgb1/set", '{"state": "off"}')]),
        ("fan/bedroom", {"state": "ON", "speed": 60},
         [("bedroom_fan/speed/percentage", "2"), ("bedroom_fan/on/set", "true")]),
        ("cover/node1/blind", {"position": 100}, [("home/cover/set", "OPEN")]),
        ("cover/node1/blind", {"position": 25}, [("home/cover/set_position", "191")]),
        ("cover/garage", {"position": 0}, [("garage/set", "CLOSE")]),
        ("cover/garage", {"position": 40}, None),
        ("lock/frontdoor", {"lock": "UNLOCKED"}, [("home-assistant/frontdoor/set", "UNLOCK")]),
        ("climate/hvac", {"target_temperature": 20}, [("study/ac/temperature/set", "68")]),
        ("climate/hvac", {"state": "ON"}, [("study/ac/mode/set", "cool")]),
        ("climate/hvac", {"state": "OFF"}, [("study/ac/mode/set", "off")]),
        ("scene/relax", {"scene": "ACTIVE"}, [("homeassistant/scene/relax/set", "GO")]),
        ("switch/irrigation", {"brightness": 40}, None),
        ("sensors/bedroom01ae", {"state": "ON"}, None),
    ],
)  # fmt: skip
def test_the_right_commands_are_sent(home: Heard, key, wanted, sent) -> None:
    assert home.sends(BASE + key, wanted) == sent


@pytest.fixture
def more() -> Heard:
    return heard_of("more_components")


def test_less_common_components_are_of_the_kinds_that_there_are(more: Heard) -> None:
    assert {(f.name, f.kind, f.device_class) for f in more.found.values()} == {
        ("Heater valve", Kind.COVER, "valve"),
        ("Garden water", Kind.COVER, "valve"),
        ("Gas", Kind.COVER, "valve"),
        ("Intrusion siren", Kind.SWITCH, "siren"),
        ("Garage", Kind.SWITCH, "siren"),
        ("Chime", Kind.SWITCH, "siren"),
        ("Bedroom humidifier", Kind.SWITCH, "humidifier"),
        ("Cellar dehumidifier", Kind.SWITCH, "dehumidifier"),
        ("Feed the cat", Kind.SCENE, ""),
        ("Gate", Kind.SCENE, ""),
        ("Boiler", Kind.CLIMATE, ""),
        ("Tank", Kind.CLIMATE, ""),
    }
    able = {found.name: set(found.can) - {Capability.STATE} for found in more.found.values()}
    assert able["Garden water"] == {Capability.POSITION}
    assert able["Bedroom humidifier"] == able["Intrusion siren"] == {Capability.ON_OFF}
    assert able["Feed the cat"] == set()
    assert able["Boiler"] == {Capability.ON_OFF, Capability.TEMPERATURE}


def test_states_of_less_common_components(more: Heard) -> None:
    assert {key.removeprefix(BASE): state for key, state in more.states.items()} == {
        "valve/heater": {"position": 0},
        "valve/garden": {"position": 25},
        "valve/gas": {"position": 100},
        "siren/intrusion": {"state": "OFF"},
        "siren/tasmota": {"state": "ON"},
        "humidifier/bedroom": {"state": "ON", "humidity": 47},
        "humidifier/cellar": {"state": "OFF"},
        "water_heater/boiler": {"state": "ON", "target_temperature": 50, "temperature": 46.5},
        "water_heater/tank": {"state": "OFF", "target_temperature": 50, "temperature": 40},
    }
    more.read(message("garden/water/state", "140"), message("home/alarm/siren1", "ON"))
    assert more.states[f"{BASE}valve/garden"] == {"position": 100}
    assert more.states[f"{BASE}siren/intrusion"] == {"state": "ON"}
    for word in ("opening", "None", "", '{"state": "opening"}'):
        assert more.read(message("garden/water/state", word)) == ()


def test_availability_of_less_common_components(more: Heard) -> None:
    assert {key.removeprefix(BASE): it for key, it in more.reachable.items()} == {
        "valve/heater": True,
        "valve/garden": False,
        "siren/intrusion": True,
        "siren/tasmota": False,
        "button/gate": True,
        "water_heater/boiler": True,
    }


@pytest.mark.parametrize(
    ("key", "wanted", "sent"),
    [
        ("valve/heater", {"position": 100}, [("heater/valve/set", '{"x": OPEN }')]),
        ("valve/heater", {"position": 0}, [("heater/valve/set", '{"x": CLOSE }')]),
        ("valve/heater", {"position": 40}, None),
        ("valve/garden", {"position": 100}, [("garden/water/set", "140")]),
        ("valve/garden", {"position": 0}, [("garden/water/set", "40")]),
        ("valve/garden", {"position": 25}, [("garden/water/set", "65")]),
        ("valve/gas", {"position": 0}, [("gas/set", "CLOSE")]),
        ("valve/gas", {"position": 100}, None),
        ("siren/intrusion", {"state": "ON"}, [("home/alarm/siren1/set", '{"state": "ON"}')]),
        ("siren/intrusion", {"state": "OFF"}, [("home/alarm/siren1/set", '{"state": "OFF"}')]),
        ("siren/tasmota", {"state": "OFF"}, [("cmnd/SIREN/POWER", "OFF")]),
        ("siren/chime", {"state": "ON"}, [("chime/set", '{"warning": {"mode": "burglar"}}')]),
        ("siren/chime", {"state": "OFF"}, [("chime/set", "stop")]),
        ("humidifier/bedroom", {"state": "OFF"}, [("bedroom_humidifier/on/set", "false")]),
        ("humidifier/cellar", {"state": "ON"}, [("cellar/set", '{"power": "ON"}')]),
        ("button/feeder", {"scene": "ACTIVE"}, [("feeder/press", "PRESS")]),
        ("button/gate", {"scene": "ACTIVE"}, [("gate/press", "pulse")]),
        ("water_heater/boiler", {"target_temperature": 35},
         [("basement/boiler/temperature/set", "35")]),
        ("water_heater/boiler", {"state": "ON"}, [("basement/boiler/mode/set", "on")]),
        ("water_heater/boiler", {"state": "OFF"}, [("basement/boiler/mode/set", "off")]),
        ("water_heater/tank", {"target_temperature": 35},
         [("tank/temperature/set", '{"target": 95}')]),
        ("water_heater/tank", {"state": "ON"}, [("tank/power/set", '{"power": "ON"}')]),
    ],
)  # fmt: skip
def test_commands_of_less_common_components(more: Heard, key, wanted, sent) -> None:
    assert more.sends(BASE + key, wanted) == sent


def test_a_button_is_not_pressed_twice_by_one_command(more: Heard) -> None:
    (press,) = more.order(f"{BASE}button/gate", {"scene": "ACTIVE"}).commands
    assert press.qos == 2


def test_a_valve_confirms_with_its_position(more: Heard) -> None:
    order = more.order(f"{BASE}valve/garden", {"position": 25})
    assert (order.confirmed_by, order.told_on) == ({"position": 25}, ("garden/water/state",))
    order = more.order(f"{BASE}valve/heater", {"position": 100})
    assert (order.confirmed_by, order.told_on) == ({"position": 100}, ("heater/valve/state",))


def test_a_cover_whose_end_has_no_word_is_moved_there() -> None:
    home = Heard(HomeAssistant())
    config = {"name": "x", "cmd_t": "x/set", "pl_open": None, "set_pos_t": "x/position"}
    home.read(message("homeassistant/cover/x/config", config))
    assert home.sends(f"{BASE}cover/x", {"position": 100}) == [("x/position", "100")]
    assert home.sends(f"{BASE}cover/x", {"position": 0}) == [("x/set", "CLOSE")]


def test_what_a_device_never_tells_is_not_waited_for(home: Heard) -> None:
    assert home.order(f"{BASE}scene/relax", {"scene": "ACTIVE"}).confirmed_by == {}
    assert home.order(f"{BASE}switch/irrigation", {"state": "ON"}).confirmed_by == {"state": "ON"}
    speed = home.order(f"{BASE}fan/bedroom", {"state": "ON", "speed": 60}).confirmed_by
    assert speed == home.states[f"{BASE}fan/bedroom"]


def test_availability_with_a_template_and_all_of_a_list(home: Heard) -> None:
    assert home.reachable == {f"{BASE}cover/node1/blind": False, f"{BASE}cover/garage": True}
    home.read(message("garage/online", {"state": "offline"}))
    assert not home.reachable[f"{BASE}cover/garage"]


@pytest.mark.parametrize(
    ("mode", "said", "reachable"),
    [
        ("latest", [("a", "online"), ("b", "offline")], False),
        ("latest", [("b", "offline"), ("a", "online")], True),
        ("any", [("b", "offline"), ("a", "online")], True),
        ("all", [("a", "online")], False),
        ("all", [("a", "online"), ("b", "online")], True),
    ],
)
def test_availability_modes(mode: str, said: list, reachable: bool) -> None:
    home = Heard(HomeAssistant())
    avty = [{"t": "a"}, {"t": "b"}]
    config = {"name": "x", "cmd_t": "x/set", "avty": avty, "avty_mode": mode}
    home.read(message("homeassistant/switch/x/config", config))
    home.read(*(message(topic, word) for topic, word in said))
    assert home.reachable == {f"{BASE}switch/x": reachable}


def test_a_device_of_several_components() -> None:
    home = heard_of("device")
    hood, counter = f"{BASE}device/0AFFD2/hood", f"{BASE}device/0AFFD2/counter"
    assert home.names == {hood: "Kitchen Hood", counter: "Kitchen Counter"}
    assert {found.area for found in home.found.values()} == {"Kitchen"}
    assert home.found[hood].identifiers == {"id:ea334450945afc", "mac:025b26a8dc12"}
    assert home.states[hood] == {"state": "ON", "brightness": 50, "color": "#ff0000"}
    assert home.states[counter] == {"state": "ON", "temperature": 21.4, "humidity": 40}
    assert home.reachable == {hood: True, counter: True}
    [(topic, payload)] = home.sends(hood, {"state": "ON", "color": "#ff8000"}) or []
    assert topic == "kitchen/hood/set"
    assert json.loads(payload)["color"] == {"r": 255, "g": 128, "b": 0, "w": 0}


def test_a_component_is_taken_back_alone() -> None:
    home = heard_of("device")
    config = json.loads(messages("home_assistant/device.json")[0].payload)
    config["cmps"]["hood"] = {"p": "light"}
    findings = home.read(message("homeassistant/device/0AFFD2/config", config))
    assert [f for f in findings if isinstance(f, Gone)] == [Gone(f"{BASE}device/0AFFD2/hood")]


def test_a_device_is_removed_whole() -> None:
    home = heard_of("device")
    home.read(message("homeassistant/device/0AFFD2/config", ""))
    assert home.found == {}
    assert home.read(message("kitchen/counter", "OFF")) == ()


def test_esphome() -> None:
    home = heard_of("esphome")
    ceiling = f"{BASE}light/living-room-node/ceiling"
    assert home.names == {ceiling: "Living Room Ceiling"}
    assert home.states[ceiling]["temperature"] == 21.3
    assert home.reachable == {ceiling: True}
    assert home.sends(ceiling, {"state": "ON", "brightness": 40}) == [
        ("living-room-node/light/ceiling/command", '{"state": "ON", "brightness": 102}')
    ]


def test_settings_of_a_device_are_no_devices(home: Heard) -> None:
    assert not any("restart" in key for key in home.found)


def test_a_rename_keeps_the_device(home: Heard) -> None:
    renamed = {"name": "lawn", "cmd_t": "homeassistant/switch/irrigation/set"}
    findings = home.read(message("homeassistant/switch/irrigation/config", renamed))
    assert [(f.key, f.name) for f in findings if isinstance(f, Found)] == [
        (f"{BASE}switch/irrigation", "lawn")
    ]


def test_an_empty_config_removes_the_device(home: Heard) -> None:
    findings = home.read(message("homeassistant/switch/irrigation/config", ""))
    assert findings == (Gone(f"{BASE}switch/irrigation"),)
    assert home.sends(f"{BASE}switch/irrigation", {"state": "ON"}) is None


def test_the_same_config_again_tells_nothing(home: Heard) -> None:
    configs = [m for m in messages("home_assistant/single_components.json") if "config" in m.topic]
    assert [home.read(config) for config in configs] == [()] * len(configs)


def test_every_topic_is_listened_to_once(home: Heard) -> None:
    assert len(home.listening) == len(set(home.listening))
    listed = messages("home_assistant/single_components.json")
    states = {m.topic for m in listed if not m.topic.endswith("/config")}
    assert states <= set(home.listening)


def test_abbreviations_and_the_base_topic() -> None:
    short = {"~": "a/b", "cmd_t": "~/set", "stat_t": "state/~", "avty": {"t": "~/lwt"}}
    assert expand({**short, "dev": {"ids": ["x"], "sa": "attic"}}) == {
        "~": "a/b",
        "command_topic": "a/b/set",
        "state_topic": "state/a/b",
        "availability": [{"topic": "a/b/lwt"}],
        "device": {"identifiers": ["x"], "suggested_area": "attic"},
    }


@pytest.mark.parametrize("topic", ["edge_agent/node/ask", "$SYS/x", "a/+/b", "#", "", 7, None])
def test_commands_go_to_no_topic_that_is_none_or_our_own(topic: object) -> None:
    home = Heard(HomeAssistant())
    home.read(message("homeassistant/switch/x/config", {"name": "x", "command_topic": topic}))
    assert home.found == {}


def test_a_light_by_hue_and_saturation() -> None:
    home = Heard(HomeAssistant())
    config = {"name": "x", "cmd_t": "x/set", "hs_cmd_t": "x/hs/set", "hs_stat_t": "x/hs"}
    home.read(message("homeassistant/light/x/config", config))
    key = f"{BASE}light/x"
    assert home.found[key].can == {Capability.ON_OFF, Capability.COLOR, Capability.STATE}
    assert home.sends(key, {"state": "ON", "color": "#00ff00"}) == [
        ("x/hs/set", "120,100"),
        ("x/set", "ON"),
    ]
    home.read(message("x/hs", "359.5,100.0"))
    assert home.states[key] == {"color": "#ff0000"}


def test_findings_say_what_to_listen_to_before_anything_is_heard() -> None:
    home = Heard(HomeAssistant())
    config = {"name": "x", "cmd_t": "x/set", "stat_t": "x", "avty_t": "x/lwt"}
    findings = home.read(message("homeassistant/switch/x/config", config))
    assert [type(finding) for finding in findings] == [Found, Listen, Listen]
    assert home.read(message("x/lwt", "online")) == (Reachable(f"{BASE}switch/x", True),)


def test_a_light_that_is_turned_on_by_its_brightness() -> None:
    home = Heard(HomeAssistant())
    config = {"name": "x", "cmd_t": "x/set", "bri_cmd_t": "x/bri", "on_cmd_type": "brightness"}
    home.read(message("homeassistant/light/x/config", config))
    key = f"{BASE}light/x"
    assert home.sends(key, {"state": "ON"}) == [("x/bri", "255")]
    assert home.sends(key, {"state": "ON", "brightness": 40}) == [("x/bri", "102")]
    assert home.sends(key, {"state": "OFF"}) == [("x/set", "OFF")]


def test_what_was_heard_before_is_known_to_a_later_component() -> None:
    home = Heard(HomeAssistant())
    shared = {"avty_t": "node/lwt", "stat_t": "node", "dev": {"ids": "node", "name": "node"}}
    for relay in (1, 2):
        own = {"cmd_t": f"node/{relay}", "val_tpl": f"{{{{ value_json.r{relay} }}}}"}
        home.read(message(f"homeassistant/switch/r{relay}/config", {**shared, **own}))
        home.read(message("node/lwt", "online"), message("node", {"r1": "ON", "r2": "OFF"}))
    late = {"cmd_t": "node/3", "val_tpl": "{{ value_json.r1 }}"}
    findings = home.read(message("homeassistant/switch/r3/config", {**shared, **late}))
    key = f"{BASE}switch/r3"
    assert Reachable(key, reachable=True) in findings
    assert Reported(key, {"state": "ON"}, remembered=True) in findings


def test_a_sensor_heard_first_is_told_of_the_light_that_follows() -> None:
    home = Heard(HomeAssistant())
    device = {"dev": {"ids": "node", "name": "node"}}
    sensor = {"dev_cla": "temperature", "stat_t": "node/t", **device}
    home.read(message("homeassistant/sensor/t/config", sensor), message("node/t", "21.5"))
    assert home.found.keys() == {f"{BASE}sensors/node"}
    home.read(message("homeassistant/light/l/config", {"cmd_t": "node/set", **device}))
    assert home.found.keys() == {f"{BASE}light/l"}
    assert home.states[f"{BASE}light/l"] == {"temperature": 21.5}


def test_a_device_has_a_bounded_number_of_components() -> None:
    home = Heard(HomeAssistant())
    for number in range(300):
        config = {"name": f"x{number}", "cmd_t": f"x/{number}", "dev": {"ids": "x"}}
        home.read(message(f"homeassistant/switch/x{number}/config", config))
    assert len(home.found) == 256
    home.read(message("homeassistant/switch/x0/config", ""))
    home.read(message("homeassistant/switch/y/config", {"cmd_t": "y", "dev": {"ids": "x"}}))
    assert f"{BASE}switch/y" in home.found


def test_a_sensor_that_is_offline_says_nothing_of_the_light_it_is_on() -> None:
    home = Heard(HomeAssistant())
    device = {"dev": {"ids": "node", "name": "node"}}
    sensor = {"dev_cla": "temperature", "stat_t": "t", "avty_t": "t/lwt", **device}
    light = {"cmd_t": "l/set", "avty_t": "l/lwt", **device}
    home.read(message("homeassistant/sensor/t/config", sensor))
    home.read(message("homeassistant/light/l/config", light))
    home.read(message("l/lwt", "online"), message("t/lwt", "offline"))
    assert home.reachable == {f"{BASE}light/l": True}


def test_another_prefix() -> None:
    home = Heard(HomeAssistant("ha/found"))
    assert home.convention.filters == ("ha/found/+/+/config", "ha/found/+/+/+/config")
    config = {"name": "x", "command_topic": "x/set"}
    home.read(message("homeassistant/switch/x/config", config))
    assert home.found == {}
    home.read(message("ha/found/switch/x/config", config))
    assert [found.name for found in home.found.values()] == ["x"]
