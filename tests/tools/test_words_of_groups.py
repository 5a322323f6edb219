"""What is said of many, in one sentence."""

import pytest

from edge_agent.home.groups import Group, groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools.types import Call, Outcome, Status
from edge_agent.tools.words_of_groups import told

NAMES = ("hob light", "sink light", "desk light", "wall light")
LIGHTS = tuple(
    Device(name, name, "kitchen", Kind.LIGHT, frozenset({Capability.ON_OFF})) for name in NAMES
)
GROUPS = {group.name: group for group in groups_of(LIGHTS)}
OK, SILENT, FAILED = Status.CONFIRMED, Status.UNCONFIRMED, Status.FAILED


def said(*statuses: Status, tool: str = "turn_off", group: Group = GROUPS["kitchen lights"]) -> str:
    calls, outcomes = [], []
    for status, light in zip(statuses, LIGHTS, strict=False):
        calls.append(Call(tool, {"device": light.id}, group))
        words = f"{status.value} with the {light.name}."
        outcomes.append(Outcome(status, tool, words, light.id, light.name))
    return told(calls, outcomes)


@pytest.mark.parametrize(
    ("statuses", "sentence"),
    [
        ([OK] * 4, "The kitchen lights are off."),
        ([OK, OK, OK, SILENT], "3 of 4 kitchen lights are off; the wall light did not answer."),
        (
            [SILENT, OK, SILENT],
            "1 of 3 kitchen lights is off; the hob light and the desk light did not answer.",
        ),
        ([SILENT] * 2, "The hob light and the sink light did not answer."),
        (
            [SILENT] * 4,
            "The hob light, the sink light, the desk light and 1 more did not answer.",
        ),
        ([OK, FAILED], "1 of 2 kitchen lights is off. failed with the sink light."),
        ([Status.ASKED] * 2, "Shall I turn off the hob light and the sink light?"),
        ([Status.DRY_RUN] * 4, "I would turn off the kitchen lights."),
        (
            [FAILED] * 4,
            "failed with the hob light. failed with the sink light. failed with the desk light."
            " It is like that with 1 more.",
        ),
        ([OK], "confirmed with the hob light."),
    ],
)
def test_what_was_done(statuses: list[Status], sentence: str) -> None:
    assert said(*statuses) == sentence


def test_the_same_words_are_said_once() -> None:
    group, words = GROUPS["kitchen lights"], "I know nothing here by that name."
    for tool in ("turn_off", "get_state"):
        calls = [Call(tool, {"device": light.id}, group) for light in LIGHTS]
        assert told(calls, [Outcome(Status.REFUSED, tool, words)] * len(calls)) == words


def test_all_and_everything() -> None:
    assert said(OK, OK, group=GROUPS["all lights"]) == "All lights are off."
    assert said(OK, OK, group=GROUPS["everything"]) == "Everything is off."
    inside = GROUPS["everything in the kitchen"]
    assert said(OK, OK, group=inside) == "Everything in the kitchen is off."
    assert said(OK, SILENT, group=inside) == (
        "1 of 2 things in the kitchen is off; the sink light did not answer."
    )


def test_how_they_are() -> None:
    states = ({"state": "ON"}, {"state": "OFF"}, {"state": "OFF"}, None)
    calls = [Call("get_state", {"device": it.id}, GROUPS["kitchen lights"]) for it in LIGHTS]
    outcomes = [
        Outcome(OK if state else SILENT, "get_state", "", it.id, it.name, state=state)
        for it, state in zip(LIGHTS, states, strict=True)
    ]
    assert told(calls, outcomes) == (
        "The hob light is on; the wall light has not said how it is;"
        " the sink light and the desk light are off."
    )


def test_what_is_said_of_single_devices_stays_as_it_is() -> None:
    fan = Call("turn_on", {"device": "fan"})
    assert told([fan], [Outcome(OK, "turn_on", "The fan is on.")]) == "The fan is on."
    assert told([], []) == ""
