"""Numbers are compared from the left, until two signs differ."""

import itertools

import pytest

from tools.nano.sign_by_sign import OVER, SAME, UNDER, sign_by_sign


@pytest.mark.parametrize(
    ("there", "claimed", "steps"),
    [
        ("080", "025", "0 0 same. 8 2 over."),
        ("100", "075", "1 0 over."),
        ("025", "025", "0 0 same. 2 2 same. 5 5 same."),
        ("21.5", "21.6", "2 2 same. 1 1 same. . . same. 5 6 under."),
        ("07:30", "17:30", "0 1 under."),
        ("9", "10", "0 1 under."),
    ],
)
def test_the_steps_end_where_two_signs_differ(there, claimed, steps):
    assert sign_by_sign(there, claimed) == steps


def test_the_last_step_tells_how_two_numbers_are_to_each_other():
    for there, claimed in itertools.product(range(101), repeat=2):
        outcome = SAME if there == claimed else OVER if there > claimed else UNDER
        assert sign_by_sign(str(there), str(claimed)).endswith(f" {outcome}.")
