import logging
import socket
import subprocess
import sys
import threading

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.broker import EmbeddedBroker
from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError


def test_it_listens_on_loopback_alone() -> None:
    with EmbeddedBroker() as broker:
        assert broker.address.host == "127.0.0.1"
        listening = subprocess.run(
            ["/bin/ss", "-ltnH", f"sport = :{broker.address.port}"],
            check=True, capture_output=True, text=True,
        ).stdout.splitlines()  # fmt: skip
        assert [line.split()[3] for line in listening] == [f"127.0.0.1:{broker.address.port}"]


def test_it_stops_with_clients_connected_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    broker = EmbeddedBroker().start()
    bus = Bus.connect(broker.address)
    broker.stop()
    bus.close()
    assert set(threading.enumerate()) == before


def test_a_port_that_is_taken_is_told() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(BusError, match="embedded broker could not start"),
    ):
        EmbeddedBroker(taken.getsockname()[1]).start()


def test_it_is_quiet(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with EmbeddedBroker() as broker:
        with Bus.connect(BrokerAddress(broker.address.host, broker.address.port)) as bus:
            bus.publish("a", "x")
        with socket.create_connection((broker.address.host, broker.address.port)) as rude:
            rude.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert [record.message for record in caplog.records] == []
    assert capfd.readouterr() == ("", "")


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, edge_agent.tools.dispatcher, edge_agent.home.simulated, "
            "edge_agent.bus.broker, edge_agent.home.home_file\n"
            "heavy = {'amqtt', 'paho', 'yaml', 'soundfile', 'soxr', 'numpy'} & set(sys.modules)\n"
            "assert not heavy, heavy",
        ],
        check=True,
    )
