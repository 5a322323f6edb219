"""What `systemctl show` says, read."""

from edge_agent.service.systemctl import parse_status

RUNNING = """\
Type=notify
NRestarts=2
MainPID=361
Result=success
StatusText=Ready: ask on edge_agent/agent/ask at 127.0.0.1:1883
MemoryCurrent=108000000
LoadState=loaded
ActiveState=active
UnitFileState=enabled
ActiveEnterTimestamp=Wed 2026-11-25 01:50:14 UTC
"""


def test_a_running_service():
    status = parse_status(RUNNING)
    assert status.running
    assert status.installed
    assert status.enabled
    assert (status.pid, status.restarts, status.memory_bytes) == (361, 2, 108_000_000)
    assert status.doing == "Ready: ask on edge_agent/agent/ask at 127.0.0.1:1883"


def test_one_that_is_not_there():
    status = parse_status(
        "LoadState=not-found\nActiveState=inactive\nMainPID=0\nMemoryCurrent=[not set]\n"
    )
    assert not status.installed
    assert not status.running
    assert status.memory_bytes is None


def test_no_memory_accounting():
    assert parse_status(f"MemoryCurrent={2**64 - 1}\n").memory_bytes is None
