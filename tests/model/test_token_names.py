import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.token_names import TokenNames

NAMES = st.lists(st.text(alphabet="<|>ab[]^-\\", max_size=4), max_size=6)
TEXTS = st.text(alphabet="<|>ab[]^-\\ ", max_size=30)


@given(NAMES, TEXTS)
def test_names_are_found_where_a_pattern_of_them_all_finds_them(names, text):
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
    expected = [(found.start(), found.group()) for found in pattern.finditer(text)]
    assert list(TokenNames(names).all_in(text)) == expected


@given(NAMES, TEXTS)
def test_names_that_overlap_are_all_found(names, text):
    places = {place for place, _ in TokenNames(names).all_in(text, overlapping=True)}
    expected = {i for i in range(len(text)) if any(n and text.startswith(n, i) for n in names)}
    assert places == expected


@pytest.mark.parametrize(("start", "found"), [(0, (0, "<|a>")), (1, (4, "<|a>|>")), (5, None)])
def test_the_search_begins_where_it_is_told(start, found):
    assert TokenNames(["<|a>", "<|a>|>"]).find("<|a><|a>|>", start) == found
