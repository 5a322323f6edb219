"""What a model file says of itself."""

from pathlib import Path

import pytest

from edge_agent.catalogue.contents import read_contents
from edge_agent.model.errors import ModelFileError

MODELS = Path(__file__).parent.parent / "models"


def test_a_file_like_the_published_ones():
    contents = read_contents(MODELS / "published.litertlm")
    assert contents.family == "gemma4"
    assert (contents.context, contents.context_is_free) == (32_003, True)
    assert contents.prefill_lengths == (4, 32, 128, 512)
    assert contents.able == ("text", "audio", "chat")
    assert contents.tokenizer == "Hugging Face JSON"
    assert contents.trouble is None
    sections = {section.name: section for section in contents.sections}
    assert "decode" in sections["prefill_decode"].signatures
    assert sum(section.bytes for section in contents.sections) < contents.bytes


def test_a_file_of_a_fixed_context():
    contents = read_contents(MODELS / "plain.litertlm")
    assert (contents.context, contents.context_is_free) == (1_024, False)


def test_a_file_that_is_cut_off(tmp_path):
    cut = tmp_path / "cut.litertlm"
    cut.write_bytes((MODELS / "plain.litertlm").read_bytes()[:1_000_000])
    with pytest.raises(ModelFileError, match="cut off"):
        read_contents(cut)
