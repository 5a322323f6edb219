"""What the doctor finds, on files, folders and brokers that are there for the test."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.catalogue.contents import read_contents
from edge_agent.catalogue.machine import Machine
from edge_agent.catalogue.reading import read_catalogue
from edge_agent.doctor.device_checks import check_cameras, check_permissions
from edge_agent.doctor.folder_checks import check_cache, check_journal
from edge_agent.doctor.heat_checks import check_temperature, throttling
from edge_agent.doctor.home_checks import check_broker, check_home
from edge_agent.doctor.model_checks import check_library, check_memory, check_model, differences
from edge_agent.doctor.sound_checks import (
    check_loudspeaker,
    check_microphone,
    check_voice,
    check_wake_words,
)
from edge_agent.doctor.types import Verdict
from edge_agent.listening_settings import ListeningSettings

MODEL = Path(__file__).parent.parent / "models" / "published.litertlm"
PLENTY = Machine(8_000_000_000, 8_000_000_000, None)
GOOD, NOTICE, BAD = Verdict.GOOD, Verdict.NOTICE, Verdict.BAD


def test_the_library():
    assert check_library().verdict == GOOD


def test_a_model_that_runs():
    model, memory = check_model(MODEL, read_catalogue(), PLENTY)
    assert (model.verdict, memory.verdict) == (GOOD, GOOD)
    assert "text, audio, chat" in model.seen


@pytest.mark.parametrize("content", [None, b"", b"LITERTLM", MODEL.read_bytes()[:100_000]])
def test_a_model_that_does_not(tmp_path, content):
    path = tmp_path / "model.litertlm"
    if content is not None:
        path.write_bytes(content)
    (finding,) = check_model(path, read_catalogue(), PLENTY)
    assert finding.verdict == BAD
    assert "models recommend" in finding.mend


def test_a_file_that_is_not_what_its_name_says(tmp_path):
    named = tmp_path / "gemma-4-E2B-it.litertlm"
    named.write_bytes(MODEL.read_bytes())
    finding, _memory = check_model(named, read_catalogue(), PLENTY)
    assert finding.verdict == NOTICE
    assert "not quite Gemma 4 E2B" in finding.seen
    assert "not 2,588,147,712" in finding.seen
    assert "does not take image" in finding.seen


def test_a_file_that_is_what_it_says():
    contents = read_contents(MODEL)
    known = read_catalogue().model("gemma-4-e2b")
    same = replace(
        known,
        file=replace(known.file, bytes=contents.bytes),
        takes=("text", "audio"),
        cache_bytes_per_token=contents.cache_bytes_per_token,
    )
    assert differences(contents, same) == ()


@pytest.mark.parametrize(
    ("memory", "free", "verdict"), [(8e9, 4e9, GOOD), (8e9, 1e9, NOTICE), (2e9, 1e9, BAD)]
)
def test_memory(memory, free, verdict):
    large = replace(read_contents(MODEL), bytes=2_500_000_000)
    assert check_memory(large, Machine(int(memory), int(free), None)).verdict == verdict


def test_folders_that_can_be_written(tmp_path):
    assert check_journal(tmp_path / "new").verdict == GOOD
    assert check_cache(tmp_path / "cache", MODEL).verdict == GOOD
    assert list((tmp_path / "cache").iterdir()) == []


def test_folders_that_cannot(tmp_path):
    (tmp_path / "file").touch()
    assert check_journal(tmp_path / "file" / "state").verdict == BAD
    assert check_cache(tmp_path / "file" / "cache", MODEL).verdict == NOTICE


def test_a_disk_that_is_too_small_for_packed_weights(tmp_path):
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(1 << 42)  # sparse: it takes no room
    finding = check_cache(tmp_path, huge)
    assert finding.verdict == NOTICE
    assert "packed weights take up to" in finding.seen


def test_homes(tmp_path):
    home = tmp_path / "home.yaml"
    home.write_text("devices:\n  - {id: a, name: a, area: b, kind: light, can: [on_off]}\n")
    assert check_home(home).verdict == GOOD
    home.write_text("devices:\n  - {id: a, name: a, area: b, kind: lihgt, can: [on_off]}\n")
    assert check_home(home).verdict == BAD
    assert check_home(tmp_path / "gone.yaml").verdict == BAD
    assert check_home(None).verdict == GOOD


def test_a_broker_that_answers(broker):
    assert check_broker(f"mqtt://{broker}").verdict == GOOD


def test_brokers_that_do_not(start_mosquitto, password_file):
    guarded = start_mosquitto(f"allow_anonymous false\npassword_file {password_file}")
    assert check_broker(f"mqtt://anna:right@127.0.0.1:{guarded.port}").verdict == GOOD
    refused = check_broker(f"mqtt://anna:wrong@127.0.0.1:{guarded.port}")
    assert refused.verdict == BAD
    assert "wrong" not in refused.seen
    guarded.kill()
    assert check_broker(f"mqtt://127.0.0.1:{guarded.port}").verdict == BAD
    assert check_broker("http://127.0.0.1").verdict == BAD


def test_cameras(tmp_path):
    assert check_cameras(tmp_path).verdict == NOTICE
    (tmp_path / "video0").mkdir()
    (tmp_path / "video0" / "name").write_text("HD Webcam\n")
    found = check_cameras(tmp_path)
    assert (found.verdict, found.seen) == (GOOD, "HD Webcam")


def test_device_nodes_that_may_be_opened(tmp_path):
    (tmp_path / "video0").touch()
    assert check_permissions(tmp_path).verdict == GOOD


def test_device_nodes_that_may_not(tmp_path):
    (tmp_path / "snd").mkdir()
    (tmp_path / "snd" / "pcmC0D0c").symlink_to("/proc/gone")
    finding = check_permissions(tmp_path)
    assert finding.verdict == NOTICE
    assert "usermod -aG audio " in finding.mend


@pytest.mark.parametrize(
    ("thousandths", "verdict"), [([], GOOD), (["45000", "x"], GOOD), (["45000", "83500"], NOTICE)]
)
def test_temperature(tmp_path, thousandths, verdict):
    for index, text in enumerate(thousandths):
        zone = tmp_path / f"thermal_zone{index}"
        zone.mkdir()
        (zone / "temp").write_text(f"{text}\n")
    assert check_temperature(tmp_path).verdict == verdict


@pytest.mark.parametrize(
    ("said", "verdict", "words"),
    [
        ("throttled=0x0\n", GOOD, "none"),
        ("throttled=0x50005\n", NOTICE, "Now: under-voltage, it is throttled."),
        ("throttled=0x80000\n", NOTICE, "Since the start: the soft temperature limit holds."),
        ("VCHI initialization failed\n", NOTICE, "does not answer"),
    ],
)
def test_throttling(said, verdict, words):
    finding = throttling(said)
    assert finding.verdict == verdict
    assert words in finding.seen


def test_sound_that_is_off_is_no_finding():
    settings = ListeningSettings(microphone="off", speak="off", wake_words=())
    checks = (check_microphone, check_wake_words, check_loudspeaker, check_voice)
    assert {check(settings).verdict for check in checks} == {GOOD}


def test_sound_that_is_named_is_looked_for(tmp_path):
    there = tmp_path / "said.wav"
    there.touch()
    assert check_microphone(ListeningSettings(microphone=str(there))).verdict == GOOD
    gone = ListeningSettings(
        microphone=str(tmp_path / "gone.wav"),
        wake_words=(str(tmp_path / "gone.tflite"),),
        loudspeaker="no such thing",
    )
    assert "gone.wav is gone" in check_microphone(gone).seen
    assert "gone.tflite cannot be read" in check_wake_words(gone).seen
    assert "no such thing" in check_loudspeaker(gone).seen
    assert check_wake_words(ListeningSettings()).verdict == GOOD


def test_a_voice_is_looked_for_with_its_program(tmp_path, monkeypatch):
    assert check_voice(ListeningSettings()).verdict == GOOD
    (tmp_path / "piper.py").touch()
    settings = ListeningSettings(piper_voice=tmp_path / "amy.onnx", speak="piper")
    assert "edge-agent[piper]" in check_voice(settings).mend
    monkeypatch.syspath_prepend(tmp_path)
    assert "amy.onnx" in check_voice(settings).seen
    (tmp_path / "amy.onnx").touch()
    assert check_voice(settings).verdict == GOOD
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt install espeak-ng" in check_voice(ListeningSettings()).mend
