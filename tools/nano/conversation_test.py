"""The test of requests that refer to the one before: "make it dimmer", "and the fan too"."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from edge_agent.home.types import Device, State
from edge_agent.home.wanted import WANTED
from edge_agent.model.types import ToolCall
from edge_agent.tools.types import Call
from edge_agent.understanding.relative import in_relation
from tools.nano import names
from tools.nano.follow_ups import COMPARED, FollowUp, FollowUpDrawer, test_follow_ups
from tools.nano.requests import PLAIN_TEST
from tools.nano.test_case import Case, named_calls
from tools.nano.turns import heard


def conversation_cases(
    homes: list[list[Device]], voices: Sequence[str], seed: str
) -> Iterator[Case]:
    """Give two cases for each of `homes`, one typed and one spoken by the next of `voices`."""
    chance = random.Random(seed)
    for number, home in enumerate(homes):
        words = names.HELD_OUT if number % 2 else names.TRAINING
        for voice in ("", voices[number % len(voices)]):
            style = replace(PLAIN_TEST, words=words)
            drawer = FollowUpDrawer(test_follow_ups(), style, chance, digits=not voice)
            found = drawer.draw(home)
            while found.heading in COMPARED and found.things[0] not in home:
                found = drawer.draw(home)
            yield _case(found, number, voice, chance)


def _case(found: FollowUp, number: int, voice: str, chance: random.Random) -> Case:
    states = _states(found, chance)
    calls = tuple(_in_relation(call, found, states) for call in found.calls)
    before = heard(found.earlier.said) if voice else found.earlier.said
    return Case(
        f"{number:02d}-follows{'-' if voice else ''}{voice}",
        number,
        "",
        "",
        found.text,
        voice,
        named_calls(calls),
        f"{'spoken' if voice else 'typed'}, after another request that it refers to",
        {"said": before, "calls": named_calls(found.earlier.calls)},
        states,
    )


def _in_relation(call: ToolCall, found: FollowUp, states: Mapping[str, State]) -> ToolCall:
    """Give a call the level that the agent is to reckon, where that was asked for by comparison."""
    if found.heading not in COMPARED:
        return call
    state = states[str(call.arguments["device"])]
    return ToolCall(
        call.name, in_relation(Call(call.name, call.arguments), found.text, state).arguments
    )


def _states(found: FollowUp, chance: random.Random) -> dict[str, State]:
    """Return how the things spoken of are, after the earlier request."""
    states: dict[str, State] = {}
    for thing in found.things:
        levels = ("brightness", "volume", "speed", "position")
        state: dict[str, str | int | float | bool] = {
            it: chance.randrange(30, 71, 5) for it in levels
        }
        state |= {"state": "ON", "target_temperature": chance.randint(17, 24)}
        for call in found.earlier.calls:
            if call.arguments["device"] == thing.name.lower() and call.name in WANTED:
                state |= WANTED[call.name](call.arguments)
        states[thing.name.lower()] = state
    return states
