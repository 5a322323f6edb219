"""Shelly: a device says `online`, is asked, and answers; then it is driven over RPC."""

import json

import pytest
from convention_payloads import Heard, message, messages

from edge_agent.home.conventions.shelly import DEFAULT_SOURCE, Shelly
from edge_agent.home.conventions.types import Gone
from edge_agent.home.types import Capability, Kind

PORCH = "shelly:shellyplus2pm-a8032abe54dc/switch:0"
BLIND = "shelly:home/bath/cover:0"
STRIP = "shelly:shellyplusrgbwpm-a8032abe0002/rgb:0"
CLIMATE = "shelly:shellyplusht-08b61fce0003/sensors"
SETS = ("plus_2pm_switches", "plus_2pm_cover", "plus_rgbw_pm", "plus_ht")


def introduce(heard: Heard, name: str) -> None:
    """Answer what is asked as the device of a payload set does."""
    online, config, status, *events = messages(f"shelly/{name}.json")
    answers = {config.topic: config.payload, status.topic: status.payload}
    heard.read(online)
    while heard.asked:
        answer(heard, answers)
    heard.read(*events)


def answer(heard: Heard, answers: dict) -> None:
    question = heard.asked.pop(0)
    frame = json.loads(question.payload)
    result = json.loads(answers[frame["method"]])
    reply = {"id": frame["id"], "src": "shelly", "dst": frame["src"], "result": result}
    heard.read(message(f"{frame['src']}/rpc", reply))


@pytest.fixture
def home() -> Heard:
    heard = Heard(Shelly(prefixes=("+", "home/+")))
    for name in SETS:
        introduce(heard, name)
    return heard


def test_a_device_is_asked_when_it_comes() -> None:
    heard = Heard(Shelly())
    heard.read(message("shellyplus1-a8032abe54dc/online", "true"))
    [question] = heard.asked
    assert question.topic == "shellyplus1-a8032abe54dc/rpc"
    frame = json.loads(question.payload)
    assert (frame["src"], frame["method"]) == (DEFAULT_SOURCE, "Shelly.GetConfig")


def test_the_right_devices_are_found(home: Heard) -> None:
    assert {(f.name, f.kind) for f in home.found.values()} == {
        ("Porch light", Kind.SWITCH),
        ("Porch 2", Kind.SWITCH),
        ("Bath blind", Kind.COVER),
        ("Desk strip", Kind.LIGHT),
        ("Bathroom climate", Kind.SENSOR),
    }
    assert home.found[PORCH].identifiers == {"mac:a8032abe54dc"}
    assert home.found[STRIP].can >= {Capability.COLOR, Capability.BRIGHTNESS, Capability.ON_OFF}


def test_states_are_normalised(home: Heard) -> None:
    assert home.states[PORCH] == {"state": "OFF", "power": 8.9}
    assert home.states[BLIND]["position"] == 35
    assert home.states[STRIP] == {
        "state": "ON",
        "brightness": 40,
        "color": "#ff8000",
        "power": 3.2,
    }
    assert home.states[CLIMATE] == {"temperature": 22.8, "humidity": 64.2, "battery": 83}
    assert set(home.reachable.values()) == {True}


@pytest.mark.parametrize(
    ("key", "wanted", "method", "params"),
    [
        (PORCH, {"state": "ON"}, "Switch.Set", {"id": 0, "on": True}),
        (STRIP, {"state": "ON", "color": "#ff8000"}, "RGB.Set",
         {"id": 0, "on": True, "rgb": [255, 128, 0]}),
        (STRIP, {"state": "ON", "brightness": 20}, "RGB.Set",
         {"id": 0, "on": True, "brightness": 20}),
        (BLIND, {"position": 100}, "Cover.Open", {"id": 0}),
        (BLIND, {"position": 0}, "Cover.Close", {"id": 0}),
        (BLIND, {"position": 35}, "Cover.GoToPosition", {"id": 0, "pos": 35}),
    ],
)  # fmt: skip
def test_the_right_request_is_sent(home: Heard, key, wanted, method, params) -> None:
    [(topic, payload)] = home.sends(key, wanted) or []
    frame = json.loads(payload)
    assert topic == key.removeprefix("shelly:").rpartition("/")[0] + "/rpc"
    assert (frame["src"], frame["method"], frame["params"]) == (DEFAULT_SOURCE, method, params)


def test_every_request_has_an_id_of_its_own(home: Heard) -> None:
    ids = [json.loads(home.order(PORCH, {"state": "ON"}).commands[0].payload)["id"] for _ in "abc"]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [(PORCH, {"brightness": 4}), (BLIND, {"state": "ON"}), (CLIMATE, {"state": "ON"})],
)
def test_what_a_device_cannot_do_is_not_sent(home: Heard, key, wanted) -> None:
    assert home.sends(key, wanted) is None


def test_an_error_answers_the_command_that_it_is_about(home: Heard) -> None:
    frame = json.loads(home.order(PORCH, {"state": "ON"}).commands[0].payload)
    error = {"code": -109, "message": "Overpower: <turn|> switched off"}
    reply = {"id": frame["id"], "src": "shellyplus2pm", "dst": DEFAULT_SOURCE, "error": error}
    home.read(message(f"{DEFAULT_SOURCE}/rpc", reply))
    assert home.refused == {PORCH: "Overpower: turn switched off"}
    home.refused.clear()
    home.read(message(f"{DEFAULT_SOURCE}/rpc", reply))
    assert home.refused == {}, "an answer counts once"


def test_a_changed_configuration_is_asked_for_again(home: Heard) -> None:
    event = {"component": "switch:0", "id": 0, "event": "config_changed", "cfg_rev": 18}
    params = {"ts": 1631266595.44, "events": [event]}
    changed = {"src": "s", "dst": "d", "method": "NotifyEvent", "params": params}
    home.read(message("shellyplus2pm-a8032abe54dc/events/rpc", changed))
    _, config, status, _ = messages("shelly/plus_2pm_switches.json")
    renamed = json.loads(config.payload)
    renamed["switch:0"]["name"] = "Gate light"
    answers = {config.topic: json.dumps(renamed), status.topic: status.payload}
    while home.asked:
        answer(home, answers)
    assert home.found[PORCH].name == "Gate light"


def test_the_will_says_that_it_cannot_be_reached(home: Heard) -> None:
    home.read(message("home/bath/online", "false"))
    assert not home.reachable[BLIND]


def test_a_device_whose_topic_is_emptied_is_gone(home: Heard) -> None:
    assert home.read(message("home/bath/online", "")) == (Gone(BLIND),)
    assert home.sends(BLIND, {"position": 0}) is None


def test_an_answer_that_nobody_asked_for_tells_nothing(home: Heard) -> None:
    reply = {"id": 999, "src": "x", "result": {"switch:0": {"id": 0, "name": "evil"}}}
    assert home.read(message(f"{DEFAULT_SOURCE}/rpc", reply)) == ()
