import queue
import threading
from contextlib import contextmanager

import pytest
import soundfile
from spoken import REQUEST, in_a_room, silence, spoken

from edge_agent.agent import Answer, Decision
from edge_agent.ears_and_mouth import ears_and_mouth
from edge_agent.inbox import Inbox
from edge_agent.listening_settings import ListeningSettings
from edge_agent.model.types import Reply, Timings
from edge_agent.senses.speaking.earcons import Earcon
from edge_agent.senses.types import SAMPLE_RATE
from edge_agent.senses.wyoming.answers import Asked
from edge_agent.states import State, States
from edge_agent.tools.types import Outcome, Status
from edge_agent.understanding.ending import Ending
from edge_agent.voice_requests import asking, earcon_of

PATIENCE_S = 30


@contextmanager
def listening_to(wav, *sounds):
    """Play sounds into an agent's ear; give its letters, its states, and its ears."""
    soundfile.write(wav, in_a_room(silence(1), *sounds), SAMPLE_RATE)
    inbox, letters, states = Inbox(), queue.Queue(), queue.Queue()
    reading = threading.Thread(target=lambda: [letters.put(each) for each in inbox.letters()])
    reading.start()
    settings = ListeningSettings(microphone=str(wav), speak="off")
    try:
        with ears_and_mouth(settings, inbox, States(states.put)) as ears:
            yield letters, states, ears
    finally:
        inbox.close()
        reading.join(PATIENCE_S)


def test_who_pauses_is_thought_about_twice_and_meant_once(tmp_path) -> None:
    first, then = spoken("turn on all of the lights"), spoken("in the kitchen")
    pause, wav = silence(0.65), tmp_path / "said.wav"
    said = (spoken("okay nabu"), silence(0.2), first, pause, then, silence(2))
    with listening_to(wav, *said) as (letters, states, _):
        early, whole = (letters.get(timeout=PATIENCE_S) for _ in range(2))
        assert whole.settling.is_meant(PATIENCE_S)
        assert not early.settling.is_meant(PATIENCE_S)
        assert early.cancel.is_set()
        assert [states.get(timeout=PATIENCE_S) for _ in range(2)] == [State.LISTENING, State.IDLE]
    assert letters.empty()
    assert whole.asked.source == "voice"
    assert whole.asked.sound.source == str(wav)
    assert early.asked.request == whole.asked.request != ""
    assert early.asked.sound.seconds < whole.asked.sound.seconds
    assert whole.asked.sound.seconds > (first.size + pause.size + then.size) / SAMPLE_RATE


@pytest.mark.parametrize("ending", [Ending.UNFINISHED, Ending.OPEN])
def test_who_breaks_off_in_the_middle_is_given_more_time(tmp_path, ending: Ending) -> None:
    first, then = spoken("turn on all of the lights"), spoken("in the kitchen")
    said = (spoken("okay nabu"), silence(0.2), first, silence(1.3), then, silence(2))
    with listening_to(tmp_path / "said.wav", *said) as (letters, _, _ears):
        early = letters.get(timeout=PATIENCE_S)
        reply = Reply("", "", (), "stop", Timings())
        early.on_decision(Decision(early.asked, "turn", reply, "", (), 0.0, ending=ending))
        assert early.settling.is_meant(PATIENCE_S) is (ending is Ending.OPEN)


def test_who_calls_again_takes_back_what_they_said(tmp_path) -> None:
    call = (spoken("okay nabu"), silence(0.2), spoken(REQUEST), silence(2))
    with listening_to(tmp_path / "said.wav", *call, *call) as (letters, _, _ears):
        first, second = (letters.get(timeout=PATIENCE_S) for _ in range(2))
        assert second.settling.is_meant(PATIENCE_S)
        assert first.cancel.is_set()
        assert not second.cancel.is_set()
    assert first.asked.request != second.asked.request


def test_a_file_that_ends_with_the_last_word_is_a_request(tmp_path) -> None:
    said = (spoken("okay nabu"), silence(0.2), spoken(REQUEST))
    with listening_to(tmp_path / "said.wav", *said) as (letters, _, _ears):
        assert letters.get(timeout=PATIENCE_S).settling.is_meant(PATIENCE_S)


def test_a_file_that_ends_in_a_pause_is_one_request(tmp_path) -> None:
    said = (spoken("okay nabu"), silence(0.2), spoken(REQUEST), silence(0.7))
    with listening_to(tmp_path / "said.wav", *said) as (letters, _, _ears):
        early, whole = (letters.get(timeout=PATIENCE_S) for _ in range(2))
        assert whole.settling.is_meant(PATIENCE_S)
        assert early.cancel.is_set()


def test_who_is_muted_in_the_middle_of_a_sentence_has_said_nothing(tmp_path) -> None:
    said = (spoken("okay nabu"), silence(0.2), spoken(REQUEST), silence(2))
    with listening_to(tmp_path / "said.wav", *said) as (letters, states, ears):
        assert states.get(timeout=PATIENCE_S) is State.LISTENING
        ears.mute(True)
        assert {states.get(timeout=PATIENCE_S) for _ in range(2)} == {State.IDLE, State.MUTED}
        with pytest.raises(queue.Empty):
            letters.get(timeout=4)
        ears.mute(False)
        assert states.get(timeout=PATIENCE_S) is State.IDLE


def test_the_button_calls(tmp_path) -> None:
    with listening_to(tmp_path / "said.wav", silence(1), spoken(REQUEST)) as (letters, _, ears):
        assert ears.call()
        assert letters.get(timeout=PATIENCE_S).settling.is_meant(PATIENCE_S)


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
