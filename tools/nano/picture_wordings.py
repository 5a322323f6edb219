"""How people ask about pictures: to train on, and for testing only."""

from pathlib import Path

from tools.nano.sentences import Sentences, read_lines


def training_wordings() -> Sentences:
    """Return the wordings to train on, by heading."""
    return read_lines(Path(__file__).with_name("pictures_training.txt"))


def held_out_wordings() -> Sentences:
    """Return other wordings under the same headings; none of them is trained on."""
    return read_lines(Path(__file__).with_name("pictures_test.txt"))
