import queue
import threading

import pytest
import soundfile
from spoken import REQUEST, in_a_room, silence, spoken

from edge_agent.agent import Answer
from edge_agent.inbox import Inbox
from edge_agent.senses.hearing.hearing import HearingSettings
from edge_agent.senses.sources.sound_file import SoundFile
from edge_agent.senses.speaking.earcons import Earcon
from edge_agent.senses.types import SAMPLE_RATE
from edge_agent.senses.wyoming.answers import Asked
from edge_agent.tools.types import Outcome, Status
from edge_agent.voice_requests import asking, earcon_of, voice_requests


def test_a_file_that_calls_and_asks_becomes_one_request(tmp_path) -> None:
    wav = tmp_path / "said.wav"
    first, then = spoken("turn on all of the lights"), spoken("in the kitchen")
    pause = silence(0.65)
    call = spoken("okay nabu")
    sound = in_a_room(silence(1), call, silence(0.2), first, pause, then, silence(2))
    soundfile.write(wav, sound, SAMPLE_RATE)
    inbox = Inbox()
    source = SoundFile(wav)
    letters: queue.Queue = queue.Queue()
    reading = threading.Thread(target=lambda: [letters.put(each) for each in inbox.letters()])
    reading.start()
    settings = HearingSettings(wake_words=("okay_nabu",))
    with voice_requests(source, settings, inbox, threading.Event()):
        letter = letters.get(timeout=30)
    inbox.close()
    reading.join()
    assert letter.asked.source == "voice"
    assert letter.asked.sound.source == str(wav)
    assert letter.asked.sound.seconds > (first.size + pause.size + then.size) / SAMPLE_RATE
    assert letters.empty()


@pytest.mark.parametrize(
    ("status", "reply", "earcon"),
    [
        (Status.CONFIRMED, "The lamp is on.", Earcon.DONE),
        (Status.UNCONFIRMED, "The lamp did not confirm.", Earcon.FAILED),
        (Status.REFUSED, "That is not allowed.", Earcon.FAILED),
        (Status.CONFIRMED, "Shall I?", Earcon.ASK),
    ],
)
def test_the_earcon_says_how_it_ended(status: Status, reply: str, earcon: Earcon) -> None:
    outcome = Outcome(status, "turn_on", reply)
    assert earcon_of(Answer(REQUEST, reply, (), (outcome,))) is earcon


def test_an_error_sounds_like_a_failure() -> None:
    assert earcon_of(ValueError("no")) is Earcon.FAILED


def test_wyoming_gets_the_answer_and_a_full_inbox_refuses() -> None:
    inbox, told = Inbox(room_for=1), []
    assert asking(inbox)("turn on the lamp", told.append)
    assert not asking(inbox)("again", told.append)
    letter = next(inbox.letters())
    assert (letter.asked.source, letter.asked.text) == ("wyoming", "turn on the lamp")
    letter.on_answer(Answer("turn on the lamp", "It is on.", (), ()))
    assert told == [Asked("turn on the lamp", "It is on.")]
