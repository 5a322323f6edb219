"""What systemd is told, received on a real datagram socket."""

import os
import socket

import pytest

from edge_agent.service.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def systemd(request, tmp_path):
    """Listen as systemd does; return the socket and the address as the environment names it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(5)
        if request.param == "path":
            address = str(tmp_path / "notify")
            listening.bind(address)
        else:
            address = f"@edge-agent-test-{os.getpid()}"
            listening.bind(address.replace("@", "\0"))
        yield listening, address


def test_what_is_told(systemd):
    listening, address = systemd
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000"})
    notifier.ready("Ready:\nask here")
    notifier.alive()
    notifier.status("Thinking")
    notifier.stopping()
    notifier.close()
    assert [listening.recv(1000).decode() for _ in range(4)] == [
        "READY=1\nSTATUS=Ready: ask here",
        "WATCHDOG=1",
        "STATUS=Thinking",
        "STOPPING=1\nSTATUS=Stopping",
    ]


def test_beats_are_well_within_the_watchdog():
    environment = {"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}
    assert Notifier.from_environment(environment).beat_seconds == pytest.approx(1)


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}],
)
def test_without_a_watchdog_there_is_no_beat(environment):
    assert Notifier.from_environment(environment).beat_seconds is None


def test_nobody_listens(tmp_path):
    Notifier(None, 1.0).alive()
    gone = Notifier(str(tmp_path / "gone"), 1.0)
    gone.ready("Ready")
    gone.close()
    gone.alive()


def test_a_full_socket_never_blocks(systemd):
    _listening, address = systemd
    notifier = Notifier(address, 1.0)
    for _ in range(10_000):
        notifier.alive()
    notifier.close()
