"""From what a camera shows to what the model says of it."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="OpenCV, the extra `camera`, is not installed")
from edge_agent.agent import Asked, Decision
from edge_agent.assembly import assembled
from edge_agent.configuration import Configuration
from edge_agent.eyes import Eyes, Look, Seen
from edge_agent.look_tool import LOOK, LOOK_TOOL, looked
from edge_agent.model.cancellation import Cancellation
from edge_agent.model.engine import Engine
from edge_agent.model.errors import ImageError
from edge_agent.model.grammar import Mode, Thought
from edge_agent.model.loaded_model import EngineOptions
from edge_agent.model.session import TurnOptions
from edge_agent.model.types import Clip, Image, Reply, Timings
from edge_agent.senses.seeing.camera import Camera
from edge_agent.senses.seeing.frame import Frame, SightError
from edge_agent.senses.seeing.recorded import Recorded
from edge_agent.tools.types import Call, Status
from edge_agent.watching import watch
from tests.senses.lamps import SECONDS, lamps_at, write_clip

MODELS = Path(__file__).parent / "models"
ASKED = "which lamps are on?"


@pytest.fixture(scope="module")
def engine():
    options = EngineOptions(context=4096, threads=2, audio=False)
    with Engine.open(MODELS / "seeing.litertlm", options) as opened:
        yield opened


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory):
    """Return a camera that has seen ninety seconds of lamps, half a second ago."""
    clip = write_clip(tmp_path_factory.mktemp("clips") / "lamps.mp4")
    now = [0.0]
    source = Recorded(clip, in_real_time=False, clock=lambda: now[0])
    with Camera(source, clock=lambda: now[0]) as camera:
        camera._thread.join()
        now[0] = SECONDS - 0.5
        yield camera


def test_a_question_is_shown_the_seconds_that_it_asks_for(engine: Engine, minute: Camera) -> None:
    looks: list[Look] = []
    eyes = Eyes(engine, minute, looks.append, patience_s=None)
    sight = eyes.look(ASKED, 20)
    assert (sight.look.frames, sight.look.seconds) == (20, pytest.approx(19))
    assert looks == [sight.look]
    frames = minute.last(20)
    assert [round(frame.at) for frame in frames] == list(range(70, 90))
    clip = Clip(
        tuple((f.at - frames[0].at, Image(f.pixels, sight.look.plan.budget)) for f in frames)
    )
    shown = engine.session(eyes._primed()._conversation._opening[0]["content"]).turn(
        [clip, ASKED], TurnOptions(budget=96 + 20 * 16)
    )
    assert sight.reply.tokens == shown.tokens
    assert sight.reply.timings.image_tokens == shown.timings.image_tokens
    other = eyes.look(ASKED, 40)
    assert other.look.frames == 40
    assert sight.reply.timings.image_tokens == 20 * 130
    assert other.reply.timings.image_tokens == 40 * 63


def test_a_minute_is_thinned_out_to_what_the_context_holds(engine: Engine, minute: Camera) -> None:
    eyes = Eyes(engine, minute, patience_s=None)
    sight = eyes.look(ASKED, 60)
    assert 50 < sight.look.frames < 60
    assert sight.look.plan.why.startswith(f"{sight.look.frames} of 60 frames, 63 tokens each")
    assert sight.reply.timings.prompt_tokens < 4096
    hurried = Eyes(engine, minute, patience_s=5)  # 500 tokens, at the first guess
    assert hurried.look(ASKED, 60).look.frames == 6
    assert hurried._ms_a_token != eyes._ms_a_token


def test_what_a_look_has_cost_is_what_the_next_is_planned_with(
    engine: Engine, minute: Camera
) -> None:
    eyes = Eyes(engine, minute, patience_s=3)
    eyes._ms_a_token = 30.0
    assert eyes.look(ASKED, 60).look.frames == 1
    eyes._ms_a_token = 3000 / 165
    assert eyes.look(ASKED, 60).look.frames == 2


def test_pictures_are_looked_at_together_or_refused(engine: Engine) -> None:
    eyes = Eyes(engine)
    pictures = tuple(Frame(lamps_at(second), 0.0) for second in range(0, 90, 10))
    one = eyes.answer(Seen(pictures[:1], "lamp.png"), [ASKED])
    assert (one.look.frames, one.look.plan.budget) == (1, 280)
    two = eyes.answer(Seen(pictures[:2], "lamps"), [ASKED])
    assert two.reply.timings.image_tokens == 2 * one.reply.timings.image_tokens
    with pytest.raises(ImageError, match="70 pictures are too many: "):
        eyes.answer(Seen(pictures[:1] * 70, "lamps"), [ASKED])
    with pytest.raises(ImageError, match="There is no frame"):
        eyes.answer(Seen((), "nothing", is_clip=True), [ASKED])


def test_without_eyes_or_camera_there_is_a_sentence(engine: Engine) -> None:
    with pytest.raises(SightError, match="There is no camera"):
        Eyes(engine).look(ASKED, 5)
    with Engine.open(MODELS / "published.litertlm", EngineOptions(context=512)) as blind:
        seen = Seen((Frame(lamps_at(0), 0.0),), "lamp.png")
        with pytest.raises(ImageError, match="this model cannot see"):
            Eyes(blind).answer(seen, [ASKED])


def test_the_model_can_call_for_a_look(engine: Engine) -> None:
    session = engine.session("You run a home.", (LOOK_TOOL,))
    options = TurnOptions(budget=200, mode=Mode.CALLS, thought=Thought.NONE)
    reply = session.turn(["did anyone come to the door in the last minute"], options)
    for call in reply.calls:
        assert call.name == LOOK
        assert isinstance(call.arguments["question"], str)
        assert 1 <= call.arguments["seconds"] <= 60
    assert reply.calls or reply.finish == "budget"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"question": ASKED, "seconds": 5}, None),
        ({"question": "  ", "seconds": 5}, "no_question"),
        ({"seconds": 5}, "no_question"),
        ({"question": ASKED}, "no_time"),
        ({"question": ASKED, "seconds": True}, "no_time"),
        ({"question": ASKED, "seconds": -1}, "no_time"),
    ],
)
def test_a_look_ends_in_words(
    engine: Engine, minute: Camera, arguments: dict[str, object], reason: str | None
) -> None:
    outcome = looked(Eyes(engine, minute), Call(LOOK, arguments))
    assert outcome.reason == reason
    assert outcome.status is (Status.REFUSED if reason else Status.CONFIRMED)
    assert outcome.words
    assert looked(None, Call(LOOK, arguments)).reason == "no_eyes"
    blind = looked(Eyes(engine), Call(LOOK, {"question": ASKED, "seconds": 5}))
    assert blind.status is Status.FAILED
    assert blind.words.startswith("I could not look: There is no camera")


def test_a_look_is_broken_off_with_its_turn(engine: Engine, minute: Camera) -> None:
    cancel = Cancellation()
    eyes = Eyes(engine, minute, lambda _look: cancel.set())
    outcome = looked(eyes, Call(LOOK, {"question": ASKED, "seconds": 60}), cancel=cancel)
    assert (outcome.status, outcome.reason) == (Status.FAILED, "cancelled")


def test_an_agent_acts_and_looks_and_tells_of_it(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "lamps.mp4", 60)
    configuration = Configuration(
        model=MODELS / "seeing.litertlm",
        context=2048,
        threads=2,
        camera=str(clip),
        journal=tmp_path / "journal.sqlite3",
    )
    look = Call(LOOK, {"question": ASKED, "seconds": 5})
    calls = (look, Call("turn_on", {"device": "coffee_maker"}))
    told: list[dict[str, object]] = []
    heard, off = threading.Event(), threading.Event()
    with assembled(configuration, lambda _what: None) as parts:

        def hear(message) -> None:
            told.append(json.loads(message.payload))
            heard.set()

        parts.bus.subscribe("edge_agent/agent/look", hear)
        parts.bus.subscribe(
            "edge_agent/agent/camera", lambda m: off.set() if m.payload == b"OFF" else None
        )
        assert parts.agent._eyes.camera.wait_for_frame(10)

        def done(*wanted: Call, cancel: Cancellation | None = None):
            turn = parts.agent._journal.begin_turn("text", "look")
            reply = Reply("", "", (), "stop", Timings())
            decision = Decision(Asked("text", "look"), turn, reply, "", wanted, 0.0)
            return parts.agent.act(decision, cancel)

        answer = done(*calls)
        assert [it.status for it in answer.outcomes] == [Status.CONFIRMED] * 2
        assert [it.tool for it in answer.outcomes] == [LOOK, "turn_on"]
        assert heard.wait(10)
        assert told[0]["camera"] == f"recording {clip}"
        assert told[0]["frames"] >= 1
        told_to_stop = Cancellation()
        told_to_stop.set()
        stopped, switched = done(*calls, cancel=told_to_stop).outcomes
        assert (stopped.reason, switched.status) == ("cancelled", Status.CONFIRMED)
        parts.bus.publish("edge_agent/agent/camera/set", b"OFF")
        assert off.wait(10)
        outcome = done(look).outcomes[0]
        assert outcome.status is Status.FAILED
        assert "is muted" in outcome.words
        seen = Seen((Frame(lamps_at(10), 0.0),), "lamp.png")
        answer = parts.agent.answer(Asked("text", "is it on", seen=seen))
        assert answer.calls == ()
        assert answer.timings["image_tokens"] == 266


class Shown:
    """A camera that shows lamps, and from the sixth time that it is asked on something else."""

    name = "camera of the test"

    def __init__(self, stopping: threading.Event) -> None:
        self.asked = 0
        self._stopping = stopping

    def last(self, seconds: float) -> tuple[Frame, ...]:
        self.asked += 1
        if self.asked == 12:
            self._stopping.set()
        picture = lamps_at(0) if self.asked < 6 else 255 - lamps_at(70)
        return (Frame(picture, float(self.asked), changed=self.asked in {1, 6}),)


def test_watching_tells_changes_and_asks_only_when_something_moved(engine: Engine) -> None:
    stopping = threading.Event()
    camera = Shown(stopping)
    looks: list[Look] = []
    answers: list[str] = []
    eyes = Eyes(engine, camera, looks.append)
    watch(eyes, ASKED, 0.01, stopping, lambda sight: answers.append(sight.reply.text))
    assert len(answers) == len(set(answers)) == len(looks) == 2
    assert camera.asked == 12


def test_pictures_that_are_kept_are_not_written_to(engine: Engine, minute: Camera) -> None:
    before = [np.array(frame.pixels) for frame in minute.last(10)]
    Eyes(engine, minute).look(ASKED, 10)
    after = [frame.pixels for frame in minute.last(10)]
    assert all(map(np.array_equal, before, after))
