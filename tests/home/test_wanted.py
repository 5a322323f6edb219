"""The table of wishes, against the tools that people are offered and the page that explains it."""

import json
import re
from pathlib import Path

import pytest

from edge_agent.home.types import Kind
from edge_agent.home.wanted import COLOR_HEX, TOLERANCE, WANTED, contradicts, shows
from edge_agent.tools.contract import COLORS, HOME_TOOLS
from edge_agent.tools.outbox import CONFIRM_S, DEFAULT_CONFIRM_S

PAGE = Path(__file__).parents[2] / "docs" / "plain-topics.md"


def rows_of_the_page() -> list[tuple[str, str, str, str]]:
    row = re.compile(r"^\| `(\w+)`(?:, ([^|]+))? \| `({.*})` \| (.*) \|$", re.MULTILINE)
    return row.findall(PAGE.read_text())


def test_every_tool_that_acts_has_a_row() -> None:
    assert set(WANTED) == {tool.name for tool in HOME_TOOLS} - {"get_state"}
    assert {row[0] for row in rows_of_the_page()} == set(WANTED)


def test_every_color_that_can_be_said_has_a_value() -> None:
    assert set(COLOR_HEX) == set(COLORS)
    assert len(set(COLOR_HEX.values())) == len(COLORS)


@pytest.mark.parametrize("row", rows_of_the_page(), ids=lambda row: f"{row[0]} {row[1]}")
def test_the_page_shows_what_is_sent_and_what_confirms(row: tuple[str, str, str, str]) -> None:
    tool, said, payload, confirmed_by = row
    number = re.match(r"\d+", said)
    arguments = {
        "percent": int(number[0]) if number else None,
        "celsius": int(number[0]) if number else None,
        "color": said,
    }
    wanted = WANTED[tool](arguments)
    assert json.loads(payload) == wanted
    near = re.fullmatch(r"`(\w+)` within ([\d.]+)", confirmed_by)
    if near is None:
        assert confirmed_by == "the same"
        assert not set(wanted) & set(TOLERANCE)
        return
    name, distance = near[1], float(near[2])
    assert TOLERANCE[name] == distance
    assert shows(wanted | {name: wanted[name] + distance}, wanted)
    assert not shows(wanted | {name: wanted[name] + 1.01 * distance}, wanted)


def test_the_page_tells_how_long_devices_may_take() -> None:
    lock, cover, others = CONFIRM_S[Kind.LOCK], CONFIRM_S[Kind.COVER], DEFAULT_CONFIRM_S
    told = f"a lock {lock:g} s, a cover {cover:g} s, all others {others:g} s"
    assert told in " ".join(PAGE.read_text().split())
    assert set(CONFIRM_S) == {Kind.LOCK, Kind.COVER}


@pytest.mark.parametrize(
    ("state", "wanted", "expected"),
    [
        ({"state": "ON", "brightness": 7}, {"state": "ON"}, True),
        ({"state": "on"}, {"state": "ON"}, True),
        ({"state": "OFF"}, {"state": "ON"}, False),
        ({}, {"state": "ON"}, False),
        ({"state": "ON"}, {"state": "ON", "brightness": 7}, False),
        ({"state": True}, {"state": "ON"}, False),
        ({"position": 98.5}, {"position": 100}, True),
        ({"position": "100"}, {"position": 100}, False),
        ({"color": "#FF0000"}, {"color": "#ff0000"}, True),
    ],
)
def test_a_state_shows_a_wish_or_not(state: dict, wanted: dict, expected: bool) -> None:
    assert shows(state, wanted) is expected


def test_wishes_contradict_where_no_state_could_show_both() -> None:
    on, off, dim = {"state": "ON"}, {"state": "OFF"}, {"state": "ON", "brightness": 40}
    assert contradicts(on, off)
    assert contradicts(off, dim)
    assert not contradicts(on, dim)
    assert not contradicts(on, on)
    assert not contradicts({"volume": 3}, off)
