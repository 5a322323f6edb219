from pathlib import Path

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.tls import Tls
from edge_agent.bus.types import AddressError, BusError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mqtt://broker.local", BrokerAddress("broker.local", 1883)),
        ("mqtt://127.0.0.1:1884/", BrokerAddress("127.0.0.1", 1884)),
        ("MQTT://[::1]:1884", BrokerAddress("::1", 1884)),
        ("mqtts://host", BrokerAddress("host", 8883, tls=Tls())),
        ("mqtts://host:1", BrokerAddress("host", 1, tls=Tls())),
        ("mqtt://anna@host", BrokerAddress("host", 1883, "anna")),
        ("mqtt://anna:p%40ss%2Fw%3Ard@host:1", BrokerAddress("host", 1, "anna", "p@ss/w:rd")),
    ],
)
def test_addresses_are_read(text: str, address: BrokerAddress) -> None:
    assert BrokerAddress.parse(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:1883",
        "broker.local",
        "http://host",
        "ssl://host",
        "mqtt://",
        "mqtt://:1883",
        "mqtt://host:port",
        "mqtt://host:0",
        "mqtt://host:99999",
        "mqtt://[::1",
        "mqtt://host/topic",
        "mqtt://host?x=1",
        "mqtt://:secret@host",
        "mqtt://anna:sec#ret@host",
        "mqtt://anna:secret@ho st:x",
    ],
)
def test_what_is_no_address_is_told_without_the_password(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        BrokerAddress.parse(text)
    assert isinstance(caught.value, BusError)
    assert "mqtt://HOST:PORT" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_password_does_not_show() -> None:
    address = BrokerAddress("host", 1883, "anna", "secret")
    assert str(address) == "host:1883"
    assert "secret" not in repr(address)
    assert str(BrokerAddress("::1", 1883)) == "[::1]:1883"


def test_files_for_tls_need_an_address_that_is_encrypted() -> None:
    files = Tls(ca=Path("ca.pem"))
    assert BrokerAddress.parse("mqtts://host", files).tls is files
    with pytest.raises(AddressError, match="no mqtts:// address"):
        BrokerAddress.parse("mqtt://host", files)
