"""The demo's page, drawn from plain values."""

import io

import numpy as np
from rich.console import Console

from edge_agent.agent import Answer
from edge_agent.cli.page import stages, turn_page, waveform
from edge_agent.home.conventions.types import Command
from edge_agent.senses.types import Utterance
from edge_agent.tools.types import Call, Outcome, Status

TIMINGS = {
    "audio_encode_ms": 70.0, "prefill_ms": 20.0, "decided_ms": 150.0, "publish_ms": 2.0,
    "confirm_ms": 84.0, "audio_tokens": 60, "prompt_tokens": 75, "reply_tokens": 20,
    "total_ms": 240.0,
}  # fmt: skip


def answer(status: Status) -> Answer:
    done = Outcome(
        status, "turn_on", "The lamp is on.", "lamp", "lamp",
        commands=(Command("home/lamp/set", '{"state": "ON"}'),), publish_ms=2.0, confirm_ms=84.0,
    )  # fmt: skip
    call = Call("turn_on", {"device": "lamp"})
    return Answer("turn on the lamp", done.words, (call,), (done,), TIMINGS)


def sound() -> Utterance:
    samples = np.concatenate([np.zeros(8_000), np.full(8_000, 0.5)]).astype(np.float32)
    return Utterance(samples, 1.0, "lamp.wav")


def drawn(what) -> str:
    console = Console(width=80, file=io.StringIO())
    console.print(what)
    return console.file.getvalue()


def test_the_page_tells_the_whole_story_within_80_columns():
    page = drawn(turn_page(sound(), answer(Status.CONFIRMED)))
    for word in ("turn on the lamp", "turn_on", "home/lamp/set", "confirmed", "The lamp is on."):
        assert word in page
    assert max(map(len, page.splitlines())) <= 80
    assert len(page.splitlines()) <= 16


def test_what_was_not_confirmed_is_marked():
    assert "✗" in drawn(turn_page(sound(), answer(Status.FAILED)))


def test_silence_is_flat_and_speech_is_not():
    drawing = waveform(sound(), columns=10)
    assert drawing == " " * 5 + "█" * 5


def test_the_stages_add_up_to_the_decision():
    listen, take_in, decide, *_ = stages(answer(Status.CONFIRMED))
    assert listen.milliseconds + take_in.milliseconds + decide.milliseconds == 150.0
