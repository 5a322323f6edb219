"""The curve of what a decoder's size pays is read off the trainings' own tables."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")

from tools.nano.size_curve import draw, read_course
from tools.nano.train import HELD_OUT_SENTENCES


def test_a_course_is_read_and_drawn(tmp_path):
    table = tmp_path / "size-128.csv"
    rows = ["step,minutes,loss of training", "9,2.5,1.0,0.25", "20,5.0,0.5,0.5"]
    table.write_text("\n".join([f"{rows[0]},right of {HELD_OUT_SENTENCES}", *rows[1:]]) + "\n")
    course = read_course(table)
    assert course == {2.5: 0.25, 5.0: 0.5}
    draw({2.7: course, 9.2: {5.0: 0.75}}, tmp_path / "size_curve.png")
    with Image.open(tmp_path / "size_curve.png") as picture:
        assert picture.size == (1100, 400)
        assert len(np.unique(np.asarray(picture))) > 50
