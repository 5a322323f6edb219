"""From names to devices: groups become their members, and what is not clear a question."""

from edge_agent.home.groups import groups_of
from edge_agent.home.types import UNKNOWN_AREA, Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.tools.types import Call
from edge_agent.understanding.meaning import calls_meant
from edge_agent.understanding.names import names_for

LIGHT = frozenset({Capability.ON_OFF, Capability.BRIGHTNESS})
HOME = (
    Device("hob", "hob light", "kitchen", Kind.LIGHT, LIGHT),
    Device("sink", "sink light", "kitchen", Kind.LIGHT, LIGHT),
    Device("plain", "plain light", "kitchen", Kind.LIGHT, frozenset({Capability.ON_OFF})),
    Device("blinds", "blinds", "kitchen", Kind.COVER, frozenset({Capability.POSITION})),
    Device("desk1", "Desk Lamp", "study", Kind.LIGHT, LIGHT),
    Device("desk2", "Desk Lamp", "office", Kind.LIGHT, LIGHT),
)


def meant(said: str, *calls: ToolCall, home=HOME) -> tuple[Call, ...]:
    return calls_meant(calls, names_for(home, groups_of(home)), said, in_own_words=True)


def call(tool: str, device: str, **given: object) -> ToolCall:
    return ToolCall(tool, {"device": device, **given})


def test_a_group_becomes_the_members_that_can_do_it() -> None:
    dimmed = meant("kitchen lights to 30", call("set_brightness", "kitchen lights", percent=30))
    assert dimmed == tuple(
        Call("set_brightness", {"device": it, "percent": 30}) for it in ("hob", "sink")
    )
    assert {it.group.name for it in dimmed} == {"kitchen lights"}
    (off,) = {it.tool for it in meant("", call("turn_off", "everything in the kitchen"))}
    assert off == "turn_off"


def test_what_is_named_by_itself_is_left_out_of_the_group() -> None:
    calls = meant(
        "kitchen lights off but the hob light on",
        call("turn_off", "kitchen lights"),
        call("turn_on", "hob light"),
    )
    assert [(it.tool, it.arguments["device"]) for it in calls] == [
        ("turn_off", "plain"), ("turn_off", "sink"), ("turn_on", "hob"),
    ]  # fmt: skip


def test_devices_of_one_name_are_asked_about_by_their_areas() -> None:
    (asked,) = meant("turn on the desk lamp", call("turn_on", "study desk lamp"))
    assert asked.choice.question == "The Desk Lamp in the study or the one in the office?"
    assert [option.calls for option in asked.choice.options] == [
        (Call("turn_on", {"device": it}),) for it in ("desk1", "desk2")
    ]


def test_others_are_asked_about_by_their_names() -> None:
    (asked,) = meant("turn on the kitchen light", call("turn_on", "hob light"))
    assert asked.choice.question == "The hob light, the plain light or the sink light?"
    (asked,) = meant("dim the kitchen light", call("set_brightness", "hob light", percent=5))
    assert asked.choice.question == "The hob light or the sink light?"


def test_both_are_no_question() -> None:
    calls = meant("desk lamps", *(call("turn_on", f"{it} desk lamp") for it in ("study", "office")))
    assert [it.arguments["device"] for it in calls] == ["desk1", "desk2"]


def test_names_that_nothing_tells_apart_are_numbered() -> None:
    twins = [Device(id_, "lamp", UNKNOWN_AREA, Kind.LIGHT, LIGHT) for id_ in "ab"]
    (asked,) = meant("lamp on", call("turn_on", "home lamp"), home=twins)
    assert asked.choice.question == "The home lamp or the home lamp 2?"


def test_what_is_no_device_passes_as_it_is() -> None:
    assert meant("", ToolCall("look", {"at": "it"}), call("turn_on", "moon")) == (
        Call("look", {"at": "it"}),
        Call("turn_on", {"device": "moon"}),
    )


def test_a_call_about_what_nobody_spoke_of_is_not_sure() -> None:
    (doubtful,) = meant("turn on the treadmill", call("turn_on", "study desk lamp"))
    (sure,) = meant("turn on the lamp in the study", call("turn_on", "study desk lamp"))
    assert (doubtful.sure, sure.sure) == (False, True)
    assert not any(it.sure for it in meant("turn off the jacuzzi", call("turn_off", "everything")))
