"""The table and the curves of a training."""

import csv

import pytest

pytest.importorskip("matplotlib")

from PIL import Image

from tools.nano.training_log import TrainingLog


def test_a_training_that_goes_on_adds_rows_and_draws_its_curves_anew(tmp_path):
    TrainingLog(tmp_path, "train").add(10, 60.0, {"loss of training": 2.0, "right of lamps": 0.1})
    first = (tmp_path / "train.png").read_bytes()
    TrainingLog(tmp_path, "train").add(20, 90.0, {"loss of training": 1.0, "right of lamps": 0.4})
    with (tmp_path / "train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["step"], row["minutes"], row["loss of training"]) for row in rows] == [
        ("10", "1.0", "2.0"), ("20", "1.5", "1.0"),
    ]  # fmt: skip
    assert (tmp_path / "train.png").read_bytes() != first
    with Image.open(tmp_path / "train.png") as picture:
        assert picture.size == (1200, 400)


def test_a_table_of_other_columns_is_set_aside(tmp_path):
    (tmp_path / "train.csv").write_text("93,241,1.19\n")
    TrainingLog(tmp_path, "train").add(10, 60.0, {"loss of training": 2.0})
    assert (tmp_path / "train.before.csv").read_text() == "93,241,1.19\n"
    assert len((tmp_path / "train.csv").read_text().splitlines()) == 2
