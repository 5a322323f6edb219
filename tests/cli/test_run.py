"""`edge-agent run`, as systemd or a person runs it: from sound to what a device confirms."""

import json
import os
import queue
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import soundfile
from spoken import in_a_room, silence, spoken

from edge_agent.bus.client import Bus
from edge_agent.senses.types import SAMPLE_RATE
from edge_agent.senses.wav import read_wav
from edge_agent.tools.journal import Journal

PATIENCE_S = 60
COMMAND = read_wav(Path(__file__).parents[2] / "edge_agent" / "cli" / "demo.wav").samples
TURNED_ON = ("home/kitchen_light/set", b'{"state": "ON"}')


class Run:
    """A running agent, and what is said on the bus meanwhile."""

    def __init__(self, process, bus) -> None:
        self.process = process
        self.bus = bus
        self.states: queue.Queue[str] = queue.Queue()
        self.commands: queue.Queue[tuple[str, bytes]] = queue.Queue()
        bus.subscribe("edge_agent/n/state", lambda m: self.states.put(m.payload.decode()))
        bus.subscribe("home/+/set", lambda m: self.commands.put((m.topic, m.payload)))

    def wait_for(self, state: str) -> list[str]:
        """Return the states until `state` was shown, itself among them."""
        seen = []
        while state not in seen:
            seen.append(self.states.get(timeout=PATIENCE_S))
        return seen

    def shown(self) -> list[str]:
        """Return the next state, if one is shown within a tenth of a second."""
        try:
            return [self.states.get(timeout=0.1)]
        except queue.Empty:
            return []

    def say(self, name: str, payload: str) -> None:
        self.bus.publish(f"edge_agent/n/{name}", payload)

    def line(self) -> str:
        return self.process.stdout.readline()


@pytest.fixture
def run(tmp_path, mosquitto):
    """Run the agent with settings of one's own."""

    @contextmanager
    def running(**settings):
        usual = {"broker": f"mqtt://{mosquitto.address}", "simulate": True, "node": "n"}
        usual |= {"speak": "off", "microphone": "off", "journal": "journal.sqlite3"}
        file = tmp_path / "agent.yaml"
        file.write_text(json.dumps(usual | settings))
        folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CACHE")}
        with Bus.connect(mosquitto.address) as bus:
            process = subprocess.Popen(
                [sys.executable, "-m", "edge_agent", "run", "-c", str(file)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                env=os.environ | folders,
                text=True,
            )
            try:
                yield Run(process, bus)
            finally:
                process.kill()
                process.communicate()

    return running


def wait_for_line(stream, words: str) -> None:
    assert any(words in line for line in stream), f"it ended without saying '{words}'"


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
    assert [it for it in seen if it != "idle"] == ["listening", "thinking", "acting"]
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


def test_muted_it_hears_nothing(run, tmp_path):
    with run() as agent:
        assert agent.line().startswith("Ready")
        agent.say("mute/set", "ON")
        agent.wait_for("muted")
        agent.say("mute/set", "OFF")
        agent.wait_for("idle")
