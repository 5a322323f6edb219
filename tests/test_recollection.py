"""What can be referred to: for a minute, by who said it, and not in the middle of a request."""

from edge_agent.model.types import Exchange, ToolCall
from edge_agent.recollection import VALID_S, Recollection

LAMP = Exchange("lamp on", (ToolCall("turn_on", {"device": "lamp"}),))


def test_it_lasts_a_minute_and_is_its_source_s_own():
    now = [0.0]
    recollection = Recollection(lambda: now[0])
    assert recollection.before("voice") is None
    recollection.keep("voice", LAMP)
    now[0] = VALID_S
    assert recollection.before("voice") == LAMP
    assert recollection.before("text") is None
    now[0] += 1
    assert recollection.before("voice") is None


def test_the_beginning_of_a_request_is_not_before_it():
    recollection = Recollection()
    recollection.keep("voice", LAMP, "one")
    assert recollection.before("voice", "one") is None
    assert recollection.before("voice", "two") == LAMP


def test_a_question_is_over_when_it_is_answered():
    recollection = Recollection()
    recollection.decided("text", LAMP.calls)
    assert recollection.before("text") is None
    recollection.keep("text", Exchange("the lamp", ()))
    assert recollection.before("text") is None
    recollection.decided("text", LAMP.calls)
    assert recollection.before("text") == Exchange("the lamp", LAMP.calls)
