"""The unit file: read by systemd's own tools, which tell how exposed the service is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from edge_agent.service.memory_limits import MemoryLimits, memory_limits
from edge_agent.service.unit import HOUSE_NETWORKS, Machine, drop_in, networks_of, unit_text

MOST_EXPOSURE = 2.0
GB = 1_000_000_000


def systemd_analyze(*arguments: object) -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.fail("systemd-analyze is missing: apt-get install systemd")
    ended = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def machine(**changes: object) -> Machine:
    usual = {
        "program": Path(shutil.which("true")),
        "configuration": Path("/etc/edge-agent/agent.yaml"),
        "needed_paths": (Path("/opt/edge-agent"),),
        "broker_host": None,
        "groups": ("audio", "video"),
        "memory": MemoryLimits(900 << 20, 1 << 30),
    }
    return Machine(**usual | changes)


@pytest.fixture
def installed(tmp_path):
    """Return a function that lays the unit and its drop-in out as an installation does."""

    def lay_out(found: Machine) -> Path:
        unit = tmp_path / "edge-agent.service"
        unit.write_text(unit_text())
        folder = tmp_path / "edge-agent.service.d"
        folder.mkdir()
        (folder / "machine.conf").write_text(drop_in(found))
        return unit

    return lay_out


@pytest.mark.parametrize(
    "found",
    [
        machine(),
        machine(broker_host="10.0.0.7"),
        machine(broker_host="broker.local", needed_paths=(Path("/home/anna/my agent"),)),
        machine(encrypted=(Path("/etc/edge-agent/mqtt-key.cred"),)),
    ],
    ids=["plain", "broker-elsewhere", "in-a-home-folder", "encrypted"],
)
def test_systemd_takes_the_unit_and_finds_it_confined(installed, found, capsys):
    unit = installed(found)
    assert systemd_analyze("verify", unit).strip() == ""
    said = systemd_analyze("security", "--offline=yes", "--no-pager", unit)
    overall = re.search(r"Overall exposure level for .*: ([0-9.]+)", said)
    assert overall, said
    with capsys.disabled():
        print(f" exposure {overall.group(1)}", end="")  # noqa: T201 - the figure is for people
    assert float(overall.group(1)) <= MOST_EXPOSURE


def test_the_unit_lets_microphone_and_camera_through():
    settings = set(unit_text().splitlines())
    assert {"DeviceAllow=char-alsa rw", "DeviceAllow=char-video4linux rw"} <= settings
    assert "SupplementaryGroups=audio video render" in settings


def test_the_drop_in_runs_the_program_that_installs():
    text = drop_in(machine(program=Path("/opt/a b/bin/edge-agent")))
    assert (
        'ExecStart=\nExecStart="/opt/a b/bin/edge-agent" run -c /etc/edge-agent/agent.yaml' in text
    )
    assert f"MemoryMax={1 << 30}" in text


def test_encrypted_credentials_take_the_place_of_plain_ones():
    text = drop_in(machine(encrypted=(Path("/etc/edge-agent/mqtt-key.cred"),)))
    assert "LoadCredentialEncrypted=mqtt-key:/etc/edge-agent/mqtt-key.cred\n" in text
    assert "Credential" not in drop_in(machine())


def test_what_lies_in_hidden_folders_is_let_through_once():
    paths = ("/home/anna/.venv", "/home/anna/.venv/lib/site-packages", "/opt/x", "/root/model")
    text = drop_in(machine(needed_paths=tuple(map(Path, paths))))
    bound = [line for line in text.splitlines() if line.startswith("Bind")]
    assert bound == ["BindReadOnlyPaths=/home/anna/.venv", "BindReadOnlyPaths=/root/model"]


@pytest.mark.parametrize(
    ("host", "networks"),
    [
        (None, ()),
        ("localhost", ()),
        ("127.0.0.1", ()),
        ("::1", ()),
        ("10.1.2.3", ("10.1.2.3",)),
        ("fd00::7", ("fd00::7",)),
        ("homeassistant.local", HOUSE_NETWORKS),
    ],
)
def test_the_network_opens_as_far_as_the_broker(host, networks):
    assert networks_of(host) == networks


def test_memory_is_sized_from_the_model():
    small = memory_limits(40_000_000, 8 * GB)
    large = memory_limits(2_588_147_712, 8 * GB)
    tight = memory_limits(3_659_530_240, 4 * GB)
    assert small.highest < 1 * GB < large.highest < 6 * GB
    assert tight.highest == 3.6 * GB
    assert all(it.high < it.highest for it in (small, large, tight))
