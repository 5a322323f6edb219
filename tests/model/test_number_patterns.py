import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.number_patterns import integer_pattern, number_pattern

SMALL = st.integers(-1_200, 1_200)
BOUND = st.none() | st.decimals(-30, 30, places=2)


@given(SMALL, SMALL)
def test_an_integer_matches_if_it_is_in_the_range(one, other):
    low, high = sorted((one, other))
    pattern = re.compile(integer_pattern(low, high))
    for number in range(low - 120, high + 120, 7):
        assert bool(pattern.fullmatch(str(number))) == (low <= number <= high), number
    for number in (low - 1, low, high, high + 1):
        assert bool(pattern.fullmatch(str(number))) == (low <= number <= high), number


@given(BOUND, BOUND, st.decimals(-40, 40, places=2), st.integers(0, 2))
def test_a_number_matches_if_it_is_in_the_range(low, high, number, places):
    if low is not None and high is not None and low > high:
        low, high = high, low
    written = f"{number:.{places}f}"
    if Decimal(written).is_zero() and written.startswith("-"):
        return
    inside = (low is None or low <= Decimal(written)) and (high is None or Decimal(written) <= high)
    assert bool(re.fullmatch(number_pattern(low, high, 2), written)) == inside


@pytest.mark.parametrize("written", ["007", "-0", "+1", "1.", ".5", "1e3", "", "1.234", "-0.00"])
def test_a_number_has_one_form(written):
    assert not re.fullmatch(number_pattern(None, None, 2), written)


def test_an_open_range_ends_where_doubles_stop_being_exact():
    pattern = integer_pattern(0, None)
    assert re.fullmatch(pattern, "9" * 15)
    assert not re.fullmatch(pattern, "1" + "0" * 15)


def test_a_range_with_nothing_in_it_is_refused():
    with pytest.raises(ValueError, match="between 3 and 2"):
        integer_pattern(3, 2)
    with pytest.raises(ValueError, match="no number"):
        number_pattern(Decimal("0.001"), Decimal("0.002"), 2)
