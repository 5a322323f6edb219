"""What the machine tells of itself, and what the agent does without for it."""

import threading

import pytest

from edge_agent.heat import slowed_flags, temperature
from edge_agent.memory_left import memory_left
from edge_agent.strain import ALLOWANCES, Allowance, Reading, Strain, StrainWatch, strain_of


@pytest.mark.parametrize(
    ("reading", "before", "strain"),
    [
        (Reading(), Strain.NONE, Strain.NONE),
        (Reading(memory_left=0.1), Strain.NONE, Strain.SOME),
        (Reading(memory_left=0.04), Strain.NONE, Strain.MUCH),
        (Reading(temperature=79.0), Strain.NONE, Strain.NONE),
        (Reading(temperature=79.0), Strain.SOME, Strain.SOME),
        (Reading(temperature=76.0), Strain.SOME, Strain.NONE),
        (Reading(temperature=86.0), Strain.NONE, Strain.MUCH),
        (Reading(slowed_by=("under-voltage",)), Strain.NONE, Strain.SOME),
        (Reading(0.04, 81.0), Strain.NONE, Strain.MUCH),
    ],
)
def test_the_hardest_press_counts(reading, before, strain):
    found, why = strain_of(reading, before)
    assert found is strain
    assert bool(why) is (strain is not Strain.NONE)


def test_each_step_leaves_less():
    tokens = [ALLOWANCES[strain].reply_tokens for strain in Strain]
    assert tokens == sorted(tokens, reverse=True)
    assert len(set(tokens)) == len(Strain)


def test_a_watch_goes_down_and_up_again(caplog):
    readings = iter([Reading(), Reading(memory_left=0.01), Reading()])
    seen: list[Allowance] = []
    done = threading.Event()

    def read() -> Reading:
        seen.append(watch.allowance)
        reading = next(readings, None)
        if reading is None:
            done.set()
            return Reading()
        return reading

    watch = StrainWatch(read, every_s=0.001)
    with watch:
        assert done.wait(10)
    assert seen[:4] == [ALLOWANCES[Strain(step)] for step in (0, 0, 2, 0)]
    assert "1% of the memory is left" in caplog.text
    assert "pressed no more" in caplog.text


def test_memory_of_the_machine_and_of_the_service(tmp_path):
    meminfo, own = tmp_path / "meminfo", tmp_path / "cgroup"
    meminfo.write_text("MemTotal:       8000 kB\nMemAvailable:   2000 kB\n")
    own.write_text("0::/system.slice/edge-agent.service\n")
    assert memory_left(meminfo, own, tmp_path) == pytest.approx(0.25)
    group = tmp_path / "system.slice" / "edge-agent.service"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("1000\n")
    (group / "memory.current").write_text("950\n")
    (group / "memory.stat").write_text("anon 800\nfile 50\nslab 100\n")
    assert memory_left(meminfo, own, tmp_path) == pytest.approx(0.1)
    (group / "memory.max").write_text("max\n")
    assert memory_left(meminfo, own, tmp_path) == pytest.approx(0.25)
    assert memory_left(tmp_path / "none", tmp_path / "none", tmp_path) == 1.0


def test_heat_as_the_kernel_and_the_firmware_tell_it(tmp_path):
    assert temperature(tmp_path) is None
    for number, told in enumerate(("51000", "62500", "nonsense")):
        zone = tmp_path / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "temp").write_text(told)
    assert temperature(tmp_path) == 62.5
    assert slowed_flags("throttled=0x50005\n") == 0x50005
    assert slowed_flags("VCHI initialization failed") is None
