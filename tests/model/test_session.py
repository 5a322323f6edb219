import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pictures import picture

from edge_agent.model import (
    Audio,
    AudioError,
    CallMade,
    Cancellation,
    Clip,
    Done,
    Engine,
    EngineOptions,
    Exchange,
    Image,
    ImageError,
    Mode,
    ModelError,
    Sampling,
    TextPiece,
    Thought,
    ThoughtPiece,
    ToolCall,
    ToolDeclaration,
    ToolResult,
    TurnOptions,
)
from edge_agent.model.turn_grammar import Only

PUBLISHED = Path(__file__).parent.parent / "models" / "published.litertlm"
SEEING = Path(__file__).parent.parent / "models" / "seeing.litertlm"
SYSTEM = "You run a home. Its devices:\nlamp (light, hall)\nheater (climate, bedroom)"
TOOLS = (
    ToolDeclaration(
        "turn_on",
        "Switch a device on",
        {"type": "object", "properties": {"device": {"type": "string"}}, "required": ["device"]},
        {"device": ("lamp", "heater")},
    ),
)
SHORT = TurnOptions(budget=24)
ONE_CALL = TurnOptions(budget=200, mode=Mode.CALLS, thought=Thought.NONE)
NOISE = Audio(np.random.default_rng(3).normal(0, 0.1, 32_000).astype(np.float32))


@pytest.fixture(scope="module")
def engine():
    with Engine.open(PUBLISHED, EngineOptions(context=1024, threads=2)) as opened:
        yield opened


@pytest.fixture(scope="module")
def session(engine: Engine):
    return engine.session(SYSTEM, TOOLS)


def test_every_turn_forks_from_the_same_prefix(session) -> None:
    first = session.turn(["turn on the lamp"], SHORT)
    other = session.turn(["is the front door locked"], SHORT)
    again = session.turn(["turn on the lamp"], SHORT)
    assert first.tokens == again.tokens != other.tokens
    assert session.prefix_tokens > 100
    assert first.timings.prompt_tokens < 40


def test_a_turn_says_what_the_whole_prompt_would_give(engine: Engine) -> None:
    session = engine.session(SYSTEM)
    conversation = engine._template().conversation(SYSTEM, ())
    (turn,) = conversation.render_turn(["turn on the lamp"])
    ids = engine._model.tokenizer.encode(conversation.prefix + turn, special=True)
    assert session.prefix_tokens + session.turn(["x"], SHORT).timings.prompt_tokens < len(ids)
    reply = session.turn(["turn on the lamp"], SHORT)
    assert list(reply.tokens) == engine.complete(ids, budget=24, stop_ids=session._stop_ids)


def test_sessions_share_an_engine(engine: Engine, session) -> None:
    alone = session.turn(["turn on the lamp"], SHORT)
    other = engine.session("You are a radio.")
    radio = other.turn(["play music"], SHORT)
    assert session.turn(["turn on the lamp"], SHORT).tokens == alone.tokens
    assert other.turn(["play music"], SHORT).tokens == radio.tokens


def test_a_turn_can_follow_another_through_a_third(engine: Engine, session) -> None:
    follow = TurnOptions(budget=24, follow=True)
    session.turn(["turn on the lamp"], SHORT)
    second = session.turn(["and the heater"], follow)
    third = session.turn(["thank you"], follow)
    session.turn(["turn on the lamp"], SHORT)
    engine.session("You are a radio.").turn(["play music"], SHORT)
    assert session.turn(["and the heater"], follow).tokens == second.tokens
    engine.session("You are a radio.").turn(["play music"], SHORT)
    assert session.turn(["thank you"], follow).tokens == third.tokens
    assert session.turn(["and the heater"], SHORT).tokens != second.tokens


def test_an_earlier_exchange_stands_before_the_turn_that_it_is_given_to(session) -> None:
    alone = session.turn(["and off"], SHORT)
    lamp = Exchange("turn on the lamp", (ToolCall("turn_on", {"device": "lamp"}),))
    after = session.turn(["and off"], replace(SHORT, earlier=(lamp,)))
    assert after.timings.prompt_tokens > alone.timings.prompt_tokens + 10
    assert after.tokens != alone.tokens == session.turn(["and off"], SHORT).tokens


def test_a_turn_after_an_exchange_says_what_the_whole_prompt_would_give(engine: Engine) -> None:
    session = engine.session(SYSTEM)
    lamp = Exchange("turn on the lamp", (ToolCall("turn_on", {"device": "lamp"}),))
    conversation = engine._template().conversation(SYSTEM, ())
    turn = "".join(conversation.render_turn(["and off"], (lamp,)))
    ids = engine._model.tokenizer.encode(conversation.prefix + turn, special=True)
    reply = session.turn(["and off"], replace(SHORT, earlier=(lamp,)))
    assert list(reply.tokens) == engine.complete(ids, budget=24, stop_ids=session._stop_ids)


def test_nothing_to_follow_is_a_first_turn(engine: Engine) -> None:
    follow = TurnOptions(budget=24, follow=True)
    first = engine.session(SYSTEM, TOOLS).turn(["turn on the lamp"], follow)
    assert first.tokens == engine.session(SYSTEM, TOOLS).turn(["turn on the lamp"], SHORT).tokens


def test_a_call_is_valid_and_mostly_forced(session) -> None:
    reply = session.turn(["turn on the lamp"], ONE_CALL)
    assert reply.calls
    assert all(call.name == "turn_on" for call in reply.calls)
    assert all(call.arguments["device"] in {"lamp", "heater"} for call in reply.calls)
    assert reply.text == reply.thought == ""
    assert reply.timings.forced_tokens > len(reply.tokens) / 2


def test_one_tool_alone_may_be_called(engine: Engine) -> None:
    names = ("turn_on", "turn_off", "look")
    session = engine.session(SYSTEM, [replace(TOOLS[0], name=name) for name in names])
    for name in names:
        reply = session.turn(["turn on the lamp"], replace(ONE_CALL, only=Only(tool=name)))
        assert {call.name for call in reply.calls} == {name}
    reply = session.turn(["turn on the lamp"], replace(ONE_CALL, only=Only(about="heater")))
    assert {call.arguments["device"] for call in reply.calls} == {"heater"}


def test_the_model_goes_on_after_a_tool_answered(session) -> None:
    called = session.turn(["turn on the lamp"], ONE_CALL)
    result = ToolResult("turn_on", {"state": "on"})
    on = session.respond([result], SHORT)
    again = session.respond([ToolResult("turn_on", {"state": "off"})], ONE_CALL)
    assert again.calls  # a second round of calls, after a reply of text
    assert session.turn(["turn on the lamp"], ONE_CALL).tokens == called.tokens
    assert session.respond([result], SHORT).tokens == on.tokens


def test_a_result_without_a_turn_is_told(engine: Engine) -> None:
    with pytest.raises(ModelError, match="no turn of the model"):
        engine.session(SYSTEM, TOOLS).respond([ToolResult("turn_on", {})])


def test_a_stream_adds_up_to_its_reply(session) -> None:
    options = TurnOptions(budget=60, thought=Thought.REQUIRED, sampling=Sampling(1.0, seed=4))
    *pieces, done = session.stream(["turn on the lamp"], options)
    assert isinstance(done, Done)
    thought = "".join(piece.text for piece in pieces if isinstance(piece, ThoughtPiece))
    text = "".join(piece.text for piece in pieces if isinstance(piece, TextPiece))
    calls = tuple(piece.call for piece in pieces if isinstance(piece, CallMade))
    reply = done.reply
    assert (thought.strip(), text.strip(), calls) == (reply.thought, reply.text, reply.calls)
    assert reply.thought


def test_thoughts_are_not_shown_to_later_turns(session) -> None:
    thinking = TurnOptions(budget=30, thought=Thought.REQUIRED)
    session.turn(["turn on the lamp"], thinking)
    assert session._answer is not None
    assert len(session._answer.kept) < len(session._answer.tokens)
    reply = session.turn(["thank you"], TurnOptions(budget=5, follow=True))
    assert reply.tokens


def test_a_seed_makes_sampling_repeatable(session) -> None:
    def drawn(seed: int) -> tuple[int, ...]:
        options = TurnOptions(budget=24, sampling=Sampling(1.5, top_k=40, top_p=0.95, seed=seed))
        return session.turn(["turn on the lamp"], options).tokens

    assert drawn(1) == drawn(1) != drawn(2)


def test_the_budget_is_kept(session) -> None:
    reply = session.turn(["turn on the lamp"], TurnOptions(budget=7))
    assert reply.finish == "budget"
    assert len(reply.tokens) == reply.timings.reply_tokens == 7
    cut = session.turn(["turn on the lamp"], TurnOptions(budget=5, mode=Mode.CALLS))
    assert (cut.calls, cut.finish) == ((), "budget")


def test_a_turn_is_broken_off_from_another_thread(session) -> None:
    cancel = Cancellation()
    before = session.turn(["turn on the lamp"], SHORT)
    stream = session.stream(["turn on the lamp"], TurnOptions(budget=400), cancel)
    first = next(stream)
    thread = threading.Thread(target=cancel.set)
    thread.start()
    thread.join()
    *_, done = stream
    assert isinstance(first, TextPiece)
    assert done.reply.finish == "cancelled"
    assert 1 <= len(done.reply.tokens) < 24
    assert session.turn(["turn on the lamp"], SHORT).tokens == before.tokens


@pytest.mark.parametrize("event", [Cancellation, threading.Event])
def test_a_turn_that_is_cancelled_before_it_starts_leaves_no_trace(session, event) -> None:
    session.turn(["turn on the lamp"], SHORT)
    follow = TurnOptions(budget=24, follow=True)
    second = session.turn(["and the heater"], follow)
    session.turn(["turn on the lamp"], SHORT)
    cancel = event()
    cancel.set()
    for parts in (["and this"], [NOISE, "and that"]):
        reply = session.turn(parts, follow, cancel)
        assert (reply.finish, reply.tokens, reply.calls) == ("cancelled", (), ())
    assert session.turn(["and the heater"], follow).tokens == second.tokens


def test_an_unread_stream_is_not_overtaken(session) -> None:
    stream = session.stream(["turn on the lamp"], SHORT)
    next(stream)
    with pytest.raises(ModelError, match="read its stream to the end"):
        session.turn(["is the front door locked"])
    stream.close()
    assert session.turn(["is the front door locked"], SHORT).tokens


def test_threads_wait_for_each_other(engine: Engine) -> None:
    sessions = [engine.session(f"You are radio {name}.") for name in ("one", "two")]
    alone = [session.turn(["play"], SHORT).tokens for session in sessions]
    heard: dict[int, list[tuple[int, ...]]] = {0: [], 1: []}

    def listen(index: int) -> None:
        for _ in range(5):
            heard[index].append(sessions[index].turn(["play"], SHORT).tokens)

    threads = [threading.Thread(target=listen, args=(index,)) for index in heard]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {index: [tokens] * 5 for index, tokens in enumerate(alone)}


def test_sound_is_part_of_what_is_said(session) -> None:
    reply = session.turn([NOISE, "what was that"], SHORT)
    assert reply.timings.audio_tokens == 50
    assert reply.timings.prompt_tokens > 50
    assert reply.timings.audio_encode_ms > 0
    assert reply.tokens != session.turn(["what was that"], SHORT).tokens


def test_sound_that_cannot_be_heard_is_told(session) -> None:
    long = Audio(np.zeros(31 * 16_000, np.float32))
    with pytest.raises(AudioError, match="30 s at most"):
        session.turn([long])
    with pytest.raises(AudioError, match="too short"):
        session.turn([Audio(np.zeros(10, np.float32))])
    assert session.turn(["turn on the lamp"], SHORT).tokens


def test_more_than_the_context_holds_is_told(session) -> None:
    before = session.turn(["turn on the lamp"], SHORT)
    with pytest.raises(ModelError, match="too long"):
        session.turn(["lamp " * 1000])
    assert session.turn(["turn on the lamp"], SHORT).tokens == before.tokens


def test_a_reply_ends_where_the_context_does(engine: Engine) -> None:
    session = engine.session("lamp " * 500)
    reply = session.turn(["go on"], TurnOptions(budget=5000))
    assert reply.finish in {"budget", "stop"}
    assert session.prefix_tokens + reply.timings.prompt_tokens + len(reply.tokens) <= 1024


def test_a_prefix_that_does_not_fit_is_told(engine: Engine, session) -> None:
    before = session.turn(["turn on the lamp"], SHORT)
    with pytest.raises(ModelError, match="too long"):
        engine.session("lamp " * 2000)
    assert session.turn(["turn on the lamp"], SHORT).tokens == before.tokens


@pytest.fixture(scope="module")
def seeing():
    with Engine.open(SEEING, EngineOptions(context=2048, threads=2)) as opened:
        assert opened.can_see
        assert opened.can_hear
        yield opened


def test_pictures_are_part_of_what_is_said(seeing: Engine) -> None:
    session = seeing.session(SYSTEM, TOOLS)
    shown = [Image(picture("lamp", 480, 640, seed), 70) for seed in range(3)]
    one = session.turn([shown[0], "what is this"], SHORT)
    assert one.timings.image_tokens == 63
    assert one.timings.image_encode_ms > 0
    assert one.timings.prompt_tokens > 63
    assert one.tokens != session.turn([shown[1], "what is this"], SHORT).tokens
    both = session.turn([*shown[:2], NOISE, "what are these"], SHORT)
    assert (both.timings.image_tokens, both.timings.audio_tokens) == (126, 50)
    clip = Clip(tuple((float(second), it) for second, it in enumerate(shown)))
    seen = session.turn([clip, "what happened"], SHORT)
    assert seen.timings.image_tokens == 189
    assert seen.timings.prompt_tokens > 189 + 3 * len("00:00")
    assert session.turn([shown[0], "what is this"], SHORT).tokens == one.tokens


def test_a_turn_that_follows_can_show_a_picture(seeing: Engine) -> None:
    session = seeing.session(SYSTEM)
    session.turn(["turn on the lamp"], SHORT)
    follow = TurnOptions(budget=24, follow=True)
    lamp = session.turn([Image(picture("lamp", 48, 48)), "is it on"], follow)
    assert lamp.timings.image_tokens == 256
    assert session.room == 2048 - session.prefix_tokens


def test_a_model_without_eyes_says_so(session, engine: Engine) -> None:
    assert not engine.can_see
    assert engine.picture_budgets == ()
    with pytest.raises(ImageError, match=r"cannot see: .*published.litertlm has no vision"):
        session.turn([Image(picture("lamp", 48, 48)), "what is this"])
    assert session.turn(["turn on the lamp"], SHORT).tokens


def test_more_pictures_than_the_context_holds_are_told(seeing: Engine) -> None:
    session = seeing.session(SYSTEM)
    many = [Image(picture("lamp", 480, 640, seed), 280) for seed in range(9)]
    with pytest.raises(ModelError, match="too long"):
        session.turn([*many, "what are these"])
    assert session.turn([many[0], "what is this"], SHORT).tokens
