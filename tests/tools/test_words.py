from dataclasses import replace

import pytest

from edge_agent.home.types import Device, Kind
from edge_agent.tools import words
from edge_agent.tools.contract import COLORS, HOME_TOOLS
from edge_agent.tools.types import Request

Home = dict[str, Device]


@pytest.mark.parametrize(
    ("tool", "device", "given", "wish", "done"),
    [
        ("turn_on", "lamp", {}, "turn on the kitchen light", "The kitchen light is on."),
        ("turn_off", "fan", {}, "turn off the fan", "The fan is off."),
        ("set_brightness", "lamp", {"percent": 40}, "set the kitchen light to 40 percent",
         "The kitchen light is at 40 percent."),
        ("set_brightness", "lamp", {"percent": 0}, "set the kitchen light to 0 percent",
         "The kitchen light is off."),
        ("set_color", "lamp", {"color": "warm_white"}, "make the kitchen light warm white",
         "The kitchen light is warm white."),
        ("open", "blinds", {}, "open the blinds", "The blinds are open."),
        ("close", "blinds", {}, "close the blinds", "The blinds are closed."),
        ("set_position", "blinds", {"percent": 30}, "open the blinds to 30 percent",
         "The blinds are 30 percent open."),
        ("set_position", "blinds", {"percent": 0}, "open the blinds to 0 percent",
         "The blinds are closed."),
        ("lock", "door", {}, "lock the front door", "The front door is locked."),
        ("unlock", "door", {}, "unlock the front door", "The front door is unlocked."),
        ("set_temperature", "heating", {"celsius": 21.5}, "set the heating to 21.5 degrees",
         "The heating is set to 21.5 degrees."),
        ("set_temperature", "heating", {"celsius": 21.0}, "set the heating to 21 degrees",
         "The heating is set to 21 degrees."),
        ("set_speed", "fan", {"percent": 50}, "run the fan at 50 percent",
         "The fan is at 50 percent."),
        ("set_volume", "radio", {"percent": 20}, "set the volume of Anna's radio to 20 percent",
         "Anna's radio is at volume 20."),
        ("play", "radio", {}, "start playing on Anna's radio", "Anna's radio is playing."),
        ("pause", "radio", {}, "pause Anna's radio", "Anna's radio is paused."),
        ("activate", "movie", {}, "start movie night", "Movie night has started."),
    ],
)  # fmt: skip
def test_wishes_and_deeds_read_as_people_speak(  # noqa: PLR0917 - a row of the table
    home: Home, tool: str, device: str, given: dict, wish: str, done: str
) -> None:
    request = Request(tool, home[device], given)
    assert words.infinitive(request) == wish
    assert words.done(request) == done


def test_there_are_words_for_every_tool(home: Home) -> None:
    for tool in HOME_TOOLS:
        request = Request(
            tool.name, home["lamp"], {"percent": 1, "celsius": 20, "color": COLORS[0]}
        )
        assert words.infinitive(request)
        if tool.name != "get_state":
            assert words.done(request)


@pytest.mark.parametrize(
    ("device", "state", "said"),
    [
        ("lamp", {"state": "OFF", "brightness": 40}, "the kitchen light is off"),
        ("lamp", {"state": "ON", "brightness": 40, "color": "#FF0000"},
         "the kitchen light is on, at 40 percent, red"),
        ("lamp", {"state": "ON", "color": "#123456"}, "the kitchen light is on, #123456"),
        ("door", {"lock": "LOCKED", "battery": 80}, "the front door is locked"),
        ("blinds", {"position": 0}, "the blinds are closed"),
        ("blinds", {"position": 62}, "the blinds are 62 percent open"),
        ("heating", {"target_temperature": 21, "temperature": 19.5},
         "the heating is set to 21 degrees, measuring 19.5 degrees"),
        ("radio", {"playback": "PAUSED", "volume": 30}, "Anna's radio is paused, at volume 30"),
        ("porch", {"temperature": -3, "last_seen": "2026-01-01T00:00:00Z"},
         "the porch thermometer is measuring -3 degrees"),
        ("porch", {"contact": False, "rain": 1.5},
         "the porch thermometer says contact no, rain 1.5"),
        ("porch", {}, "the porch thermometer says nothing of itself"),
    ],
)  # fmt: skip
def test_states_are_told_by_what_the_thing_is(
    home: Home, device: str, state: dict, said: str
) -> None:
    assert words.state_of(home[device], state) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("blinds", "the blinds are on"),
        ("kitchen lights", "the kitchen lights are on"),
        ("glass", "the glass is on"),
        ("Chris", "the Chris is on"),
        ("my lamp", "my lamp is on"),
        ("The beast", "The beast is on"),
        ("Tom\u2019s lamp", "Tom\u2019s lamp is on"),
        ("Küche", "the Küche is on"),
    ],
)
def test_names_are_set_into_sentences(home: Home, name: str, said: str) -> None:
    device = replace(home["lamp"], name=name)
    assert words.state_of(device, {"state": "ON"}) == said


def test_scenes_have_no_article(home: Home) -> None:
    assert words.the(replace(home["lamp"], kind=Kind.SCENE, name="bedtime")) == "bedtime"


@pytest.mark.parametrize(
    ("age_s", "said"),
    [
        (0, "just now"),
        (59.9, "just now"),
        (60, "1 minute ago"),
        (330, "5 minutes ago"),
        (3600, "1 hour ago"),
        (90_000, "1 day ago"),
        (200_000, "2 days ago"),
    ],
)
def test_ages_are_told_in_round_numbers(age_s: float, said: str) -> None:
    assert words.ago(age_s) == said
