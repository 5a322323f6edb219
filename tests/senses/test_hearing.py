import shutil
import threading
from pathlib import Path

import numpy as np
import pymicro_wakeword
import pytest
import soxr
from spoken import REQUEST, hear, in_a_room, silence, spoken

from edge_agent.senses.hearing.hearing import BUTTON, Hearing, HearingSettings
from edge_agent.senses.hearing.wake_words import BUNDLED, WakeWords
from edge_agent.senses.speaking.earcons import EARCON_RATE, Earcon, tones_of
from edge_agent.senses.speaking.gate import SpeakingGate
from edge_agent.senses.types import (
    SAMPLE_RATE,
    Heard,
    NothingSaid,
    Said,
    Settled,
    SoundError,
    WentOn,
    Woken,
)

VOICES = {
    "alexa": "en-gb",
    "hey_jarvis": "en-us+f3",
    "hey_mycroft": "en-gb-scotland",
    "okay_nabu": "en-gb",
}


def hearing(
    *words: str,
    always: bool = False,
    gate: SpeakingGate | None = None,
    button: threading.Event | None = None,
) -> Hearing:
    settings = HearingSettings(wake_words=words, always=always)
    return Hearing("test", settings, gate or SpeakingGate(), button or threading.Event())


def likeness(heard: np.ndarray, part: np.ndarray) -> float:
    """Return how like the best matching piece of `heard` is to `part`, 1 for the same."""
    size = 1 << (heard.size + part.size).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(part, size))
    at = int(np.argmax(np.fft.irfft(spectrum)[: heard.size]))
    piece = heard[at : at + part.size]
    return float(piece @ part[: piece.size] / (np.linalg.norm(piece) * np.linalg.norm(part)))


def kinds(found: list[tuple[float, Heard]]) -> list[type]:
    return [type(heard) for _, heard in found]


@pytest.mark.parametrize("word", BUNDLED)
def test_each_bundled_word_wakes_among_the_others(word: str) -> None:
    call = spoken(word.replace("_", " "), VOICES[word])
    found = list(hear(hearing(*BUNDLED), in_a_room(silence(1), call, silence(1))))
    assert Woken(word) in [heard for _, heard in found]


def test_speech_without_the_wake_word_wakes_nobody() -> None:
    talk = spoken("we could have soup for dinner and then go for a walk")
    assert list(hear(hearing(*BUNDLED), in_a_room(silence(1), talk, silence(2)))) == []


@pytest.mark.parametrize("gap", [0.05, 0.3, 1.5])
def test_the_request_is_whole_and_the_wake_word_is_cut_away(gap: float) -> None:
    call, request = spoken("okay nabu"), spoken(REQUEST)
    sound = in_a_room(silence(2), call, silence(gap), request, silence(2))
    found = list(hear(hearing("okay_nabu"), sound))
    assert kinds(found) == [Woken, Said, Settled]
    said = found[1][1]
    assert isinstance(said, Said)
    heard = said.utterance.samples
    assert likeness(heard, request) > 0.99
    assert likeness(heard, call) < 0.9
    assert heard.size < request.size + 0.8 * SAMPLE_RATE


def test_the_time_of_the_last_word_is_told() -> None:
    before = np.concatenate([silence(2), spoken("okay nabu"), silence(0.3), spoken(REQUEST)])
    found = list(hear(hearing("okay_nabu"), in_a_room(before, silence(2))))
    said = next(heard for _, heard in found if isinstance(heard, Said))
    assert said.last_word_at == pytest.approx(before.size / SAMPLE_RATE, abs=0.2)
    assert said.last_word_at < said.decided_at


def test_a_pause_does_not_cut_the_speaker_off() -> None:
    first, then = spoken("turn on all of the lights"), spoken("in the living room")
    sound = in_a_room(
        silence(2), spoken("okay nabu"), silence(0.2), first, silence(0.65), then, silence(2)
    )
    found = list(hear(hearing("okay_nabu"), sound))
    assert kinds(found) == [Woken, Said, WentOn, Said, Settled]
    whole = found[3][1]
    assert isinstance(whole, Said)
    assert likeness(whole.utterance.samples, first) > 0.99
    assert likeness(whole.utterance.samples, then) > 0.99


@pytest.mark.parametrize("is_understood", [True, False])
def test_what_is_not_understood_is_waited_for_longer(is_understood: bool) -> None:
    understood = threading.Event()
    ear = Hearing(
        "test", HearingSettings(("okay_nabu",)), SpeakingGate(), threading.Event(), understood
    )
    first, then = spoken("turn on all of the lights"), spoken("in the living room")
    sound = in_a_room(
        silence(2), spoken("okay nabu"), silence(0.2), first, silence(1.3), then, silence(2)
    )
    understood.set()  # what was understood before is no matter
    found = []
    for _, heard in hear(ear, sound):
        found.append(type(heard))
        if isinstance(heard, Said) and is_understood:
            understood.set()
    ended = [Woken, Said, Settled]
    assert found == (ended if is_understood else [Woken, Said, WentOn, Said, Settled])


def test_who_calls_and_says_nothing_is_told_so() -> None:
    found = list(hear(hearing("okay_nabu"), in_a_room(silence(2), spoken("okay nabu"), silence(7))))
    assert [heard for _, heard in found] == [Woken("okay_nabu"), NothingSaid("okay_nabu")]
    (woken, _), (ended, _) = found
    assert 4.5 < ended - woken < 5.5


def test_who_is_cut_off_by_a_lost_microphone_has_said_nothing() -> None:
    ear = hearing("okay_nabu")
    begun = in_a_room(silence(2), spoken("okay nabu"), silence(0.2), spoken(REQUEST))
    assert kinds(list(hear(ear, begun))) == [Woken]
    found = list(hear(ear, in_a_room(silence(3), spoken(REQUEST), silence(2)), began=60))
    assert [heard for _, heard in found] == [NothingSaid("okay_nabu")]


def test_speech_without_an_end_is_cut_at_what_the_model_takes() -> None:
    talk = np.resize(spoken("and the next one and the next one"), 40 * SAMPLE_RATE)
    found = list(hear(hearing("okay_nabu"), in_a_room(silence(2), spoken("okay nabu"), talk)))
    said = [heard for _, heard in found if isinstance(heard, Said)]
    assert Settled in kinds(found)
    assert 25 < said[-1].utterance.seconds <= 30


def test_the_button_calls_and_nothing_before_it_is_lost() -> None:
    button = threading.Event()
    ear = hearing(button=button)
    assert list(hear(ear, in_a_room(silence(2)))) == []
    button.set()
    request = spoken(REQUEST)
    found = list(hear(ear, in_a_room(request, silence(2)), began=2))
    assert found[0][1] == Woken(BUTTON)
    assert likeness(found[1][1].utterance.samples, request) > 0.99
    assert not button.is_set()


def test_always_listening_hears_one_request_after_another() -> None:
    requests = [spoken(REQUEST), spoken("what is the temperature outside")]
    sound = in_a_room(silence(8), requests[0], silence(2), requests[1], silence(2))
    found = list(hear(hearing(always=True), sound))
    said = [heard.utterance.samples for _, heard in found if isinstance(heard, Said)]
    assert [likeness(*pair) > 0.99 for pair in zip(said, requests, strict=True)] == [True, True]


def test_the_agent_does_not_hear_itself_but_is_heard_through() -> None:
    gate = SpeakingGate()
    ear = hearing("okay_nabu", always=True, gate=gate)
    with gate.closed():
        own = in_a_room(silence(1), spoken("the kitchen light is on"), silence(1.5))
        assert list(hear(ear, own)) == []
        call = in_a_room(spoken("okay nabu"), silence(0.2), spoken(REQUEST), silence(2))
        assert kinds(list(hear(ear, call))) == [Woken, Said, Settled]


@pytest.mark.parametrize("earcon", Earcon)
def test_earcons_are_no_speech(earcon: Earcon) -> None:
    tones = soxr.resample(tones_of(earcon), EARCON_RATE, SAMPLE_RATE)
    sound = in_a_room(silence(2), tones, silence(1), tones, silence(2))
    assert list(hear(hearing(*BUNDLED, always=True), sound)) == []


def test_a_wake_word_of_ones_own_comes_from_a_file(tmp_path) -> None:
    models = Path(pymicro_wakeword.__file__).parent / "models"
    for name in ("okay_nabu.tflite", "okay_nabu.json"):
        shutil.copy(models / name, tmp_path / name)
    words = WakeWords([str(tmp_path / "okay_nabu.tflite")])
    sound = in_a_room(silence(1), spoken("okay nabu"), silence(1))
    assert "okay_nabu" in [words.take(piece) for piece in np.array_split(sound, 100)]


def test_a_wake_word_that_is_none_is_refused_in_words(tmp_path) -> None:
    with pytest.raises(SoundError, match=r"no wake word 'computer'.*okay_nabu"):
        WakeWords(["computer"])
    with pytest.raises(SoundError, match=r"gone\.tflite cannot be read"):
        WakeWords([str(tmp_path / "gone.tflite")])
    other = tmp_path / "other.tflite"
    other.write_bytes(b"not a model at all")
    with pytest.raises(SoundError, match="no TensorFlow Lite model"):
        WakeWords([str(other)])
    other.write_bytes(b"\0\0\0\0TFL3")
    with pytest.raises(SoundError, match=r"other\.json is missing"):
        WakeWords([str(other)])
    other.with_suffix(".json").write_text("{}")
    with pytest.raises(SoundError, match="no microWakeWord settings"):
        WakeWords([str(other)])
