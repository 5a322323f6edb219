"""Which turns are shown the request before; what the model says is written here."""

import numpy as np

from edge_agent.follow_up import calls_after, turn_after
from edge_agent.home.groups import groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model import Audio, Exchange, Reply, Timings, ToolCall, ToolDeclaration, TurnOptions
from edge_agent.model.turn_grammar import ANY, Only
from edge_agent.tools.types import Call
from edge_agent.understanding.names import names_for

LIGHT = frozenset({Capability.ON_OFF, Capability.BRIGHTNESS})
NAMES = names_for([Device("l1", "hall lamp", "hall", Kind.LIGHT, LIGHT)])
LAMP_ON = Exchange("turn on the hall lamp", (ToolCall("turn_on", {"device": "hall lamp"}),))
DIM = ToolCall("set_brightness", {"device": "hall lamp", "percent": 25})
SOUND = Audio(np.zeros(16_000, np.float32))
OPTIONS = TurnOptions(budget=9)


class Script:
    """A session that replies as it is told, and keeps what it was asked."""

    def __init__(self, *replies):
        self._replies = list(replies)
        self.asked, self.only = [], []

    def turn(self, parts, options, cancel):
        assert cancel is None
        self.only.append(options.only)
        self.asked.append((tuple(parts), options.earlier, options.budget))
        return self._replies.pop(0)


def reply(*calls, thought="", finish="stop", **times):
    return Reply("", thought, calls, finish, Timings(**times))


def said(session, *parts, earlier=LAMP_ON):
    return turn_after(earlier, session, parts, NAMES, options=OPTIONS)


def test_words_that_refer_come_after_the_request_before():
    session = Script(reply(DIM), reply(), reply())
    assert said(session, "make it dimmer").calls == (DIM,)
    said(session, "turn on the hall lamp")
    said(session, "make it dimmer", earlier=None)
    assert session.asked == [
        (("make it dimmer",), (LAMP_ON,), 9),
        (("turn on the hall lamp",), (), 9),
        (("make it dimmer",), (), 9),
    ]


def test_sound_that_refers_is_asked_again_in_the_words_that_were_heard():
    heard = reply(
        thought="make it dimmer",
        audio_encode_ms=50,
        first_token_ms=60,
        decode_ms=40,
        reply_tokens=9,
    )
    session = Script(heard, reply(DIM, first_token_ms=20, decode_ms=30, reply_tokens=5))
    whole = said(session, SOUND)
    assert session.asked == [((SOUND,), (), 9), (("make it dimmer",), (LAMP_ON,), 9)]
    assert (whole.calls, whole.thought) == ((DIM,), "make it dimmer")
    assert whole.timings == Timings(
        audio_encode_ms=50, first_token_ms=120, decode_ms=30, reply_tokens=5
    )


def test_other_sound_is_asked_once():
    for first, parts, earlier in (
        (reply(thought="turn on the hall lamp"), (SOUND,), LAMP_ON),
        (reply(thought="make it dimmer"), (SOUND,), None),
        (reply(thought="make it", finish="cancelled"), (SOUND,), LAMP_ON),
        (reply(thought=""), (SOUND,), LAMP_ON),
        (reply(thought="make it dimmer"), (SOUND, "write it down"), LAMP_ON),
    ):
        session = Script(first)
        assert said(session, *parts, earlier=earlier) is first
        assert session.asked == [(parts, (), 9)]


def test_a_request_that_speaks_of_another_tool_is_asked_again_with_that_tool_alone():
    water, feed = ToolCall("water_roses", {"minutes": 9}), ToolCall("feed_cat", {})
    tools = [ToolDeclaration(call.name, "", {"type": "object"}) for call in (water, feed)]
    for part, heard in (("the roses look dry", ""), (SOUND, "the roses look dry")):
        session = Script(reply(feed, thought=heard, decode_ms=5), reply(water, water, decode_ms=3))
        found = turn_after(None, session, [part], NAMES, tools, options=OPTIONS)
        assert (found.calls, found.thought) == ((water,), heard)
        assert (found.timings.first_token_ms, found.timings.decode_ms) == (5, 3)
        assert [asked[0] for asked in session.asked] == [(part,), ("the roses look dry",)]
        assert session.only == [ANY, Only(tool="water_roses")]
    session = Script(reply(feed, thought="the roses look dry", finish="cancelled"))
    assert turn_after(None, session, [SOUND], NAMES, tools).calls == (feed,)


def test_a_request_that_names_another_thing_in_full_is_asked_again_about_that_alone():
    home = [Device(name, name, "hall", Kind.LIGHT, LIGHT) for name in ("hall lamp", "desk light")]
    desk, hall = (ToolCall("turn_on", {"device": name}) for name in ("desk light", "hall lamp"))
    session = Script(reply(ToolCall("turn_on", {"device": "everything"})), reply(hall))
    names = names_for(home, groups_of(home))
    assert turn_after(None, session, ["start the hall lamp"], names).calls == (hall,)
    assert session.only == [ANY, Only(about="hall lamp")]
    session = Script(reply(desk))
    assert turn_after(None, session, ["the hall lamp and the desk light"], names).calls == (desk,)


def test_what_was_compared_is_reckoned_from_the_state():
    def wanted(words):
        states = {"l1": {"state": "ON", "brightness": 80}}
        return calls_after(LAMP_ON, [DIM], NAMES, words, states.__getitem__, in_own_words=True)

    assert wanted("make it dimmer") == (Call("set_brightness", {"device": "l1", "percent": 55}),)
    assert wanted("make it 25") == (Call("set_brightness", {"device": "l1", "percent": 25}),)


def test_a_part_that_was_left_out_is_asked_by_itself_and_done_in_its_place():
    names = names_for([Device(n, n, "hall", Kind.LIGHT, LIGHT) for n in ("hall lamp", "desk lamp")])
    desk, hall = (ToolCall("turn_off", {"device": name}) for name in ("desk lamp", "hall lamp"))
    asked = "I'm done with the hall lamp and switch the desk lamp off"
    for part, heard in ((asked, ""), (SOUND, asked)):
        session = Script(reply(desk, thought=heard, decode_ms=5), reply(hall, decode_ms=3))
        found = turn_after(None, session, [part], names)
        assert (found.calls, found.thought) == ((hall, desk), heard)
        assert session.asked[1][0] == ("I'm done with the hall lamp",)
        assert session.only == [ANY, Only(about="hall lamp")]
    session = Script(reply(desk), reply())
    assert turn_after(None, session, [asked], names).calls == (desk,)
    session = Script(reply(desk, thought=asked, finish="cancelled"))
    assert turn_after(None, session, [SOUND], names).calls == (desk,)
