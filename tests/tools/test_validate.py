import pytest

from edge_agent.home.types import Device
from edge_agent.tools.types import Call, Refusal, Request
from edge_agent.tools.validate import validate

Home = dict[str, Device]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("turn_on", {"device": "lamp"}),
        ("set_brightness", {"device": "lamp", "percent": 0}),
        ("set_brightness", {"device": "lamp", "percent": 100}),
        ("set_color", {"device": "lamp", "color": "warm_white"}),
        ("set_temperature", {"device": "heating", "celsius": 21.5}),
        ("set_temperature", {"device": "heating", "celsius": 21}),
        ("activate", {"device": "movie"}),
        ("get_state", {"device": "porch"}),
    ],
)
def test_calls_that_make_sense_pass(home: Home, tool: str, arguments: dict) -> None:
    given = {name: value for name, value in arguments.items() if name != "device"}
    expected = Request(tool, home[arguments["device"]], given)
    assert validate(Call(tool, arguments), home) == expected


@pytest.mark.parametrize(
    ("tool", "arguments", "reason", "words"),
    [
        ("dance", {"device": "lamp"}, "unknown_tool", "There is no tool 'dance'."),
        ("turn_on", {}, "missing_argument", "For turn_on, no device was named."),
        ("turn_on", {"device": None}, "missing_argument", "For turn_on, no device was named."),
        ("turn_on", {"device": "x"}, "unknown_device", "There is no device 'x' here."),
        ("turn_on", {"device": 7}, "unknown_device", "There is no device '7' here."),
        ("turn_on", {"device": ["lamp"]}, "unknown_device", "There is no device '['lamp']' here."),
        (
            "lock",
            {"device": "lamp"},
            "cannot",
            "I cannot lock the kitchen light: it has no such function.",
        ),
        (
            "get_state",
            {"device": "movie"},
            "cannot",
            "I cannot ask movie night: it has no such function.",
        ),
        (
            "set_brightness",
            {"device": "lamp"},
            "missing_argument",
            "For set_brightness on the kitchen light, the percent is missing.",
        ),
        (
            "turn_on",
            {"device": "lamp", "percent": 3},
            "unknown_argument",
            "turn_on takes no 'percent'.",
        ),
        (
            "set_brightness",
            {"device": "lamp", "percent": 101},
            "bad_argument",
            "The percent for the kitchen light must be a whole number from 0 to 100, not '101'.",
        ),
        (
            "set_temperature",
            {"device": "heating", "celsius": 4.9},
            "bad_argument",
            "The celsius for the heating must be a number from 5 to 35, not '4.9'.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    home: Home, tool: str, arguments: dict, reason: str, words: str
) -> None:
    assert validate(Call(tool, arguments), home) == Refusal(reason, words)


@pytest.mark.parametrize("percent", [True, "40", 40.5, -1, None, [40], float("nan"), 10**400])
def test_only_whole_numbers_are_percentages(home: Home, percent: object) -> None:
    refusal = validate(Call("set_brightness", {"device": "lamp", "percent": percent}), home)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "bad_argument"


@pytest.mark.parametrize("celsius", [True, "21", float("nan"), float("inf"), None])
def test_only_numbers_are_temperatures(home: Home, celsius: object) -> None:
    refusal = validate(Call("set_temperature", {"device": "heating", "celsius": celsius}), home)
    assert isinstance(refusal, Refusal)


@pytest.mark.parametrize("color", ["mauve", "RED", 7, None, ["red"]])
def test_only_colors_are_colors(home: Home, color: object) -> None:
    refusal = validate(Call("set_color", {"device": "lamp", "color": color}), home)
    assert isinstance(refusal, Refusal)
    assert "must be one of red, green" in refusal.words


def test_what_the_model_made_up_cannot_fill_the_screen(home: Home) -> None:
    refusal = validate(Call("turn_on", {"device": "\x1b[31m\n" + "x" * 10_000}), home)
    assert isinstance(refusal, Refusal)
    assert refusal.words.isprintable()
    assert len(refusal.words) < 100
