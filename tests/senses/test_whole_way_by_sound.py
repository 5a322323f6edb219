"""From what a microphone records to what devices confirm and a loudspeaker says, by PulseAudio."""

import queue
import signal
import threading
import time

import numpy as np
import pytest
import soundfile
from running_agent import COMMAND, PATIENCE_S, TURNED_ON, running, wait_for_line
from spoken import REQUEST, in_a_room, silence, spoken

from edge_agent.agent import Answer
from edge_agent.ears_and_mouth import ears_and_mouth
from edge_agent.inbox import Inbox
from edge_agent.listening_settings import ListeningSettings
from edge_agent.senses.types import SAMPLE_RATE
from edge_agent.states import State, States

BEFORE_S = 2
"""A microphone takes its time to open."""

STORY = Answer("", "This is a very long story about nothing in particular. " * 12, (), ())


def wav_of(folder, *sounds):
    wav = folder / "said.wav"
    soundfile.write(wav, in_a_room(silence(BEFORE_S), *sounds, silence(2)), SAMPLE_RATE)
    return wav


def wait_for_sound(recorder) -> None:
    """Wait until the loudspeaker plays something."""
    while np.abs(np.frombuffer(recorder.stdout.read(SAMPLE_RATE), "<i2")).max() < 1000:
        pass


def test_called_by_sound_it_acts_and_answers_by_sound(server, mosquitto, tmp_path, capsys):
    call = spoken("okay nabu")
    wav = wav_of(tmp_path, call, silence(0.2), COMMAND)
    last_word = np.flatnonzero(np.abs(COMMAND) > 0.02 * np.abs(COMMAND).max())[-1]
    last_word_s = BEFORE_S + 0.2 + (call.size + last_word) / SAMPLE_RATE
    settings = {"microphone": "default", "speak": "espeak-ng"}
    took = []

    def call_and_command(agent) -> None:
        began = time.monotonic()
        server.play_into_ear(wav)
        assert agent.commands.get(timeout=PATIENCE_S) == TURNED_ON
        took.append(agent.told_at - began - last_word_s)
        agent.wait_for("speaking")
        agent.wait_for("idle")

    with running(tmp_path, mosquitto, server.environment, **settings) as agent:
        assert agent.line().startswith("Ready")
        recorder = server.record_mouth()
        call_and_command(agent)
        wait_for_sound(recorder)
        recorder.kill()
        recorder.communicate()
        server.stop()
        wait_for_line(agent.process.stderr, "Trying again until it is there.")
        server.start()
        wait_for_line(agent.process.stderr, "The microphone is back.")
        call_and_command(agent)
        agent.process.send_signal(signal.SIGTERM)
        assert agent.process.wait(PATIENCE_S) == 0
    with capsys.disabled():
        print(  # noqa: T201 - they are to be seen
            f" told the lamp {took[0]:.2f} s, plugged in again {took[1]:.2f} s after the words."
        )


@pytest.fixture
def listening(server):
    """Give a way to listen by the sound server, what is asked, and the states."""
    inbox, letters, states = Inbox(), queue.Queue(), queue.Queue()
    reading = threading.Thread(target=lambda: [letters.put(each) for each in inbox.letters()])
    reading.start()

    def start(**settings):
        return ears_and_mouth(ListeningSettings(**settings), inbox, States(states.put))

    yield start, letters, states
    inbox.close()
    reading.join()


def wait_for(states: queue.Queue, state: State) -> list[State]:
    seen = [states.get(timeout=PATIENCE_S)]
    while seen[-1] is not state:
        seen.append(states.get(timeout=PATIENCE_S))
    return seen


def test_who_calls_while_it_speaks_is_heard_and_it_is_silent(server, listening, tmp_path):
    start, letters, states = listening
    wav = wav_of(tmp_path, spoken("okay nabu"), silence(0.2), spoken(REQUEST))
    with start():
        server.play_into_ear(wav)
        first = letters.get(timeout=PATIENCE_S)
        assert first.settling.is_meant(PATIENCE_S)
        first.on_answer(STORY)
        wait_for(states, State.SPEAKING)
        server.play_into_ear(wav)
        second = letters.get(timeout=PATIENCE_S)
        assert second.settling.is_meant(PATIENCE_S)
        assert wait_for(states, State.LISTENING) == [State.LISTENING]
        assert wait_for(states, State.IDLE) == [State.IDLE]
        first.on_answer(STORY)
        with pytest.raises(queue.Empty):
            states.get(timeout=1)


def test_it_does_not_take_its_own_voice_for_a_request(server, listening, tmp_path):
    start, letters, states = listening
    server.let_it_hear_itself()
    with start(always_listening=True, wake_words=[]):
        server.play_into_ear(wav_of(tmp_path, spoken(REQUEST)))
        asked = letters.get(timeout=PATIENCE_S)
        assert asked.settling.is_meant(PATIENCE_S)
        asked.on_answer(Answer("", "The kitchen light is on. It is late, and all is well.", (), ()))
        wait_for(states, State.SPEAKING)
        wait_for(states, State.IDLE)
        with pytest.raises(queue.Empty):
            letters.get(timeout=3)
        server.play_into_ear(wav_of(tmp_path, spoken(REQUEST)))
        assert letters.get(timeout=PATIENCE_S).settling.is_meant(PATIENCE_S)
