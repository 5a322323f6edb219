"""Models put together with a loop between them run in LiteRT, as often as they should."""

from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from tools.export.while_loop import Loop, with_loop


@pytest.mark.parametrize(("first", "turns", "ends", "sum_of"), [
    (0, 5, 100, 5), (0, 50, 7, 7), (9, 50, 7, 0),
])  # fmt: skip
def test_the_loop_runs_until_it_is_to_end(tmp_path, first, turns, ends, sum_of):
    before = _adding(tmp_path / "before", {"given": "token"}, add=0)
    step = _adding(tmp_path / "step", {name: name for name in ("count", "token", "sum")}, add=1)
    after = _adding(tmp_path / "after", {"sum": "result"}, add=1_000)
    begins = {"count": np.zeros(1, np.int32), "sum": np.zeros(1, np.int32)}
    loop = Loop(step, begins, "count", turns, "token", ends)
    with_loop(before, loop, after, tmp_path / "whole")
    run = Interpreter(str(tmp_path / "whole")).get_signature_runner("main")
    for _ in range(2):
        assert run(given=np.array([first], np.int32)) == {"result": np.array([1_000 + sum_of])}


def test_what_no_part_gives_is_told_by_its_name(tmp_path):
    before = _adding(tmp_path / "before", {"given": "token"}, add=0)
    step = _adding(tmp_path / "step", {name: name for name in ("count", "token")}, add=1)
    after = _adding(tmp_path / "after", {"heard": "result"}, add=0)
    loop = Loop(step, {"count": np.zeros(1, np.int32)}, "count", 3, "token", 9)
    with pytest.raises(KeyError, match="heard"):
        with_loop(before, loop, after, tmp_path / "whole")


def _adding(path: Path, names: dict[str, str], *, add: int) -> Path:
    """Write a model whose outputs are its inputs, int32 [1] each, with a number added."""
    model, graph, signature = schema.ModelT(), schema.SubGraphT(), schema.SignatureDefT()
    model.version, model.subgraphs, model.signatureDefs = 3, [graph], [signature]
    model.buffers = [schema.BufferT(), schema.BufferT()]
    model.buffers[1].data = np.frombuffer(np.array([add], np.int32).tobytes(), np.uint8)
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.ADD
    model.operatorCodes = [code]
    graph.tensors, graph.operators = [_tensor("added", 1)], []
    signature.signatureKey, signature.subgraphIndex = b"main", 0
    signature.inputs, signature.outputs = [], []
    for given, made in names.items():
        graph.tensors += [_tensor(f"{given}_in", 0), _tensor(f"{made}_out", 0)]
        last = len(graph.tensors) - 1
        operator = schema.OperatorT()
        operator.inputs, operator.outputs = np.array([last - 1, 0]), np.array([last])
        operator.builtinOptionsType = schema.BuiltinOptions.AddOptions
        operator.builtinOptions = schema.AddOptionsT()
        graph.operators.append(operator)
        signature.inputs.append(_named(given, last - 1))
        signature.outputs.append(_named(made, last))
    graph.inputs = np.array([each.tensorIndex for each in signature.inputs])
    graph.outputs = np.array([each.tensorIndex for each in signature.outputs])
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(builder.Output())
    return path


def _tensor(name: str, buffer: int) -> schema.TensorT:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type = name.encode(), [1], schema.TensorType.INT32
    tensor.buffer = buffer
    return tensor


def _named(name: str, tensor: int) -> schema.TensorMapT:
    found = schema.TensorMapT()
    found.name, found.tensorIndex = name.encode(), tensor
    return found
