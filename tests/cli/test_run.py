"""`edge-agent run`, as systemd or a person runs it: from sound to what a device confirms."""

import asyncio
import json
import os
import signal
import socket
from pathlib import Path

import pytest
import soundfile
from running_agent import COMMAND, PATIENCE_S, TURNED_ON, running, wait_for_line
from spoken import in_a_room, silence, spoken
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.handle import Handled

from edge_agent.senses.types import SAMPLE_RATE
from edge_agent.tools.journal import Journal


@pytest.fixture
def run(tmp_path, mosquitto):
    """Run the agent with settings of one's own."""
    return lambda **settings: running(tmp_path, mosquitto, {}, **settings)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pcm_of(*sounds) -> bytes:
    return (in_a_room(*sounds) * 32_767).astype("<i2").tobytes()


def wav_of(path: Path, *sounds) -> str:
    soundfile.write(path, in_a_room(silence(1), *sounds), SAMPLE_RATE)
    return str(path)


def test_a_wake_word_and_a_command_end_in_a_confirmed_action(run, tmp_path):
    wav = wav_of(tmp_path / "said.wav", spoken("okay nabu"), silence(0.2), COMMAND, silence(3))
    with run(microphone=wav) as agent:
        seen = agent.wait_for("acting") + agent.wait_for("idle")
        assert agent.commands.get(timeout=PATIENCE_S) == TURNED_ON
        agent.process.send_signal(signal.SIGTERM)
        assert agent.process.wait(PATIENCE_S) == 0
    busy = [it for it in seen if it != "idle"]
    assert busy[:3] == ["listening", "thinking", "acting"]
    # What was acted on at once is listened to for a while longer.
    assert busy[3:] in ([], ["listening"])
    with Journal(tmp_path / "journal.sqlite3") as journal:
        assert [state for _, state in journal.states()] == seen[1:]
    assert agent.commands.empty()


def test_the_button_on_mqtt_opens_the_ear(run, tmp_path):
    fifo = tmp_path / "sound"
    os.mkfifo(fifo)
    with run(microphone=str(fifo), wake_words=[]) as agent:
        assert agent.line().startswith("Ready")
        with fifo.open("wb") as writer:
            writer.write(pcm_of(silence(1)))
            agent.say("listen", "")
            while "listening" not in agent.shown():
                writer.write(pcm_of(silence(0.1)))
                writer.flush()
            writer.write(pcm_of(silence(0.5), COMMAND, silence(3)))
        assert agent.commands.get(timeout=PATIENCE_S) == TURNED_ON


def test_a_machine_without_sound_says_so_once_and_answers(run):
    with run(microphone="default", speak="espeak-ng", loudspeaker="no such thing") as agent:
        assert agent.line().startswith("Ready")
        agent.say("ask", "turn on the kitchen light")
        assert agent.commands.get(timeout=PATIENCE_S) == TURNED_ON
        agent.process.send_signal(signal.SIGTERM)
        _, told = agent.process.communicate(timeout=PATIENCE_S)
        assert agent.process.returncode == 0
    assert told.count("no microphone") == 1


def test_sighup_takes_new_settings_and_refuses_wrong_ones(run, tmp_path):
    with run() as agent:
        assert agent.line().startswith("Ready: ask on edge_agent/n/ask")
        file = tmp_path / "agent.yaml"
        settings = json.loads(file.read_text())
        file.write_text("nodes: wrong\n")
        agent.process.send_signal(signal.SIGHUP)
        wait_for_line(agent.process.stderr, "line 1: there is no setting 'nodes'")
        file.write_text(json.dumps(settings | {"node": "other"}))
        agent.process.send_signal(signal.SIGHUP)
        assert agent.line().startswith("Ready: ask on edge_agent/other/ask")
        file.write_text(json.dumps(settings | {"home": "gone.yaml"}))
        agent.process.send_signal(signal.SIGHUP)
        wait_for_line(agent.process.stderr, "The new settings do not work")
        assert agent.line().startswith("Ready: ask on edge_agent/other/ask")
        agent.process.send_signal(signal.SIGTERM)
        assert agent.process.wait(PATIENCE_S) == 0


def test_in_a_terminal_it_shows_what_was_heard(run, tmp_path):
    wav = wav_of(tmp_path / "said.wav", spoken("okay nabu"), silence(0.2), COMMAND)
    keyboard, terminal = os.openpty()
    with run(stdin=terminal, microphone=wav) as agent:
        assert agent.line().startswith("Ready")
        assert "kitchen light" in agent.line()
        assert agent.line() == "The kitchen light is on.\n"
    os.close(terminal)
    os.close(keyboard)


def test_in_a_terminal_it_answers_what_is_typed(run):
    keyboard, terminal = os.openpty()
    with run(stdin=terminal) as agent:
        os.close(terminal)
        assert "or press Enter and speak" in agent.line()
        os.write(keyboard, b"\n")
        assert "There is no microphone" in agent.line()
        os.write(keyboard, b"turn on the kitchen light\n")
        assert agent.line() == "The kitchen light is on.\n"
    os.close(keyboard)


def test_home_assistant_hands_in_words_by_wyoming(run):
    port = free_port()
    with run(wyoming=f"127.0.0.1:{port}") as agent:
        assert agent.line().startswith("Ready")

        async def ask() -> str:
            async with AsyncTcpClient("127.0.0.1", port) as client:
                await client.write_event(Transcript("turn on the kitchen light").event())
                return Handled.from_event(await client.read_event()).text

        assert asyncio.run(ask()) == "The kitchen light is on."
        assert agent.commands.get(timeout=PATIENCE_S) == TURNED_ON


def test_muted_it_stays_so_after_a_crash(run, tmp_path):
    wav = wav_of(tmp_path / "said.wav", spoken("okay nabu"), silence(0.2), COMMAND, silence(3))
    with run() as agent:
        assert agent.line().startswith("Ready")
        agent.say("mute/set", "ON")
        agent.wait_for("muted")
        agent.process.kill()
    with run(microphone=wav) as agent:
        assert agent.line().startswith("Ready")
        agent.wait_for("muted")
        agent.say("ask", "turn on the kitchen light")
        agent.wait_for("acting")
        assert agent.wait_for("muted") == ["muted"]
        assert agent.commands.get(timeout=PATIENCE_S) == TURNED_ON
        agent.say("mute/set", "OFF")
        agent.wait_for("idle")
    assert agent.commands.empty()
