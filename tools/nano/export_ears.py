"""The ears as the TFLite section `audio_encoder_hw`: `python -m tools.nano.export_ears`.

Mel frames go in, the word pieces of what was said come out.

Whisper's encoder runs once, its decoder in a loop until it has written everything down, and what it
wrote is laid out as the soft tokens of Gemma 4's audio interface.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast, WhisperForConditionalGeneration

from tools.export import tensorflow_schema
from tools.export.tflite_file import read_tflite, shorten_names
from tools.export.while_loop import Loop, with_loop
from tools.nano.ears import WINDOW_FRAMES, Ears
from tools.nano.soft_words import SoftWords
from tools.nano.tokenizer import load_tokenizer
from tools.nano.tune import tuned_whisper
from tools.nano.whisper_words import START, PieceTable, WhisperWords, whisper_words
from tools.nano.word_loop import WORD_TOKENS, Heard, WordStep
from tools.nano.work import work_parser

SIGNATURE = "audio_204"

_Inputs = Mapping[str, Tensor]


def main() -> None:
    """Write the ears into the folder `export` of the work folder, in place of earlier ones."""
    options = work_parser(__doc__ or "").parse_args()
    folder = options.work / "export"
    folder.mkdir(exist_ok=True)
    mel_map = np.load(options.work / "mel_map.npy")
    ears = export_ears(tuned_whisper(options.work), mel_map, load_tokenizer(options.work), folder)
    print(f"{ears}: {ears.stat().st_size:,} bytes")


class _EarsAndHeard(nn.Module):
    def __init__(self, ears: Ears, heard: Heard) -> None:
        super().__init__()
        self.ears, self.heard = ears, heard

    def forward(self, src_inputs: Tensor, mask: Tensor) -> dict[str, Tensor]:
        found: dict[str, Tensor] = self.heard(self.ears(src_inputs, mask))
        return found


def export_ears(
    whisper: WhisperForConditionalGeneration,
    mel_map: np.ndarray,
    tokenizer: PreTrainedTokenizerFast,
    work: Path,
) -> Path:
    """Write `ears_quantized.tflite` into `work`, and return its path."""
    words = whisper_words()
    whisper.set_attn_implementation("eager")
    ears = _EarsAndHeard(Ears(whisper, mel_map), Heard(whisper))
    frames = {
        "src_inputs": torch.randn(1, WINDOW_FRAMES, mel_map.shape[0]),
        "mask": torch.ones(1, 1, WINDOW_FRAMES, dtype=torch.bool),
    }
    with torch.no_grad():
        heard = ears(**frames)
    begins = _begins(words, heard)
    step_inputs = {name: torch.from_numpy(value) for name, value in begins.items()} | heard
    soft_words = SoftWords(words, PieceTable(words, tokenizer))
    before = export_module(ears, SIGNATURE, frames, work / "ears_before.tflite")
    step = export_module(WordStep(whisper, words), "step", step_inputs, work / "ears_step.tflite")
    written = {"written": step_inputs["written"]}
    after = export_module(soft_words, "after", written, work / "ears_after.tflite")
    target = work / "ears_quantized.tflite"
    loop = Loop(quantise_but(step), begins, "step", WORD_TOKENS, "token", words.ends)
    kept = tuple(reversed(mel_map.shape))
    with_loop(quantise_but(before, kept), loop, after, target)
    shorten_names(target)
    return target


def _begins(words: WhisperWords, heard: _Inputs) -> dict[str, np.ndarray]:
    """Return what the loop begins with, but for what was heard."""
    begins: dict[str, np.ndarray] = {
        "step": np.zeros(1, np.int32),
        "token": np.array([START], np.int32),
        "written": np.full(WORD_TOKENS, words.ends, np.int32),
    }
    for name, value in heard.items():
        shape = (value.shape[0], WORD_TOKENS, value.shape[2])
        begins[name.replace("heard", "said")] = np.zeros(shape, np.float32)
    return begins


def export_module(module: nn.Module, signature: str, inputs: _Inputs, target: Path) -> Path:
    """Write `module` as a TFLite model with one signature; return `target`."""
    tensorflow_schema.install()
    from litert_torch.generative.export_hf.core.export_lib import (  # noqa: PLC0415 - after install()
        converter_utils,
    )

    converter = converter_utils.Converter()
    converter.add_signature(signature, module.eval(), sample_kwargs=dict(inputs))
    converter.convert(strict_export=False).export(str(target))
    return target


def quantise_but(model: Path, kept: tuple[int, ...] | None = None) -> Path:
    """Give the weights of `model` 8 bits, all but the product with weights of the shape `kept`.

    The mel map stays float: its powers span ten decades, of which 8 bits keep two.
    """
    from ai_edge_quantizer import quantizer, recipe  # noqa: PLC0415 - slow to import

    work = quantizer.Quantizer(str(model))
    work.load_quantization_recipe(recipe.dynamic_wi8_afp32())
    if kept is not None:
        work.update_quantization_recipe(
            re.escape(_product_with(model, kept)),
            recipe.TFLOperationName.FULLY_CONNECTED,
            algorithm_key=recipe.AlgorithmName.NO_QUANTIZE,
        )
    target = model.with_stem(f"{model.stem}_quantized")
    work.quantize().export_model(str(target), overwrite=True)
    return target


def _product_with(model: Path, shape: tuple[int, ...]) -> str:
    """Return the name of the product whose weights have that shape; there has to be one alone."""
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 - slow to import

    content = read_tflite(model)
    product = schema.BuiltinOperator.FULLY_CONNECTED
    found = [
        graph.tensors[operator.outputs[0]].name.decode()
        for graph in content.subgraphs
        for operator in graph.operators
        if content.operatorCodes[operator.opcodeIndex].builtinCode == product
        and tuple(graph.tensors[operator.inputs[1]].shape) == shape
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} products with weights {shape} in {model}, not one")
    return found[0]


if __name__ == "__main__":
    main()
