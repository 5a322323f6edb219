"""Runs the chat template of a model file, which is a program from somewhere else.

jinja2's sandbox keeps it from Python; what is added here keeps it from hanging or from eating
memory. Every loop, call, filter, comparison and printed text passes through a meter, and the
operations that make much out of little (repetition, powers, padding) are not offered.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from edge_agent.model.errors import PromptError

_LONGEST_SOURCE = 128 * 2**10
_MOST_STEPS = 500_000
_MOST_BYTES = 64 * 2**20
_NODE_BYTES = 64
_MOST_SECONDS = 2.0
_LARGEST_NUMBER = 2**53

_METER = "#meter"
_TEXT_FILTERS = ("capitalize", "e", "escape", "lower", "safe", "title", "trim", "upper")
_LAZY_FILTERS = ("map", "reject", "rejectattr", "select", "selectattr")
_OTHER_FILTERS = (
    "abs", "count", "d", "default", "dictsort", "first", "float", "int", "items", "last",
    "length", "list", "max", "min", "reverse", "sort", "unique",
)  # fmt: skip
_TESTS = frozenset(TESTS) - {"lower", "upper", "filter", "test"}
_TEXT_METHODS = frozenset(
    {
        "strip", "lstrip", "rstrip", "startswith", "endswith", "upper", "lower", "title",
        "capitalize", "split", "rsplit", "splitlines", "replace", "join", "find", "rfind",
        "removeprefix", "removesuffix", "isdigit", "isalpha", "isupper", "islower", "isspace",
    }
)  # fmt: skip


def compile_template(source: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that renders `source` with the variables given to it.

    It and this raise `PromptError`: for a template that is not Jinja, that asks for what is not
    offered, that refuses what it was given, or that takes too much time or memory.
    """
    if len(source) > _LONGEST_SOURCE:
        raise PromptError(f"the chat template is longer than {_LONGEST_SOURCE:,} characters")
    environment = _MeteredEnvironment()
    try:
        tree = _Metering().visit(environment.parse(source))
        code = environment.compile(tree)
        template = environment.template_class.from_code(environment, code, environment.globals)
    except (TemplateError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PromptError(f"the chat template cannot be read: {error}") from error

    def render(variables: Mapping[str, Any]) -> str:
        try:
            return template.render({**variables, _METER: _Meter()})
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise PromptError(f"the chat template failed: {error}") from error
        except (RecursionError, MemoryError) as error:
            raise PromptError("the chat template takes too much memory") from error

    return render


class _Meter:
    """What one rendering has left."""

    def __init__(self) -> None:
        self._steps = _MOST_STEPS
        self._bytes = _MOST_BYTES
        self._until = time.thread_time() + _MOST_SECONDS

    def step(self) -> None:
        self._steps -= 1
        if self._steps < 0 or time.thread_time() > self._until:
            raise SecurityError("it takes too many steps")

    def take(self, size: int) -> None:
        self._bytes -= size
        if self._bytes < 0:
            raise SecurityError("it takes too much memory")

    def weigh(self, value: Any) -> None:  # noqa: ANN401 - whatever a template makes
        """Take a step, and the size of `value`, each part counted as often as it is reached."""
        self.step()
        if isinstance(value, str):
            self.take(len(value))
        elif isinstance(value, list | tuple | dict):
            self.take(_NODE_BYTES * (len(value) + 1))
            for part in value.values() if isinstance(value, dict) else value:
                if isinstance(part, list | tuple | dict):
                    self.weigh(part)


class _Metering(NodeTransformer):
    """Puts the meter into a template's syntax tree."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - jinja2's names
        if node.recursive:
            raise SecurityError("recursive loops are not offered")
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "#each")
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.nodes = [_filtered(child, "#print") for child in node.nodes]
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "#concat")

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        return self._weighed(node) if node.ctx == "load" else node

    def _weighed(self, node: nodes.Expr) -> nodes.Node:
        self.generic_visit(node)
        return _filtered(node, "#weigh")

    visit_List = visit_Dict = visit_Filter = visit_Call = _weighed  # noqa: N815
    visit_Compare = visit_Test = visit_Getitem = _weighed  # noqa: N815

    def _refused(self, node: nodes.Node) -> NoReturn:
        raise SecurityError(f"{type(node).__name__} is not offered")

    visit_Extends = visit_Include = visit_Import = visit_FromImport = _refused  # noqa: N815


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


class _MeteredEnvironment(ImmutableSandboxedEnvironment):
    """jinja2 as transformers sets it up for chat templates, with less on offer."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, optimized=False, cache_size=0)
        self.globals = {
            "range": range,
            "namespace": Namespace,
            "raise_exception": _raise_exception,
        }
        self.tests = {name: TESTS[name] for name in _TESTS}
        self.filters = {
            **{name: FILTERS[name] for name in _OTHER_FILTERS},
            **{name: _of_text(FILTERS[name]) for name in _TEXT_FILTERS},
            **{name: _of_metered(FILTERS[name]) for name in _LAZY_FILTERS},
            "join": _join,
            "replace": _replace,
            "string": _print,
            "tojson": _to_json,
            "#each": _each,
            "#print": _print,
            "#concat": _concat,
            "#weigh": _weigh,
        }

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401
        if isinstance(obj, str):
            return attr in _TEXT_METHODS
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ANN401
        """Offer no `str.format`: is_safe_attribute refuses it."""

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, str) and obj.__name__ == "join":
            obj = partial(_joined, context, owner)
        elif isinstance(owner, str) and obj.__name__ == "replace":
            obj = partial(_replace, context, owner)
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        numbers = all(
            isinstance(side, int | float) and abs(side) <= _LARGEST_NUMBER for side in (left, right)
        )
        if operator == "+" and not numbers:
            for side in (left, right):
                _meter(context).weigh(side)
        elif not numbers or operator == "**":
            raise SecurityError(f"{operator} is only offered for numbers, and not too large ones")
        return super().call_binop(context, operator, left, right)


def _meter(context: Context) -> _Meter:
    meter = context[_METER]
    if not isinstance(meter, _Meter):
        raise SecurityError("it hides its meter")
    return meter


@pass_context
def _each(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    meter = _meter(context)
    for item in items:
        meter.step()
        yield item


@pass_context
def _print(context: Context, value: Any) -> str:  # noqa: ANN401
    text = _text_of(value)
    _meter(context).weigh(text)
    return text


@pass_context
def _concat(context: Context, values: list[Any]) -> str:
    return "".join(map(partial(_print, context), values))


@pass_context
def _weigh(context: Context, value: Any) -> Any:  # noqa: ANN401
    _meter(context).weigh(value)
    return value


@pass_context
def _join(
    context: Context, items: Iterable[Any], separator: str = "", attribute: str | None = None
) -> str:
    if attribute is not None:
        items = context.environment.call_filter("map", items, kwargs={"attribute": attribute})
    return _joined(context, separator, items)


def _joined(context: Context, separator: str, items: Iterable[Any]) -> str:
    texts = [_print(context, item) for item in items]
    _meter(context).take(len(separator) * len(texts))
    return separator.join(texts)


@pass_context
def _replace(context: Context, text: str, old: str, new: str, count: int = -1) -> str:
    text, old, new = _text_of(text), _text_of(old), _text_of(new)
    places = text.count(old)
    _meter(context).take(len(text) + len(new) * places)
    return text.replace(old, new, count)


@pass_context
def _to_json(context: Context, value: Any, indent: int | None = None) -> str:  # noqa: ANN401
    if indent is not None and not 0 <= indent <= 8:  # noqa: PLR2004 - more is for nobody to read
        raise SecurityError(f"an indent of {indent}")
    meter = _meter(context)
    pieces: list[str] = []
    for piece in json.JSONEncoder(ensure_ascii=False, indent=indent).iterencode(value):
        meter.weigh(piece)
        pieces.append(piece)
    return "".join(pieces)


def _raise_exception(message: str) -> NoReturn:
    raise TemplateError(_text_of(message))


def _text_of(value: Any) -> str:  # noqa: ANN401
    """Return `value` as text; what holds other values could be without end as text."""
    if not isinstance(value, str | int | float | Undefined | None):
        raise SecurityError(f"it writes out a {type(value).__name__}, not a text or a number")
    return str(value)


def _of_text(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda value, *args, **kwargs: function(_text_of(value), *args, **kwargs)


def _of_metered(function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def metered(context: Context, items: Iterable[Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return function(context, _each(context, items), *args, **kwargs)

    return metered
