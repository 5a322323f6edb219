"""A TFLite model with a loop in it, put together from models of its parts.

The exporter knows no loops. TFLite does: `WHILE` runs a subgraph again and again as long as another
one says so, on the machine that has run everything before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from tools.export.tflite_file import read_tflite, write_tflite


@dataclass(frozen=True)
class Loop:
    """What the loop's step is given, and when it ends.

    `step` takes and gives tensors of the same names. Those in `begins` start with a constant, the
    others with an output of the model before. It runs while `counter` is less than `turns` and
    `token` is less than `ends`; both are int32 [1].
    """

    step: Path
    begins: Mapping[str, NDArray[np.generic]]
    counter: str
    turns: int
    token: str
    ends: int


def with_loop(before: Path, loop: Loop, after: Path, target: Path) -> None:
    """Write a model that runs `before`, the loop, and then `after`, as one signature.

    Each part has one signature; the whole has the name and the inputs of `before`'s, and the
    outputs of `after`'s, whose inputs are outputs of the loop. Raises `KeyError` where a part asks
    for a tensor that no other gives.
    """
    whole = _Whole(before)
    state = whole.add_loop(loop)
    whole.add_behind(after, state)
    whole.write(target)


@dataclass
class _Part:
    """A model read from a file, and its one signature: tensors by name."""

    path: Path
    model: schema.ModelT = field(init=False)
    inputs: dict[str, int] = field(init=False)
    outputs: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.model = read_tflite(self.path)
        if len(self.model.subgraphs) != 1 or len(self.model.signatureDefs or ()) != 1:
            raise ValueError(f"{self.path} has more than one graph or signature")
        signature = self.model.signatureDefs[0]
        self.inputs = {_name(each): each.tensorIndex for each in signature.inputs}
        self.outputs = {_name(each): each.tensorIndex for each in signature.outputs}

    @property
    def graph(self) -> schema.SubGraphT:
        return self.model.subgraphs[0]


class _Whole:
    """The model that is being put together: the graph that runs, and the loop's two behind it."""

    def __init__(self, before: Path) -> None:
        self._part = _Part(before)
        self._model, self._graph = self._part.model, self._part.graph
        self._model.metadata, self._model.metadataBuffer = [], None

    def add_loop(self, loop: Loop) -> dict[str, int]:
        """Add the loop; return the tensors in which its results lie."""
        step = _Part(loop.step)
        body = step.graph
        self._take_over(step)
        names = list(step.inputs)
        begins = [
            self._constant(name, loop.begins[name])
            if name in loop.begins
            else self._part.outputs[name]
            for name in names
        ]
        body.inputs = np.array([step.inputs[name] for name in names], np.int32)
        body.outputs = np.array([step.outputs[name] for name in names], np.int32)
        body.name = b"loop_step"
        like = [body.tensors[step.inputs[name]] for name in names]
        condition = self._condition(loop, names, like)
        first = len(self._graph.tensors)
        self._graph.tensors += [_like(tensor, b"loop_" + tensor.name) for tensor in like]
        operator = schema.OperatorT()
        operator.opcodeIndex = self._code(schema.BuiltinOperator.WHILE)
        operator.inputs = np.array(begins, np.int32)
        operator.outputs = np.arange(first, first + len(names), dtype=np.int32)
        operator.builtinOptionsType = schema.BuiltinOptions.WhileOptions
        operator.builtinOptions = schema.WhileOptionsT()
        operator.builtinOptions.condSubgraphIndex = len(self._model.subgraphs)
        operator.builtinOptions.bodySubgraphIndex = len(self._model.subgraphs) + 1
        self._graph.operators.append(operator)
        self._model.subgraphs += [condition, body]
        return {name: first + at for at, name in enumerate(names)}

    def add_behind(self, after: Path, given: Mapping[str, int]) -> None:
        """Add the operators of `after`, whose inputs are the tensors `given`; give its outputs."""
        part = _Part(after)
        self._take_over(part)
        first = len(self._graph.tensors)
        places = np.arange(first, first + len(part.graph.tensors), dtype=np.int32)
        for name, tensor in part.inputs.items():
            places[tensor] = given[name]
        self._graph.tensors += part.graph.tensors
        for operator in part.graph.operators:
            operator.inputs = _moved(operator.inputs, places)
            operator.outputs = _moved(operator.outputs, places)
            self._graph.operators.append(operator)
        self._graph.outputs = _moved(part.graph.outputs, places)
        signature = self._model.signatureDefs[0]
        signature.outputs = part.model.signatureDefs[0].outputs
        for each in signature.outputs:
            each.tensorIndex = int(places[each.tensorIndex])

    def write(self, target: Path) -> None:
        write_tflite(self._model, target)

    def _take_over(self, part: _Part) -> None:
        """Add the buffers and operator codes of `part`, and make its graph point there."""
        first = len(self._model.buffers)
        self._model.buffers += part.model.buffers
        for tensor in part.graph.tensors:
            tensor.buffer += first
        codes = [self._code_like(code) for code in part.model.operatorCodes]
        for operator in part.graph.operators:
            operator.opcodeIndex = codes[operator.opcodeIndex]

    def _condition(
        self, loop: Loop, names: Sequence[str], like: Sequence[schema.TensorT]
    ) -> schema.SubGraphT:
        graph = schema.SubGraphT()
        graph.name = b"loop_goes_on"
        graph.tensors = [_like(tensor, b"asked_" + tensor.name) for tensor in like]
        graph.inputs = np.arange(len(names), dtype=np.int32)
        graph.operators = []
        answers = []
        for name, limit in ((loop.counter, loop.turns), (loop.token, loop.ends)):
            constant = _tensor(f"{name}_limit", np.array([limit], np.int32), self._model)
            graph.tensors += [constant, _truth(f"{name}_goes_on")]
            last = len(graph.tensors) - 1
            less = self._code(schema.BuiltinOperator.LESS)
            graph.operators.append(_operator(less, (names.index(name), last - 1), last))
            answers.append(last)
        graph.tensors.append(_truth("goes_on"))
        both = self._code(schema.BuiltinOperator.LOGICAL_AND)
        graph.operators.append(_operator(both, answers, len(graph.tensors) - 1))
        graph.outputs = np.array([len(graph.tensors) - 1], np.int32)
        return graph

    def _constant(self, name: str, value: NDArray[np.generic]) -> int:
        self._graph.tensors.append(_tensor(f"{name}_at_first", value, self._model))
        return len(self._graph.tensors) - 1

    def _code(self, builtin: int) -> int:
        code = schema.OperatorCodeT()
        code.builtinCode = builtin
        code.deprecatedBuiltinCode = min(builtin, 127)
        return self._code_like(code)

    def _code_like(self, wanted: schema.OperatorCodeT) -> int:
        codes = self._model.operatorCodes
        for number, code in enumerate(codes):
            if vars(code) == vars(wanted):
                return number
        codes.append(wanted)
        return len(codes) - 1


def _operator(code: int, inputs: Sequence[int], output: int) -> schema.OperatorT:
    operator = schema.OperatorT()
    operator.opcodeIndex = code
    operator.inputs = np.array(inputs, np.int32)
    operator.outputs = np.array([output], np.int32)
    return operator


def _tensor(name: str, value: NDArray[np.generic], model: schema.ModelT) -> schema.TensorT:
    """Return a constant tensor, int32 or float32, whose value stands in a buffer of `model`."""
    content = np.frombuffer(value.tobytes(), np.uint8)
    tensor = schema.TensorT()
    tensor.name = name.encode()
    tensor.shape = list(value.shape)
    tensor.type = {
        np.dtype(np.int32): schema.TensorType.INT32,
        np.dtype(np.float32): schema.TensorType.FLOAT32,
    }[value.dtype]
    tensor.buffer = _buffer_of(content, model)
    return tensor


def _buffer_of(content: NDArray[np.uint8], model: schema.ModelT) -> int:
    """Return the number of a buffer with this content, which is added where there is none."""
    for number, buffer in enumerate(model.buffers):
        if buffer.data is not None and np.array_equal(buffer.data, content):
            return number
    buffer = schema.BufferT()
    buffer.data = content
    model.buffers.append(buffer)
    return len(model.buffers) - 1


def _truth(name: str) -> schema.TensorT:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type = name.encode(), [1], schema.TensorType.BOOL
    return tensor


def _like(tensor: schema.TensorT, name: bytes) -> schema.TensorT:
    """Return an empty tensor of the same type and shape."""
    other = schema.TensorT()
    other.name, other.shape, other.type = name, list(tensor.shape), tensor.type
    return other


def _moved(numbers: NDArray[np.int32], places: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return where tensors lie now; -1 stands for an input that an operator does without."""
    numbers = np.asarray(numbers, np.int32)
    return np.where(numbers < 0, numbers, places[numbers]).astype(np.int32)


def _name(each: schema.TensorMapT) -> str:
    return each.name.decode() if isinstance(each.name, bytes) else str(each.name)
