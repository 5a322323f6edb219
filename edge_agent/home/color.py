"""Colors: `#rrggbb` in sRGB, and the spaces that devices speak.

The conversion between sRGB and CIE 1931 xy is that of IEC 61966-2-1 (D65). A color here has no
brightness: how bright it shines is a property of its own. Devices round what they are told, so a
color that looks like one that can be said is that one.
"""

import colorsys
import math
import re

from edge_agent.home.wanted import COLOR_HEX

RGB = tuple[int, int, int]

_HEX = re.compile(r"#?([0-9a-fA-F]{6})")
_LINEAR_BELOW, _ENCODED_LINEAR_BELOW = 0.0031308, 0.04045
_ALIKE = 30.0
"""How far apart two colors may be, on channels of 0 to 255, and still be called the same."""


def rgb_of(color: str) -> RGB | None:
    """Return the channels of `#rrggbb` (0 to 255), or None if it is not written so."""
    found = _HEX.fullmatch(color)
    if found is None:
        return None
    red, green, blue = bytes.fromhex(found[1])
    return red, green, blue


def hex_of(red: float, green: float, blue: float) -> str | None:
    """Return `#rrggbb` of channels in any common unit; None for black.

    It is one of `COLOR_HEX` that looks the same, or else the color at full brightness.
    """
    channels = [max(0.0, value) for value in (red, green, blue)]
    brightest = max(channels)
    if not 0 < brightest < math.inf:
        return None
    exact = "#" + "".join(f"{round(255 * value / brightest):02x}" for value in channels)
    nearest = min(COLOR_HEX.values(), key=lambda said: _distance(said, exact))
    return nearest if same_color(nearest, exact) else exact


def hex_of_hs(hue: float, saturation: float) -> str | None:
    """Return `#rrggbb` of a hue (degrees) and a saturation (percent)."""
    share = min(100.0, max(0.0, saturation)) / 100
    return hex_of(*colorsys.hsv_to_rgb(hue % 360 / 360, share, 1.0))


def hs_of(rgb: RGB) -> tuple[float, float]:
    """Return hue (degrees, 0 to 360) and saturation (percent)."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(value / 255 for value in rgb))
    return round(hue * 360, 1), round(saturation * 100, 1)


def hex_of_xy(x: float, y: float) -> str | None:
    """Return `#rrggbb` of CIE 1931 chromaticity; a color outside of sRGB is clipped."""
    if not (0 <= x <= 1 and 0 < y <= 1):
        return None
    big_x, big_z = x / y, (1 - x - y) / y
    linear = (
        3.2406 * big_x - 1.5372 - 0.4986 * big_z,
        -0.9689 * big_x + 1.8758 + 0.0415 * big_z,
        0.0557 * big_x - 0.2040 + 1.0570 * big_z,
    )
    brightest = max(linear)
    if brightest <= 0:
        return None
    return hex_of(*(_encoded(max(0.0, value / brightest)) for value in linear))


def xy_of(rgb: RGB) -> tuple[float, float]:
    """Return the CIE 1931 chromaticity of a color; that of white for black."""
    red, green, blue = (_decoded(value / 255) for value in rgb)
    big_x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    big_y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    big_z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    total = big_x + big_y + big_z
    return (round(big_x / total, 4), round(big_y / total, 4)) if total else (0.3127, 0.329)


def same_color(one: str, other: str) -> bool:
    """Tell whether two colors look alike, brightness aside; what is no color is like no other."""
    return _distance(one, other) <= _ALIKE


def _distance(one: str, other: str) -> float:
    first, second = rgb_of(one), rgb_of(other)
    if first is None or second is None:
        return math.inf
    return math.dist(_at_full_brightness(first), _at_full_brightness(second))


def _at_full_brightness(rgb: RGB) -> tuple[float, ...]:
    brightest = max(rgb) or 1
    return tuple(255 * value / brightest for value in rgb)


def _encoded(linear: float) -> float:
    return 12.92 * linear if linear <= _LINEAR_BELOW else 1.055 * linear ** (1 / 2.4) - 0.055


def _decoded(encoded: float) -> float:
    return (
        encoded / 12.92 if encoded <= _ENCODED_LINEAR_BELOW else ((encoded + 0.055) / 1.055) ** 2.4
    )
