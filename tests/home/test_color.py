"""Colors: what can be said survives each space that devices speak."""

import itertools

import pytest

from edge_agent.home.color import (
    hex_of,
    hex_of_hs,
    hex_of_xy,
    hs_of,
    rgb_of,
    same_color,
    xy_of,
)
from edge_agent.home.wanted import COLOR_HEX


@pytest.mark.parametrize("name", COLOR_HEX)
def test_every_color_survives_hue_and_saturation(name: str) -> None:
    rgb = rgb_of(COLOR_HEX[name])
    assert rgb is not None
    hue, saturation = hs_of(rgb)
    assert hex_of_hs(round(hue), round(saturation)) == COLOR_HEX[name]


@pytest.mark.parametrize("name", COLOR_HEX)
def test_every_color_survives_cie_xy(name: str) -> None:
    rgb = rgb_of(COLOR_HEX[name])
    assert rgb is not None
    assert hex_of_xy(*xy_of(rgb)) == COLOR_HEX[name]


def test_known_chromaticities() -> None:
    assert xy_of((255, 255, 255)) == pytest.approx((0.3127, 0.329), abs=0.0005)
    assert xy_of((255, 0, 0)) == pytest.approx((0.64, 0.33), abs=0.0005)


def test_brightness_is_no_part_of_a_color() -> None:
    assert hex_of(127, 63.5, 0) == "#ff8000"
    assert same_color("#7f4000", "#ff8000")


def test_no_two_colors_that_can_be_said_are_the_same() -> None:
    for one, other in itertools.combinations(COLOR_HEX.values(), 2):
        assert not same_color(one, other), (one, other)


def test_other_colors_stay_what_they_are() -> None:
    assert hex_of(0, 128, 255) == "#0080ff"
    assert not same_color("red", "red")


@pytest.mark.parametrize("nonsense", ["", "red", "#12345", "#gggggg", "#1234567"])
def test_what_is_no_color_has_no_channels(nonsense: str) -> None:
    assert rgb_of(nonsense) is None


@pytest.mark.parametrize("outside", [(0, 0), (2, 0.1), (0.3, 0), (-1, 0.5)])
def test_what_is_no_chromaticity_has_no_color(outside: tuple[float, float]) -> None:
    assert hex_of_xy(*outside) is None
