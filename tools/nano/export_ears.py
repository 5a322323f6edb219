"""The ears as the TFLite section `audio_encoder_hw`, with 8-bit weights."""

import re
from pathlib import Path

import torch

from tools.export import tensorflow_schema
from tools.nano.ears import WINDOW_FRAMES, Ears

SIGNATURE = "audio_204"


def export_ears(ears: Ears, work: Path) -> Path:
    """Write `ears.tflite` into `work`, and return the path of its quantised form."""
    tensorflow_schema.install()
    from litert_torch.generative.export_hf.core.export_lib import (  # noqa: PLC0415 - after install()
        converter_utils,
    )

    ears.encoder.set_attn_implementation("eager")
    inputs = {
        "src_inputs": torch.randn(1, WINDOW_FRAMES, ears.mel_map.shape[0]),
        "mask": torch.ones(1, 1, WINDOW_FRAMES, dtype=torch.bool),
    }
    converter = converter_utils.Converter()
    converter.add_signature(SIGNATURE, ears.eval(), sample_kwargs=inputs)
    exported = work / "ears.tflite"
    converter.convert(strict_export=False).export(str(exported))
    return quantise_but(exported, tuple(reversed(ears.mel_map.shape)))


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

    content = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model.read_bytes()))
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
