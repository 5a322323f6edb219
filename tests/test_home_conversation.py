"""The prompt follows the devices, and not their states; with a real (random) model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.bus.client import Bus
from edge_agent.home.home import Home
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.home_conversation import HomeConversation
from edge_agent.model.engine import Engine
from edge_agent.model.errors import ModelError
from edge_agent.model.loaded_model import EngineOptions

MODEL = Path(__file__).parent / "models" / "published.litertlm"
ON_OFF = frozenset({Capability.ON_OFF})
LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, ON_OFF)
FAN = Device("fan", "fan", "hall", Kind.FAN, ON_OFF)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine.open(MODEL, EngineOptions(context=1024, cache_folder=tmp_path)) as engine:
        yield engine


def device_ids(conversation: HomeConversation) -> dict[str, str]:
    named = conversation.names.items()
    return {name: thing.id for name, thing in named if isinstance(thing, Device)}


def test_it_is_primed_anew_for_other_devices_only(engine: Engine) -> None:
    devices = (LAMP,)
    conversation = HomeConversation(engine, lambda: devices)
    first = conversation.session()
    devices = (Device("lamp", "lamp", "hall", Kind.LIGHT, ON_OFF),)
    assert conversation.session() is first
    devices = (LAMP, FAN)
    second = conversation.session()
    assert second is not first
    assert device_ids(conversation) == {"lamp": "lamp", "fan": "fan"}
    devices = (Device("lamp-2", "lamp", "hall", Kind.LIGHT, ON_OFF), FAN)
    assert conversation.session() is second
    assert device_ids(conversation) == {"lamp": "lamp-2", "fan": "fan"}


def test_states_leave_it_as_it_is(engine: Engine, mosquitto) -> None:
    with Bus.connect(mosquitto.address) as bus, Home(bus, [LAMP]) as home:
        conversation = HomeConversation(engine, lambda: home.devices)
        before = conversation.session()
        bus.publish("home/lamp", '{"state": "ON"}', retain=True)
        assert home.wait_known(["lamp"], 20)
        assert conversation.session() is before


def test_a_home_that_is_too_large_is_cut_to_what_fits(engine: Engine, caplog) -> None:
    sensors = [Device(f"a{n}", f"probe {n}", "hall", Kind.SENSOR, frozenset()) for n in range(90)]
    lamps = [Device(f"z{n}", f"lamp {n}", "hall", Kind.LIGHT, ON_OFF) for n in range(4)]
    home = (*sensors, *lamps)
    conversation = HomeConversation(engine, lambda: home)
    known = set(device_ids(conversation).values())
    assert {lamp.id for lamp in lamps} < known
    assert len(known) < len(home)
    assert f"room for {len(known)} of 94 devices" in caplog.text
    assert conversation.session().prefix_tokens <= 0.75 * engine.context


def test_a_model_without_room_for_anything_says_so(tmp_path: Path) -> None:
    home = (Device("lamp", "lamp " * 400, "hall", Kind.LIGHT, ON_OFF),)
    options = EngineOptions(context=256, cache_folder=tmp_path)
    with Engine.open(MODEL, options) as engine, pytest.raises(ModelError, match="too long"):
        HomeConversation(engine, lambda: home)
