"""Get a work folder back from a finished model file: `python -m tools.nano.from_file FILE`.

A training can go on where nothing but the file is left. Its weights come back as 8 bits keep them,
and the optimizer starts anew. Where the exporter put each weight is found by exporting a model of
random weights in the same way, and looking for them.
"""

from pathlib import Path

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from edge_agent.model.bundle import Bundle
from edge_agent.model.bundle_header import SectionKind
from edge_agent.model.tokenizer_hf import unpack_zlib
from tools.export.gemma4_tokenizer import wrap_tokenizer
from tools.export.tflite_file import parse_tflite
from tools.nano.export import write_file
from tools.nano.export_eyes import EYES
from tools.nano.mel_map import MEL_MAP_SHAPE
from tools.nano.model import Checkpoint, Nano
from tools.nano.prompts import chat_template
from tools.nano.tokenizer import load_tokenizer
from tools.nano.work import work_parser

_PARTS = ("prefill_decode", "embedder", "per_layer_embedder")
_ALIKE = 0.999

Array = NDArray[np.float32]


def main() -> None:
    """Write the vocabulary, `mel_map.npy`, the ears, the eyes and `from_file.pt`."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("file", type=Path, help="nano.litertlm")
    options = parser.parse_args()
    work: Path = options.work
    (work / "export").mkdir(parents=True, exist_ok=True)
    with Bundle.open(options.file) as bundle:
        _take_ears(bundle, work)
        _take_eyes(bundle, work)
        _take_vocabulary(bundle, work)
        model = _marked(Nano(load_tokenizer(work)))
        marked_file = work / "export" / "marked.litertlm"
        write_file(model, work, marked_file)
        with Bundle.open(marked_file) as marked:
            missing = _take_weights(model, _arrays(bundle), _arrays(marked))
    marked_file.unlink()
    print("Not in the file, and left as they start:", ", ".join(missing) or "none")
    weights = model.state_dict()
    Checkpoint(weights, {k: v.clone() for k, v in weights.items()}, {}, 0, 0.0).save(
        work / "from_file.pt"
    )


def _take_ears(bundle: Bundle, work: Path) -> None:
    section = bundle.model("audio_encoder_hw")
    if section is None:
        raise SystemExit(f"{bundle.path} has no ears.")
    content = bundle.read(section)
    (work / "export" / "ears_quantized.tflite").write_bytes(content)
    rows, columns = MEL_MAP_SHAPE
    found = [array for array in _constants(content) if array.shape == (columns, rows)]
    if len(found) != 1:
        raise SystemExit(f"{bundle.path} has {len(found)} mel maps, not one.")
    np.save(work / "mel_map.npy", found[0].T)


def _take_eyes(bundle: Bundle, work: Path) -> None:
    section = bundle.model("vision_encoder")
    if section is not None:
        (work / "export" / EYES).write_bytes(bundle.read(section))


def _take_vocabulary(bundle: Bundle, work: Path) -> None:
    section = bundle.of_kind(SectionKind.HF_TOKENIZER_ZLIB)
    if section is None:
        raise SystemExit(f"{bundle.path} has no vocabulary of Hugging Face's form.")
    tokenizer = Tokenizer.from_str(unpack_zlib(bundle.read(section)).decode())
    wrap_tokenizer(tokenizer, chat_template()).save_pretrained(work / "tokenizer")


def _marked(model: Nano) -> Nano:
    """Give every weight a value that no other has."""
    torch.manual_seed(1)
    for weight in model.parameters():
        nn.init.uniform_(weight, 0.5, 1.5) if weight.dim() == 1 else nn.init.normal_(weight)
    return model.eval()


def _take_weights(model: Nano, arrays: list[Array], marked: list[Array]) -> list[str]:
    """Give `model`, as it is in `marked`, the weights in `arrays`; return what is not there."""
    if [array.shape for array in arrays] != [array.shape for array in marked]:
        raise SystemExit("This file was exported in another way than this code does.")
    missing = []
    for name, weight in model.named_parameters():
        taken = _counterpart(weight, arrays, marked)
        if taken is None:
            missing.append(name)
        else:
            with torch.no_grad():
                weight.copy_(taken)
    model.keep_silent()
    return missing


def _counterpart(weight: Tensor, arrays: list[Array], marked: list[Array]) -> Tensor | None:
    """Return what stands in `arrays` where `weight` stands in `marked`, scaled alike."""
    rows = weight.detach().reshape(len(weight) if weight.dim() > 1 else 1, -1).numpy()
    for turned in (False, True):
        wanted = rows.T if turned else rows
        for array, mark in zip(arrays, marked, strict=True):
            place = _place(wanted, mark)
            if place is not None:
                start, scale = place
                taken = array[start : start + len(wanted)] / scale
                found = np.ascontiguousarray(taken.T if turned else taken)
                return torch.from_numpy(found).reshape(weight.shape)
    return None


def _place(wanted: Array, mark: Array) -> tuple[int, float] | None:
    """Return at which row of `mark` the rows `wanted` begin, and how much larger they are there."""
    if mark.shape[1] != wanted.shape[1] or len(mark) < len(wanted):
        return None
    start = int(np.argmax(np.abs(_likeness(mark, wanted[0]))))
    block = mark[start : start + len(wanted)]
    if block.shape != wanted.shape or abs(_likeness(block.reshape(1, -1), wanted.ravel())) < _ALIKE:
        return None
    return start, float((block * wanted).sum() / (wanted * wanted).sum())


def _likeness(rows: Array, row: Array) -> Array:
    """Return the cosine between each of `rows` [n, k] and `row` [k], both less their means."""
    rows, row = rows - rows.mean(axis=1, keepdims=True), row - row.mean()
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(row)
    return rows @ row / np.maximum(lengths, 1e-12)


def _arrays(bundle: Bundle) -> list[Array]:
    sections = [bundle.model(part) for part in _PARTS]
    return [array for section in sections if section for array in _constants(bundle.read(section))]


def _constants(content: bytes) -> list[Array]:
    """Return the float and 8-bit weights of a TFLite model, each once, float32 [rows, columns]."""
    model = parse_tflite(content)
    found: dict[int, Array] = {}
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            data = model.buffers[tensor.buffer].data
            raw = b"" if data is None else bytes(data)
            if raw and tensor.buffer not in found:
                array = _numbers(tensor, raw)
                if array is not None:
                    found[tensor.buffer] = array
    return [found[buffer] for buffer in sorted(found)]


def _numbers(tensor: schema.TensorT, raw: bytes) -> Array | None:
    shape = [int(size) for size in tensor.shape]
    if tensor.type == schema.TensorType.FLOAT32:
        numbers = np.frombuffer(raw, np.float32)
    elif tensor.type == schema.TensorType.INT8 and tensor.quantization.scale is not None:
        along = [1] * len(shape)
        along[tensor.quantization.quantizedDimension] = -1
        scales = np.asarray(tensor.quantization.scale, np.float32).reshape(along)
        numbers = np.frombuffer(raw, np.int8).reshape(shape) * scales
    else:
        return None
    return numbers.reshape(-1, shape[-1] if shape else 1)


if __name__ == "__main__":
    main()
