"""Time the discovery of many devices on a broker: `python -m tools.discovery_scale [mqtt://…]`.

Without an address it starts the embedded broker. For each convention it publishes retained
announcements and states of 2,000 devices, starts discovery, and tells after how many seconds all
devices were known, after how many all their states, and how much memory that took.
"""

import json
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.broker import EmbeddedBroker
from edge_agent.bus.client import Bus
from edge_agent.home.conventions import CONVENTIONS, Places
from edge_agent.home.conventions.types import Reported
from edge_agent.home.directory import Directory
from edge_agent.home.discovery import Discovery

DEVICES = 2_000
PATIENCE_S = 120.0
Published = Iterator[tuple[str, object]]


def zigbee2mqtt() -> Published:
    """Announce lights in one list, as the bridge does."""
    on = {"type": "binary", "name": "state", "property": "state", "value_on": "ON"}
    dim = {"type": "numeric", "name": "brightness", "property": "brightness", "value_max": 254}
    features = [{**on, "value_off": "OFF", "access": 7}, {**dim, "access": 7}]
    definition = {"model": "m", "exposes": [{"type": "light", "features": features}]}
    yield (
        "zigbee2mqtt/bridge/devices",
        [
            {"ieee_address": f"0x{n:016x}", "friendly_name": f"light {n}", "definition": definition}
            for n in range(DEVICES)
        ],
    )
    for n in range(DEVICES):
        yield f"zigbee2mqtt/light {n}", {"state": "ON", "brightness": 127}


def tasmota() -> Published:
    """Announce relays."""
    for n in range(DEVICES):
        config = {"dn": f"relay {n}", "t": f"relay{n}", "mac": f"{n:012X}", "rl": [1]}
        topics = {"ft": "%prefix%/%topic%/", "tp": ["cmnd", "stat", "tele"]}
        yield f"tasmota/discovery/{n:012X}/config", {**config, **topics}
        yield f"stat/relay{n}/RESULT", {"POWER": "ON"}


def homie() -> Published:
    """Announce pumps."""
    pump = {"properties": {"on": {"datatype": "boolean", "settable": True}}}
    for n in range(DEVICES):
        description = {"homie": "5.0", "version": 1, "name": f"pump {n}", "nodes": {"pump": pump}}
        yield f"homie/5/pump-{n}/$state", "ready"
        yield f"homie/5/pump-{n}/$description", description
        yield f"homie/5/pump-{n}/pump/on", "true"


def home_assistant() -> Published:
    """Announce lights, each with a state topic of its own."""
    for n in range(DEVICES):
        config = {"name": f"light {n}", "schema": "json", "brightness": True}
        topics = {"cmd_t": f"light{n}/set", "stat_t": f"light{n}"}
        yield f"homeassistant/light/light{n}/config", {**config, **topics}
        yield f"light{n}", {"state": "ON", "brightness": 127}


ANNOUNCED: Mapping[str, Callable[[], Published]] = {
    "zigbee2mqtt": zigbee2mqtt,
    "tasmota": tasmota,
    "homie": homie,
    "home_assistant": home_assistant,
}


def discover(name: str, address: BrokerAddress) -> str:
    """Publish, discover, and return a line of the table."""
    topics = []
    with Bus.connect(address) as bus:
        sent = None
        for topic, payload in ANNOUNCED[name]():
            topics.append(topic)
            text = payload if isinstance(payload, str) else json.dumps(payload)
            sent = bus.send(topic, text, retain=True)
        if sent is not None:
            sent.result(PATIENCE_S)
    found_s, told_s = _times(name, address)
    with Bus.connect(address) as bus:
        for topic in topics:
            sent = bus.send(topic, "", retain=True)
        if sent is not None:
            sent.result(PATIENCE_S)
    return f"{name:15} {found_s:8.2f} s {told_s:8.2f} s {_memory_mb():8.0f} MB"


def _times(name: str, address: BrokerAddress) -> tuple[float, float]:
    found, told = threading.Event(), threading.Event()
    known: set[str] = set()
    start = time.monotonic()
    times = {}

    def on_devices(devices: tuple[object, ...]) -> None:
        if len(devices) == DEVICES:
            times["found"] = time.monotonic() - start
            found.set()

    def on_news(device_id: str, news: object, _: object) -> None:
        if isinstance(news, Reported):
            known.add(device_id)
        if len(known) == DEVICES and not told.is_set():
            times["told"] = time.monotonic() - start
            told.set()

    with (
        Bus.connect(address) as bus,
        Discovery(
            bus, [CONVENTIONS[name](Places())], Directory(), on_devices=on_devices, on_news=on_news
        ),
    ):
        if not (found.wait(PATIENCE_S) and told.wait(PATIENCE_S)):
            sys.exit(f"{name}: only {len(known)} devices told their state")
    return times["found"], times["told"]


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    with ExitStack() as stack:
        if len(sys.argv) > 1:
            address = BrokerAddress.parse(sys.argv[1])
        else:
            address = stack.enter_context(EmbeddedBroker()).address
        print(f"{DEVICES} devices     found in   states in   memory (from {_memory_mb():.0f} MB)")
        for name in ANNOUNCED:
            print(discover(name, address), flush=True)


if __name__ == "__main__":
    main()
