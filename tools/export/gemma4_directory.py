"""A Hugging Face directory of a Gemma 4 model, with all the files that litert-torch looks for."""

import json
from pathlib import Path

from transformers import (
    Gemma4AudioFeatureExtractor,
    Gemma4ForConditionalGeneration,
    PreTrainedTokenizerFast,
)
from transformers.models.gemma4.image_processing_pil_gemma4 import Gemma4ImageProcessorPil


def save_directory(
    model: Gemma4ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, directory: Path
) -> None:
    """Write weights, tokenizer and the settings of both preprocessors to `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    # litert-torch reads the image processor and the audio feature extractor from one file.
    settings = json.loads(Gemma4ImageProcessorPil().to_json_string())
    settings |= json.loads(Gemma4AudioFeatureExtractor().to_json_string())
    settings["image_processor_type"] = Gemma4ImageProcessorPil.__name__
    (directory / "preprocessor_config.json").write_text(json.dumps(settings, indent=1))
