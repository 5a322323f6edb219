"""Microphone and loudspeaker, through PortAudio and a sound server, without a sound card."""

import os
import queue
import threading
import time

import numpy as np
import pytest

from edge_agent.senses.portaudio import find_device
from edge_agent.senses.sources.microphone import Microphone
from edge_agent.senses.speaking.gate import SpeakingGate
from edge_agent.senses.speaking.loudspeaker import Loudspeaker
from edge_agent.senses.speaking.synthesiser import Synthesiser
from edge_agent.senses.speaking.voice import Voice
from edge_agent.senses.types import SAMPLE_RATE, SoundError

PATIENCE_SECONDS = 30


def test_a_microphone_pulled_out_and_put_back_goes_on(server) -> None:
    told: queue.Queue[str] = queue.Queue()
    microphone = Microphone(tell=told.put)
    flowing = threading.Event()

    def record() -> None:
        for _ in microphone.blocks():
            flowing.set()

    recording = threading.Thread(target=record)
    recording.start()
    try:
        assert flowing.wait(PATIENCE_SECONDS)
        server.stop()
        assert "Trying again" in told.get(timeout=PATIENCE_SECONDS)
        server.start()
        flowing.clear()
        assert told.get(timeout=PATIENCE_SECONDS) == "The microphone is back."
        assert flowing.wait(PATIENCE_SECONDS)
        assert told.empty()
    finally:
        microphone.close()
        recording.join()


def test_a_listener_that_is_behind_loses_sound_and_it_is_told(server, caplog) -> None:
    microphone = Microphone()
    blocks = microphone.blocks()
    next(blocks)
    threading.Event().wait(5)
    while "s of sound" not in caplog.text:
        next(blocks)
    assert microphone.dropped > 0
    microphone.close()
    assert list(blocks) == []


def test_a_device_that_is_not_there_is_told_with_those_that_are(server) -> None:
    with pytest.raises(SoundError, match=r"no microphone 'Yeti'; there are: .*default"):
        find_device("Yeti", "input")
    with pytest.raises(SoundError, match="no loudspeaker 99"):
        find_device(99, "output")


def test_the_voice_is_heard_and_keeps_the_gate_closed(server) -> None:
    gate = SpeakingGate()
    recorder = server.record_mouth()
    try:
        with Voice(gate, Loudspeaker(), Synthesiser()) as voice:
            voice.say("The kitchen light is on. It is late.")
            recorded = np.frombuffer(recorder.stdout.read(6 * SAMPLE_RATE), "<i2")
            while np.abs(recorded).max() < 1000:
                recorded = np.frombuffer(recorder.stdout.read(2 * SAMPLE_RATE), "<i2")
            assert gate.is_closed(time.monotonic())
            assert voice.wait(PATIENCE_SECONDS)
            assert not gate.is_closed(time.monotonic() + 1)
    finally:
        recorder.terminate()
        recorder.communicate()


def test_the_next_sentence_is_made_while_one_is_spoken(server, tmp_path) -> None:
    made = tmp_path / "made"
    os.mkfifo(made)
    noting = ("sh", "-c", f"tee {made} | espeak-ng --stdin --stdout")
    begun: list[str] = []
    voice = Voice(
        SpeakingGate(),
        Loudspeaker(),
        Synthesiser(noting),
        on_begin=lambda: begun.append("a sentence"),
    )
    with voice:
        voice.say("This is a long sentence, which takes its time. Then comes another.")
        assert made.read_text().startswith("This is")
        assert made.read_text() == "Then comes another."
        assert begun == ["a sentence"]
        assert voice.wait(PATIENCE_SECONDS)
        assert len(begun) == 2


def test_barge_in_silences_the_voice_at_once(server) -> None:
    with Voice(SpeakingGate(), Loudspeaker(), Synthesiser()) as voice:
        for _ in range(20):
            voice.say("This is a very long story about nothing in particular.")
        assert not voice.wait(0.5)
        voice.be_silent()
        assert voice.wait(PATIENCE_SECONDS)


def test_without_a_synthesiser_the_earcons_still_sound_and_it_is_told_once(server) -> None:
    told: list[str] = []
    silent = Synthesiser(("no-such-synthesiser",))
    with Voice(SpeakingGate(), Loudspeaker(), silent, told.append) as voice:
        voice.say("One. Two.")
        assert voice.wait(PATIENCE_SECONDS)
    assert len(told) == 1
    assert "no-such-synthesiser does not start" in told[0]
