"""The broker's user and password, from the environment or the folder that systemd makes."""

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.configuration import Configuration
from edge_agent.service.credentials import CREDENTIALS, with_credentials
from edge_agent.service.unit import unit_text


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "mqtt-password").write_text("p@ss: word%\n")
    return {"CREDENTIALS_DIRECTORY": str(tmp_path)}


def test_the_password_reaches_the_address(environment):
    configuration = Configuration(broker="mqtt://anna@127.0.0.1:1884", node="kitchen")
    told = with_credentials(configuration, environment)
    address = BrokerAddress.parse(told.broker)
    assert (address.user, address.password) == ("anna", "p@ss: word%")
    assert (address.host, address.port, told.node) == ("127.0.0.1", 1884, "kitchen")


@pytest.mark.parametrize(
    "broker", [None, "mqtt://127.0.0.1:1884", "mqtt://anna:mine@127.0.0.1:1884", "nonsense"]
)
def test_an_address_that_needs_none_stays(environment, broker):
    configuration = Configuration(broker=broker)
    assert with_credentials(configuration, environment).broker == broker


@pytest.mark.parametrize("content", [None, "", "\n", b"\xff\xfe"])
def test_no_password_there(tmp_path, content):
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "mqtt-password").write_bytes(data)
    configuration = Configuration(broker="mqtt://anna@127.0.0.1")
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert with_credentials(configuration, environment) == configuration
    assert with_credentials(configuration, {}) == configuration


def test_the_environment_gives_user_and_password():
    given = {"EDGE_AGENT_MQTT_USER": "anna", "EDGE_AGENT_MQTT_PASSWORD": "p@ss"}
    told = with_credentials(Configuration(broker="mqtts://host"), given)
    address = BrokerAddress.parse(told.broker)
    assert (address.user, address.password, address.port) == ("anna", "p@ss", 8883)
    assert "p%40ss" not in repr(told)


def test_the_key_to_a_certificate_is_handed_over(tmp_path):
    configuration = Configuration(broker="mqtts://host", broker_tls={"certificate": "mine.pem"})
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    (tmp_path / "mqtt-key").write_text("\n")
    assert with_credentials(configuration, environment) == configuration
    (tmp_path / "mqtt-key").write_text("-----BEGIN PRIVATE KEY-----\n")
    told = with_credentials(configuration, environment)
    assert told.broker_tls.key == tmp_path / "mqtt-key"


def test_systemd_hands_over_the_user_too(environment, tmp_path):
    (tmp_path / "mqtt-user").write_text("anna\n")
    told = with_credentials(Configuration(broker="mqtt://127.0.0.1"), environment)
    address = BrokerAddress.parse(told.broker)
    assert (address.user, address.password) == ("anna", "p@ss: word%")


def test_the_unit_loads_each_credential():
    settings = unit_text().splitlines()
    for name in CREDENTIALS:
        assert f"LoadCredential={name}:/etc/edge-agent/{name}" in settings
        assert f"SetCredential={name}:\\n" in settings
