"""What is known of devices, and what meets an expectation and what does not."""

import threading
import time
from collections.abc import Iterator

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError
from edge_agent.home.states import HomeStates, Report
from edge_agent.home.types import Capability, Device, Kind

LONG_S = 20.0
LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
FAN = Device("fan", "fan", "hall", Kind.FAN, frozenset({Capability.ON_OFF}))


@pytest.fixture
def bus(broker: BrokerAddress) -> Iterator[Bus]:
    with Bus.connect(broker) as connected:
        yield connected


def test_the_last_report_is_kept(bus: Bus) -> None:
    states = HomeStates(bus, [LAMP, FAN])
    assert states.last("lamp") is None
    bus.publish("home/lamp", '{"state": "ON", "brightness": 3}')
    bus.publish("home/lamp", '{"state": "OFF"}')
    bus.publish("home/unknown", '{"state": "ON"}')
    bus.publish("home/fan", '{"state": "ON"}')
    assert states.wait_known(["lamp", "fan"], LONG_S)
    report = states.last("lamp")
    assert (report.state, report.retained) == ({"state": "OFF"}, False)
    assert states.last("unknown") is None
    assert not states.wait_known(["unknown"], 0)


def test_what_was_kept_is_known_to_be_old(bus: Bus) -> None:
    bus.publish("home/lamp", '{"state": "ON"}', retain=True)
    states = HomeStates(bus, [LAMP])
    assert states.wait_known(["lamp"], LONG_S)
    assert states.last("lamp").retained
    assert states.last("lamp").age_s(time.time()) is None


def test_a_live_report_meets_an_expectation_and_an_old_one_does_not(bus: Bus) -> None:
    """Subscribing anew has the broker repeat what it kept, in the midst of the wait."""
    bus.publish("home/lamp", '{"state": "ON"}', retain=True)
    states = HomeStates(bus, [LAMP])
    expectation = states.expect("lamp", {"state": "ON"})
    repeated = threading.Event()
    bus.subscribe("home/+", lambda message: repeated.set() if message.retained else None)
    assert repeated.wait(LONG_S)
    assert not expectation.met.done()
    bus.publish("home/lamp", '{"state": "OFF"}')
    bus.publish("home/lamp", '{"state": "ON", "brightness": 9}')
    assert expectation.met.result(LONG_S).state == {"state": "ON", "brightness": 9}


def test_every_report_counts_and_not_only_the_last(bus: Bus) -> None:
    states = HomeStates(bus, [LAMP])
    on = states.expect("lamp", {"state": "ON"})
    off = states.expect("lamp", {"state": "OFF"})
    sent = [bus.send("home/lamp", f'{{"state": "{state}"}}') for state in ("ON", "OFF")]
    assert on.met.result(LONG_S).heard <= off.met.result(LONG_S).heard
    assert all(it.result(LONG_S) for it in sent)


def test_what_is_forgotten_is_not_met(bus: Bus) -> None:
    states = HomeStates(bus, [LAMP])
    dropped, kept = (states.expect("lamp", {"state": "ON"}) for _ in range(2))
    states.forget(dropped)
    states.forget(dropped)
    bus.publish("home/lamp", '{"state": "ON"}')
    kept.met.result(LONG_S)
    assert not dropped.met.done()


def test_expectations_fail_with_the_connection(start_mosquitto) -> None:
    mosquitto = start_mosquitto()
    with Bus.connect(mosquitto.address) as bus:
        expectation = HomeStates(bus, [LAMP]).expect("lamp", {"state": "ON"})
        mosquitto.kill()
        with pytest.raises(BusError, match="was lost"):
            expectation.met.result(LONG_S)
        mosquitto.start()


@pytest.mark.parametrize(
    ("last_seen", "age_s"),
    [
        ("1970-01-01T00:16:40+00:00", 1000),
        ("1970-01-01T00:16:40Z", 1000),
        (1_000_000, 1000),
        (3_000_000, 0),
        ("yesterday", 500),
        (1e300, 0),
        ("0001-01-01T00:00:00", 500),
    ],
)
def test_the_age_is_the_devices_own_where_it_tells(last_seen: object, age_s: float) -> None:
    report = Report({"last_seen": last_seen}, heard_at=1500.0, heard=0.0, retained=False)
    assert report.age_s(2000.0) == age_s
