"""A home on a real broker: what is known of devices, and what meets an expectation."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.home.home import Home
from edge_agent.home.states import Report
from edge_agent.home.types import Capability, Device, Kind

LONG_S = 20.0
LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
FAN = Device("fan", "fan", "hall", Kind.FAN, frozenset({Capability.ON_OFF}))


@pytest.fixture
def bus(broker: BrokerAddress) -> Iterator[Bus]:
    with Bus.connect(broker) as connected:
        yield connected


@pytest.fixture
def home_of(bus: Bus) -> Iterator[Callable[..., Home]]:
    with ExitStack() as open_:
        yield lambda *devices: open_.enter_context(Home(bus, devices))


def wait_for(home: Home, device_id: str, state: dict) -> None:
    with home._changed:
        assert home._changed.wait_for(
            lambda: (last := home.last(device_id)) and last.state == state, LONG_S
        )


def test_the_last_report_is_kept(bus: Bus, home_of) -> None:
    home = home_of(LAMP, FAN)
    assert home.last("lamp") is None
    bus.publish("home/lamp", '{"state": "ON", "brightness": 3}')
    bus.publish("home/lamp", '{"state": "OFF"}')
    bus.publish("home/unknown", '{"state": "ON"}')
    bus.publish("home/fan", '{"state": "ON"}')
    assert home.wait_known(["lamp", "fan"], LONG_S)
    wait_for(home, "lamp", {"state": "OFF", "brightness": 3})
    assert not home.last("lamp").retained
    assert home.last("unknown") is None
    assert not home.wait_known(["unknown"], 0)


def test_what_was_kept_is_known_to_be_old(bus: Bus, home_of) -> None:
    bus.publish("home/lamp", '{"state": "ON"}', retain=True)
    home = home_of(LAMP)
    assert home.wait_known(["lamp"], LONG_S)
    assert home.last("lamp").retained
    assert home.last("lamp").age_s(time.time()) is None


def test_a_live_report_meets_an_expectation_and_an_old_one_does_not(bus: Bus, home_of) -> None:
    """Subscribing anew has the broker repeat what it kept, in the midst of the wait."""
    bus.publish("home/lamp", '{"state": "ON"}', retain=True)
    home = home_of(LAMP)
    expectation = home.expect("lamp", {"state": "ON"})
    repeated = threading.Event()
    bus.subscribe("home/+", lambda message: repeated.set() if message.retained else None)
    assert repeated.wait(LONG_S)
    assert not expectation.met.done()
    bus.publish("home/lamp", '{"state": "OFF"}')
    bus.publish("home/lamp", '{"state": "ON", "brightness": 9}')
    confirmation = expectation.met.result(LONG_S)
    assert (confirmation.topic, confirmation.said["brightness"]) == ("home/lamp", 9)


def test_what_arrived_before_does_not_meet_an_expectation(bus: Bus, home_of) -> None:
    """A live report may still wait to be read when the expectation is made."""
    home = home_of(LAMP)
    with home._discovery._lock:
        arrived = threading.Event()
        bus.subscribe("later", lambda _: arrived.set())
        bus.publish("home/lamp", '{"state": "ON"}')
        bus.publish("later", "")
        assert arrived.wait(LONG_S)
        expectation = home.expect("lamp", {"state": "ON"})
    wait_for(home, "lamp", {"state": "ON"})
    assert not expectation.met.done()


def test_a_wish_may_be_told_in_parts(bus: Bus, home_of) -> None:
    home = home_of(LAMP)
    expectation = home.expect("lamp", {"state": "ON", "brightness": 40})
    for said in ('{"state": "ON"}', '{"brightness": 39}'):
        assert not expectation.met.done()
        bus.publish("home/lamp", said)
    assert expectation.met.result(LONG_S).said == {"state": "ON", "brightness": 39}


def test_every_report_counts_and_not_only_the_last(bus: Bus, home_of) -> None:
    home = home_of(LAMP)
    on = home.expect("lamp", {"state": "ON"})
    off = home.expect("lamp", {"state": "OFF"})
    sent = [bus.send("home/lamp", f'{{"state": "{state}"}}') for state in ("ON", "OFF")]
    assert on.met.result(LONG_S).at <= off.met.result(LONG_S).at
    assert all(it.result(LONG_S) for it in sent)


def test_what_is_forgotten_is_not_met(bus: Bus, home_of) -> None:
    home = home_of(LAMP)
    dropped, kept = (home.expect("lamp", {"state": "ON"}) for _ in range(2))
    home.forget(dropped)
    home.forget(dropped)
    bus.publish("home/lamp", '{"state": "ON"}')
    kept.met.result(LONG_S)
    assert not dropped.met.done()


def test_an_expectation_outlives_the_connection(start_mosquitto) -> None:
    mosquitto = start_mosquitto()
    with Bus.connect(mosquitto.address) as bus, Home(bus, [LAMP]) as home:
        expectation = home.expect("lamp", {"state": "ON"})
        mosquitto.kill()
        mosquitto.start()
        assert bus.wait_connected(LONG_S)
        bus.publish("home/lamp", '{"state": "ON"}')
        assert expectation.met.result(LONG_S).said == {"state": "ON"}


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
    report = Report({"last_seen": last_seen}, heard_at=1500.0, retained=False)
    assert report.age_s(2000.0) == age_s
