"""Colors: what can be said survives each space that devices speak."""

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
    assert same_color(hex_of_hs(round(hue), round(saturation)) or "", COLOR_HEX[name])


@pytest.mark.parametrize("name", COLOR_HEX)
def test_every_color_survives_cie_xy(name: str) -> None:
    rgb = rgb_of(COLOR_HEX[name])
    assert rgb is not None
    assert same_color(hex_of_xy(*xy_of(rgb)) or "", COLOR_HEX[name])


def test_known_chromaticities() -> None:
    assert xy_of((255, 255, 255)) == pytest.approx((0.3127, 0.329), abs=0.0005)
    assert xy_of((255, 0, 0)) == pytest.approx((0.64, 0.33), abs=0.0005)


def test_brightness_is_no_part_of_a_color() -> None:
    assert hex_of(127, 63.5, 0) == "#ff8000"
    assert same_color("#7f4000", "#ff8000")


def test_different_colors_are_not_the_same() -> None:
    assert not same_color(COLOR_HEX["red"], COLOR_HEX["orange"])
    assert not same_color(COLOR_HEX["blue"], COLOR_HEX["purple"])
    assert not same_color(COLOR_HEX["warm_white"], COLOR_HEX["cold_white"])


@pytest.mark.parametrize("nonsense", ["", "red", "#12345", "#gggggg", "#1234567"])
def test_what_is_no_color_has_no_channels(nonsense: str) -> None:
    assert rgb_of(nonsense) is None


@pytest.mark.parametrize("outside", [(0, 0), (2, 0.1), (0.3, 0), (-1, 0.5)])
def test_what_is_no_chromaticity_has_no_color(outside: tuple[float, float]) -> None:
    assert hex_of_xy(*outside) is None
