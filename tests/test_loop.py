"""The loop, with a real model: what is settled is done, what is taken back is not."""

import queue
import threading
from contextlib import contextmanager

import pytest

from edge_agent.agent import Answer, Asked
from edge_agent.assembly import assembled, opened_journal
from edge_agent.configuration import Configuration
from edge_agent.inbox import Inbox, Letter, Settling
from edge_agent.loop import Loop
from edge_agent.model import ModelError
from edge_agent.states import State, States
from edge_agent.strain import Allowance
from edge_agent.tools.types import Status
from edge_agent.turn_watch import BrokenOffError, TurnWatch
from edge_agent.understanding.ending import Ending

PATIENCE_S = 30


@pytest.fixture(scope="module")
def configuration(tmp_path_factory):
    return Configuration(journal=tmp_path_factory.mktemp("journal") / "journal")


@pytest.fixture
def journal(configuration):
    with opened_journal(configuration) as journal:
        yield journal


@pytest.fixture(scope="module")
def agent(configuration):
    with assembled(configuration, lambda _: None) as parts:
        yield parts.agent


@contextmanager
def looping(agent, **settings):
    """Run the loop; give its inbox, a queue of its states, and itself."""
    inbox, states = Inbox(), queue.Queue()
    loop = Loop(agent, inbox, States(states.put), **settings)
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        yield inbox, states, loop
    finally:
        loop.stop()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def letter(text, answers, settling=None):
    return Letter(Asked("text", text), answers.put, settling=settling or Settling().settle())


OPEN = "set the thermostat to 21 degrees"
"""More may follow a number."""


def test_a_request_that_may_go_on_is_thought_about_and_not_done(agent):
    answers, settling = queue.Queue(), Settling()
    with looping(agent) as (inbox, states, _):
        inbox.put(letter(OPEN, answers, settling))
        assert states.get(timeout=PATIENCE_S) is State.THINKING
        with pytest.raises(queue.Empty):
            states.get(timeout=1)
        settling.settle()
        answer = answers.get(timeout=PATIENCE_S)
        assert [outcome.status for outcome in answer.outcomes] == [Status.CONFIRMED]
        shown = [states.get(timeout=PATIENCE_S) for _ in range(2)]
    assert shown == [State.ACTING, State.IDLE]


def test_a_whole_request_is_done_at_once_and_told_when_it_is_settled(agent):
    answers, settling = queue.Queue(), Settling()
    with looping(agent) as (inbox, states, _):
        inbox.put(letter("turn on the kitchen light", answers, settling))
        shown = [states.get(timeout=PATIENCE_S) for _ in range(3)]
        assert shown == [State.THINKING, State.ACTING, State.IDLE]
        assert answers.empty()
        settling.settle()
        answer = answers.get(timeout=PATIENCE_S)
    assert [outcome.status for outcome in answer.outcomes] == [Status.CONFIRMED]


def test_who_goes_on_after_a_whole_request_is_answered_about_all_of_it(agent, journal):
    answers, settling, decided = queue.Queue(), Settling(), queue.Queue()
    with looping(agent) as (inbox, states, _):
        first = Letter(
            Asked("text", "turn on the bedroom fan"), answers.put, decided.put, settling=settling
        )
        inbox.put(first)
        assert decided.get(timeout=PATIENCE_S).ending is Ending.WHOLE
        while states.get(timeout=PATIENCE_S) is not State.IDLE:
            pass
        first.take_back()
        inbox.put(letter("turn on the bedroom fan and the coffee maker", answers))
        answer = answers.get(timeout=PATIENCE_S)
    assert [call.arguments["device"] for call in answer.calls] == ["bedroom_fan", "coffee_maker"]
    assert answers.empty()
    asked = [turn.asked for turn in journal.turns()]
    assert asked.count("turn on the bedroom fan") == 1


@pytest.mark.parametrize("request_", ["unlock the front door", "activate movie night"])
def test_what_is_a_loss_if_it_was_not_meant_waits(agent, request_):
    decision = agent.decide(Asked("text", request_))
    agent.leave(decision)
    assert decision.calls
    assert decision.ending is Ending.WHOLE
    assert not agent.may_act_at_once(decision)


def test_what_is_taken_back_is_neither_done_nor_answered(agent):
    answers = queue.Queue()
    with looping(agent) as (inbox, _, _loop):
        taken_back = letter("turn on the kitchen light", answers, Settling())
        inbox.put(taken_back)
        taken_back.take_back()
        inbox.put(letter("turn on the bedroom lamp", answers))
        answer = answers.get(timeout=PATIENCE_S)
        assert answer.heard == "turn on the bedroom lamp"
        assert answers.empty()


def test_what_was_thought_in_vain_is_not_in_the_journal(agent, journal):
    in_vain = "set the thermostat to 22 degrees"
    answers, settling = queue.Queue(), Settling()
    with looping(agent) as (inbox, states, _):
        inbox.put(letter(in_vain, answers, settling))
        assert states.get(timeout=PATIENCE_S) is State.THINKING
        settling.throw_away()
        assert states.get(timeout=PATIENCE_S) is State.IDLE
        inbox.put(letter("turn on the porch lamp", answers))
        answers.get(timeout=PATIENCE_S)
    asked = [turn.asked for turn in journal.turns()]
    assert "turn on the porch lamp" in asked
    assert in_vain not in asked


def test_a_turn_that_takes_too_long_is_broken_off_and_told(agent):
    answers = queue.Queue()
    with looping(agent, longest_turn_s=0.001) as (inbox, _, _loop):
        inbox.put(letter("turn on the kitchen light", answers))
        told = answers.get(timeout=PATIENCE_S)
    assert isinstance(told, BrokenOffError)
    assert "longer than 0.001 s" in str(told)


def test_a_turn_that_does_not_end_is_told_once():
    answers = queue.Queue()
    hung = letter("turn on the kitchen light", answers)
    with TurnWatch(longest_s=0.01, ends_within_s=0.01) as watch, watch.over(hung) as turn:
        told = answers.get(timeout=PATIENCE_S)
        turn.answer(ValueError("too late"))
    assert isinstance(told, BrokenOffError)
    assert hung.cancel.is_set()
    assert answers.empty()


def test_a_pressed_machine_replies_with_fewer_tokens(agent):
    answers = queue.Queue()
    with looping(agent, allowance=lambda: Allowance(reply_tokens=2)) as (inbox, _, _loop):
        inbox.put(letter("turn on the kitchen light", answers))
        answer = answers.get(timeout=PATIENCE_S)
    assert answer.timings["reply_tokens"] == 2
    assert answer.calls == ()


def test_stopping_breaks_off_the_turn_and_says_so(agent):
    answers = queue.Queue()
    with looping(agent) as (inbox, states, loop):
        inbox.put(letter("turn on the kitchen light", answers, Settling()))
        assert states.get(timeout=PATIENCE_S) is State.THINKING
        loop.stop()
        assert "stopping" in str(answers.get(timeout=PATIENCE_S))


def test_after_an_error_the_next_request_is_answered(agent, journal):
    answers = queue.Queue()
    with looping(agent) as (inbox, _, _loop):
        inbox.put(letter("word " * 5_000, answers))
        inbox.put(letter("turn on the kitchen light", answers))
        error = answers.get(timeout=PATIENCE_S)
        assert isinstance(error, ModelError)
        assert str(error) in [turn.reply for turn in journal.turns()]
        assert isinstance(answers.get(timeout=PATIENCE_S), Answer)
