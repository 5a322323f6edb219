"""The directory: several conventions' findings become one list of devices."""

from pathlib import Path

import pytest
from convention_payloads import message, messages

from edge_agent.home.conventions import CONVENTIONS, Places
from edge_agent.home.conventions.plain import Plain
from edge_agent.home.conventions.types import Found, Gone, Reachable, Reported
from edge_agent.home.conventions.zigbee2mqtt import Zigbee2Mqtt
from edge_agent.home.directory import Directory
from edge_agent.home.home_file import load_home
from edge_agent.home.types import UNKNOWN_AREA, Capability, Device, Kind

ON_OFF = frozenset({Capability.ON_OFF, Capability.STATE})
MAC = frozenset({"mac:a8032abe54dc"})


def found(key: str, name: str = "lamp", kind: Kind = Kind.SWITCH, **more: object) -> Found:
    return Found(key, name, "", kind, ON_OFF, **more)


def hear(directory: Directory, name: str, *paths: str) -> None:
    convention = CONVENTIONS[name](Places())
    for path in paths:
        for received in messages(path):
            directory.apply(name, convention.read(received), now=100.0)


def test_every_convention_together() -> None:
    directory = Directory()
    hear(directory, "zigbee2mqtt", "zigbee2mqtt/home.json")
    hear(directory, "tasmota", "tasmota/home.json")
    hear(directory, "homie", "homie/home.json")
    hear(directory, "home_assistant", "home_assistant/single_components.json")
    ids = [device.id for device in directory.devices]
    assert len(ids) == len(set(ids)) == 12 + 10 + 6 + 12
    assert ids == sorted(ids)
    assert all(device.area for device in directory.devices)


@pytest.mark.parametrize("native_first", [True, False])
def test_a_device_announced_twice_is_one(native_first: bool) -> None:
    directory = Directory()
    heard = [
        ("zigbee2mqtt", "zigbee2mqtt/home.json"),
        ("home_assistant", "home_assistant/zigbee2mqtt_bridge.json"),
    ]
    for name, path in heard if native_first else reversed(heard):
        hear(directory, name, path)
    names = [device.name for device in directory.devices]
    assert len(names) == 12
    for name, convention_id in (
        ("floor lamp", "zigbee2mqtt-0x90fd9ffffe6494fc"),
        ("hallway switch left", "zigbee2mqtt-0x00158d0002a1b2c3--left"),
        ("garden weather", "zigbee2mqtt-0x00158d0001e6f0a1"),
    ):
        assert names.count(name) == 1
        listing = directory.listing(convention_id)
        assert listing is not None
        assert listing.found_by == ("zigbee2mqtt", "home_assistant")
    assert directory.driver("zigbee2mqtt-0x90fd9ffffe6494fc") == (
        "zigbee2mqtt",
        "zigbee2mqtt:0x90fd9ffffe6494fc",
    )


def test_hardware_alone_does_not_merge_what_is_several() -> None:
    directory = Directory()
    directory.apply("shelly", [found(f"shelly:x/switch:{n}", identifiers=MAC) for n in (0, 1)], 0)
    directory.apply("home_assistant", [found("home_assistant:switch/x", identifiers=MAC)], 0)
    assert len(directory.devices) == 3


def test_hardware_merges_what_is_one_of_its_kind() -> None:
    directory = Directory()
    directory.apply("shelly", [found("shelly:x/switch:0", "porch", identifiers=MAC)], 0)
    directory.apply("home_assistant", [found("home_assistant:switch/x", identifiers=MAC)], 0)
    directory.apply(
        "home_assistant", [found("home_assistant:fan/x", kind=Kind.FAN, identifiers=MAC)], 0
    )
    assert [device.name for device in directory.devices] == ["lamp", "porch"]


def test_two_devices_of_one_convention_are_never_merged() -> None:
    directory = Directory()
    topic = frozenset({"x/set"})
    directory.apply("tasmota", [found(f"tasmota:{n}", topics=topic) for n in "ab"], 0)
    assert len(directory.devices) == 2


def test_when_the_driver_goes_the_other_takes_over() -> None:
    directory = Directory()
    directory.apply("shelly", [found("shelly:x/switch:0", identifiers=MAC)], 0)
    directory.apply("home_assistant", [found("home_assistant:switch/x", identifiers=MAC)], 0)
    directory.apply("shelly", [Gone("shelly:x/switch:0")], 0)
    [device] = directory.devices
    assert directory.driver(device.id) == ("home_assistant", "home_assistant:switch/x")


def test_only_what_the_prompt_shows_is_a_change() -> None:
    directory = Directory()
    directory.apply("tasmota", [found("tasmota:a/1")], 0)
    assert directory.changed() is not None
    unseen = [
        found("tasmota:a/1"),
        Reported("tasmota:a/1", {"state": "ON"}),
        Reachable("tasmota:a/1", reachable=False),
        found("tasmota:a/1", identifiers=MAC),
    ]
    directory.apply("tasmota", unseen, 1)
    assert directory.changed() is None
    directory.apply("tasmota", [found("tasmota:a/1", "desk lamp")], 2)
    changed = directory.changed()
    assert changed is not None
    assert [device.name for device in changed] == ["desk lamp"]
    directory.apply("tasmota", [Gone("tasmota:a/1")], 3)
    assert directory.changed() == ()
    assert directory.changed() is None


def test_ids_are_those_of_the_last_time() -> None:
    ids = []
    for reverse in (False, True):
        directory = Directory()
        findings = [found(f"tasmota:E0980600AA01/{n}") for n in (1, 2)]
        directory.apply("tasmota", reversed(findings) if reverse else findings, 0)
        ids.append([device.id for device in directory.devices])
    assert ids[0] == ids[1] == ["tasmota-E0980600AA01--1", "tasmota-E0980600AA01--2"]


def test_a_rename_keeps_the_id() -> None:
    directory, convention = Directory(), Zigbee2Mqtt()
    listed = messages("zigbee2mqtt/home.json")
    directory.apply("zigbee2mqtt", convention.read(listed[1]), 0)
    before = {device.id for device in directory.devices}
    renamed = listed[1].payload.decode().replace("coffee_machine", "espresso")
    directory.apply("zigbee2mqtt", convention.read(message(listed[1].topic, renamed)), 1)
    assert {device.id for device in directory.devices} == before
    assert "espresso" in {device.name for device in directory.devices}


@pytest.mark.parametrize("keys", [("homie:a/b", "homie:a--b"), ("homie:a b", "homie:a-b")])
def test_different_keys_have_different_ids(keys: tuple[str, str]) -> None:
    directory = Directory()
    directory.apply("homie", [found(key) for key in keys], 0)
    assert len(directory.devices) == 2


def test_an_id_fits_a_topic_level() -> None:
    directory = Directory()
    directory.apply("homie", [found(f"homie:{'x' * 300}{n}/ä#+") for n in range(3)], 0)
    ids = {device.id for device in directory.devices}
    assert len(ids) == 3
    assert all(len(name) <= 64 and not set(name) & set("/#+") for name in ids)


@pytest.mark.parametrize(
    "written", ["zigbee2mqtt-0x00158d00018255df", "0x00158d00018255df", "0x00158D00018255DF"]
)
def test_the_home_file_names_what_is_found(written: str) -> None:
    named = Device(written, "espresso", "kitchen", Kind.SWITCH, frozenset({Capability.ON_OFF}))
    directory = Directory([named])
    hear(directory, "zigbee2mqtt", "zigbee2mqtt/home.json")
    assert named in directory.devices
    assert len(directory.devices) == 12
    assert directory.driver(written) == ("zigbee2mqtt", "zigbee2mqtt:0x00158d00018255df")


def test_the_address_of_two_devices_names_neither() -> None:
    both = "0x00158d0002a1b2c3"
    named = Device(both, "hall", "hall", Kind.SWITCH, frozenset({Capability.ON_OFF}))
    directory = Directory([named])
    hear(directory, "zigbee2mqtt", "zigbee2mqtt/home.json")
    assert len(directory.devices) == 12
    assert named not in directory.devices


def test_the_home_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(
        "devices:\n  - {id: lamp, name: lamp, area: hall, kind: light, can: [on_off, brightness]}\n"
    )
    devices = load_home(path).devices
    directory, plain = Directory(devices), Plain(devices)
    directory.apply("plain", plain.known(), 0)
    assert directory.devices == devices
    directory.apply("plain", plain.read(message("home/lamp", {"state": "ON"})), 5.0)
    directory.apply("plain", plain.read(message("home/lamp/availability", "online")), 6.0)
    listing = directory.listing("lamp")
    assert listing is not None
    assert (listing.state, listing.reachable) == ({"state": "ON"}, True)
    assert listing.report.said_at() == 5.0
    order = plain.order("plain:lamp", {"state": "OFF"})
    assert order is not None
    assert [(c.topic, c.payload) for c in order.commands] == [("home/lamp/set", '{"state": "OFF"}')]


def test_how_a_device_is_now() -> None:
    directory = Directory()
    hear(directory, "zigbee2mqtt", "zigbee2mqtt/home.json")
    listing = directory.listing("zigbee2mqtt-0x00158d00018255df")
    assert listing is not None
    assert listing.device.area == UNKNOWN_AREA
    assert listing.state["state"] == "OFF"
    assert listing.reachable is False
    assert listing.report.said_at() == 100.0
    assert directory.device_id("zigbee2mqtt:0x00158d00018255df") == listing.device.id


def test_what_is_not_there_is_none() -> None:
    directory = Directory()
    directory.apply("tasmota", [Reported("tasmota:x", {"state": "ON"}), Gone("tasmota:x")], 0)
    assert directory.devices == ()
    assert directory.listing("x") is None
    assert directory.driver("x") is None
    assert directory.device_id("tasmota:x") is None


def test_an_identifier_that_all_claim_merges_nothing() -> None:
    directory = Directory()
    for n in range(100):
        directory.apply("shelly", [found(f"shelly:{n}/switch:0", identifiers=MAC)], 0)
        directory.apply("home_assistant", [found(f"home_assistant:switch/{n}", identifiers=MAC)], 0)
    assert len(directory.devices) == 200


def test_a_device_without_a_usable_name_is_called_by_its_id() -> None:
    directory = Directory()
    directory.apply("homie", [found("homie:a/b", "")], 0)
    assert [device.name for device in directory.devices] == ["homie-a--b"]
