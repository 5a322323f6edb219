"""Make the test models: `python -m tools.test_models FOLDER` (about ten minutes)."""

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
# Weights of 8 bits in sums of float32: were what goes in rounded too, a last digit of a soft token
# would turn into another reply.
WEIGHTS_ALONE = "weight_only_wi8_afp32"
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
    "seeing": Form(
        prefill_lengths=(32, 256),
        context=MAGIC_CONTEXT,
        weights=WEIGHTS_ALONE,
        audio_weights=WEIGHTS_ALONE,
        vision_weights=WEIGHTS_ALONE,
        published=True,
        vision_budgets=(70, 140, 280),
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
        for name in arguments.only or FORMS:
            form, directory = FORMS[name], Path(scratch, f"{name} model")
            model = make_model(tokenizer, seeing=bool(form.vision_budgets))
            save_directory(model, tokenizer, directory)
            target = arguments.folder / f"{name}.litertlm"
            sections = export_sections(directory, Path(scratch, name), form)
            set_stop_tokens(sections.llm_metadata, stop_tokens)
            pack(sections, target)
            print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
