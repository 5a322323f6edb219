import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.model.prompt import Prompt


def test_a_prompt_is_as_long_as_its_segments() -> None:
    prompt = Prompt.of_ids([1, 2, 3]) + Prompt((np.zeros((5, 8), np.float32),)) + Prompt.of_ids([4])
    assert len(prompt) == 9
    part = prompt.part(2, 5)
    assert [segment.shape for segment in part.segments] == [(1,), (2, 8)]
    assert len(Prompt()) == 0


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=5), st.data())
def test_a_part_is_a_slice(lists: list[list[int]], data: st.DataObject) -> None:
    prompt = Prompt()
    for ids in lists:
        prompt += Prompt.of_ids(ids)
    whole = [token for ids in lists for token in ids]
    assert list(prompt.ids()) == whole
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    assert list(prompt.part(start, stop).ids()) == whole[start:stop]
