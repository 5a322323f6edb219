"""Real brokers for the tests: mosquitto as a process, and the embedded one."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.broker import EmbeddedBroker

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


class Mosquitto:
    """A mosquitto of its own, on a free port of the loopback interface."""

    def __init__(self, folder: Path, settings: str = "allow_anonymous true") -> None:
        self._settings = settings
        self._file = folder / "mosquitto.conf"
        self.port = free_port()
        self.address = BrokerAddress("127.0.0.1", self.port)
        self.start()

    def start(self) -> None:
        """Start it, on the same port as before, and return when it listens."""
        self._file.write_text(
            f"listener {self.port} 127.0.0.1\nuser root\nlog_dest stderr\n{self._settings}\n"
        )
        self._process = subprocess.Popen(
            [_program("mosquitto"), "-c", str(self._file)], stderr=subprocess.PIPE, text=True
        )
        said = []
        for line in self._process.stderr:
            said.append(line)
            if "running" in line:
                return
        pytest.fail("mosquitto did not start:\n" + "".join(said))

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()

    def as_user(self, user: str, password: str) -> BrokerAddress:
        return BrokerAddress("127.0.0.1", self.port, user, password)


def _program(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.fail(f"{name} is missing: apt-get install mosquitto mosquitto-clients")
    return path


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start_mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Mosquitto]]:
    """Start a mosquitto with settings of one's own; it ends with the test."""
    with ExitStack() as running:

        def start(settings: str = "allow_anonymous true") -> Mosquitto:
            mosquitto = Mosquitto(tmp_path_factory.mktemp("mosquitto"), settings)
            running.callback(mosquitto.kill)
            return mosquitto

        yield start


@pytest.fixture
def mosquitto(start_mosquitto: Callable[..., Mosquitto]) -> Mosquitto:
    """Return a mosquitto that lets everybody in."""
    return start_mosquitto()


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """Return a password file with one user: anna, whose password is 'right'."""
    path = tmp_path / "passwords"
    path.touch()
    subprocess.run([_program("mosquitto_passwd"), "-b", str(path), "anna", "right"], check=True)
    return path


@pytest.fixture
def embedded() -> Iterator[BrokerAddress]:
    """Return the address of an embedded broker."""
    with EmbeddedBroker() as running:
        yield running.address


@pytest.fixture(params=["mosquitto", "embedded"])
def broker(request: pytest.FixtureRequest) -> BrokerAddress:
    """Run the test on each kind of broker: MQTT 5 and MQTT 3.1.1."""
    if request.param == "mosquitto":
        return request.getfixturevalue("mosquitto").address
    return request.getfixturevalue("embedded")
