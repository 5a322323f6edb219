"""TFLite models as objects that can be changed, and back to files."""

from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_FILE_IDENTIFIER = b"TFL3"


def read_tflite(path: Path) -> schema.ModelT:
    """Return the model in a file, with all its weights in `buffers`."""
    return parse_tflite(path.read_bytes())


def parse_tflite(content: bytes) -> schema.ModelT:
    """Return the model that is the `content` of a file, with all its weights in `buffers`."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content))
    for buffer in model.buffers:
        if buffer.size:  # it lies behind the model in the file
            buffer.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    return model


def write_tflite(model: schema.ModelT, path: Path) -> None:
    """Write a model, in place of what is there."""
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), _FILE_IDENTIFIER)
    path.write_bytes(builder.Output())


def shorten_names(path: Path) -> None:
    """Give numbers to the tensors of a model that nobody asks for by name.

    The exporter names each by the path of the module that it came from, which may come to a fifth
    of a small model.
    """
    model = read_tflite(path)
    asked = {signature.subgraphIndex for signature in model.signatureDefs}
    for index, graph in enumerate(model.subgraphs):
        kept = {*graph.inputs, *graph.outputs} if index in asked else set()
        for number, tensor in enumerate(graph.tensors):
            if number not in kept:
                tensor.name = f"t{number}".encode()
    write_tflite(model, path)
