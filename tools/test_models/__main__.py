"""Make the test models: `python -m tools.test_models FOLDER` (about three minutes)."""

import argparse
import tempfile
from pathlib import Path

from tools.export.gemma4_directory import save_directory
from tools.export.gemma4_tokenizer import train_tokenizer
from tools.export.litert import MAGIC_CONTEXT, Form, export_sections
from tools.export.metadata import set_stop_tokens
from tools.export.sections import pack
from tools.test_models.corpus import sentences
from tools.test_models.weights import make_model

CHAT_TEMPLATE = Path(__file__).parent.parent / "chat_template.jinja"
VOCABULARY = 1024
STOP_TOKENS = ["<eos>", "<turn|>", "<|tool_response>"]
# The ears stay float32: rounded to 8 bits they turn the last digit of a mel band into a visible
# difference, and the engines' last digits differ.
FORMS = {
    "plain": Form(
        prefill_lengths=(16, 128),
        context=1024,
        weights=None,
        audio_weights=None,
    ),
    "published": Form(
        prefill_lengths=(4, 32, 128, 512),
        context=MAGIC_CONTEXT,
        audio_weights=None,
        published=True,
    ),
}


def main() -> None:
    """Write one file for every form into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=FORMS, action="append", help="this form alone")
    arguments = parser.parse_args()
    tokenizer = train_tokenizer(sentences(), VOCABULARY, CHAT_TEMPLATE.read_text())
    stop_tokens = tokenizer.convert_tokens_to_ids(STOP_TOKENS)
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch, "model")
        save_directory(make_model(tokenizer), tokenizer, directory)
        for name in arguments.only or FORMS:
            target = arguments.folder / f"{name}.litertlm"
            sections = export_sections(directory, Path(scratch, name), FORMS[name])
            set_stop_tokens(sections.llm_metadata, stop_tokens)
            pack(sections, target)
            print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
