"""Templates of discovery payloads, evaluated so that the worst of them can do nothing.

They come from whoever can publish to the broker. Three bounds hold: the syntax is that of
expressions and `if` (no loops, no assignments, no macros), only the filters, functions and methods
listed here can be used, and everything that is read or produced has a largest size. Jinja2's
sandbox stands behind these, and lets no attribute of Python's own through.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from edge_agent.home.conventions.untrusted import json_value, number

LONGEST_TEMPLATE = 2_000
LARGEST_VALUE = 16_000
_DEEPEST = 60
_LARGEST_NUMBER = 1e15

_SYNTAX = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr,
    nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair,
    nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Call,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
    nodes.Concat, nodes.Keyword,
)  # fmt: skip
_METHODS = {"get", "split", "lower", "upper", "strip", "startswith", "endswith"}


class TemplateRefusedError(Exception):
    """A template uses what is not allowed here, or came to no result."""


class _Environment(ImmutableSandboxedEnvironment):
    """Arithmetic is for numbers of a sane size, so that no text is multiplied."""

    intercepted_binops = frozenset({"*", "/", "//", "%", "+", "-"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - jinja2's signature
        both_text = isinstance(left, str) and isinstance(right, str) and operator == "+"
        if not both_text and not (_sane(left) and _sane(right)):
            raise TemplateRefusedError(f"{operator} is for numbers")
        return super().call_binop(context, operator, left, right)


def _sane(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < _LARGEST_NUMBER


def _to_float(value: object, default: object = 0.0) -> object:
    found = number(value)
    return default if found is None else found


def _to_int(value: object, default: object = 0) -> object:
    found = number(value)
    return default if found is None else int(found)


def _replace(value: object, old: object, new: object) -> str:
    text, wanted, replacement = str(value), str(old), str(new)
    if len(text) + text.count(wanted) * len(replacement) > LARGEST_VALUE:
        raise TemplateRefusedError("replace makes too much text")
    return text.replace(wanted, replacement)


def _join(values: object, separator: object = "") -> str:
    if not isinstance(values, list) or len(values) * len(str(separator)) > LARGEST_VALUE:
        raise TemplateRefusedError("join is for lists")
    return str(separator).join(str(value) for value in values)


def _to_json(value: object) -> str:
    text = json.dumps(value, default=str)
    if len(text) > LARGEST_VALUE:
        raise TemplateRefusedError("tojson makes too much text")
    return text


def _from_json(value: object) -> object:
    return json_value(value, LARGEST_VALUE) if isinstance(value, str) else None


def _round(value: object, digits: object = 0) -> object:
    found, places = number(value), number(digits)
    if found is None or places is None or not 0 <= places <= 10:  # noqa: PLR2004 - decimals
        raise TemplateRefusedError("round is for numbers")
    return round(found, int(places)) if places else float(round(found))


def _iif(value: object, if_true: object = True, if_false: object = False) -> object:  # noqa: FBT002 - Home Assistant's signature
    return if_true if value else if_false


_KEPT_FILTERS = (
    "default",
    "d",
    "lower",
    "upper",
    "trim",
    "string",
    "abs",
    "length",
    "first",
    "last",
)
_OWN_FILTERS: Mapping[str, Callable[..., object]] = {
    "float": _to_float,
    "int": _to_int,
    "round": _round,
    "replace": _replace,
    "join": _join,
    "tojson": _to_json,
    "to_json": _to_json,
    "from_json": _from_json,
    "bool": lambda value: str(value).lower() in {"true", "on", "1", "yes"},
    "iif": _iif,
}
_FUNCTIONS: Mapping[str, Callable[..., object]] = {"float": _to_float, "int": _to_int, "iif": _iif}


@functools.cache
def _environment() -> _Environment:
    environment = _Environment(autoescape=False, keep_trailing_newline=False)
    kept = {name: environment.filters[name] for name in _KEPT_FILTERS}
    environment.filters = {**kept, **_OWN_FILTERS}
    environment.globals = {**_FUNCTIONS, "True": True, "False": False, "None": None}
    return environment


def allowed(source: str) -> bool:
    """Tell whether a template can be used here at all."""
    try:
        _compiled(source)
    except TemplateRefusedError:
        return False
    return True


def render(source: str, variables: Mapping[str, object]) -> str:
    """Return the text that a template makes, trimmed. Raises `TemplateRefusedError`."""
    try:
        result: str = _compiled(source).render(variables)
    except TemplateRefusedError:
        raise
    except Exception as error:
        raise TemplateRefusedError(type(error).__name__) from error
    if len(result) > LARGEST_VALUE:
        raise TemplateRefusedError("the result is too long")
    return result.strip()


def render_value(source: str, payload: str, **more: object) -> str:
    """Render a template of a state: `value` is the payload, `value_json` what it is as JSON."""
    if len(payload) > LARGEST_VALUE:
        raise TemplateRefusedError("the payload is too long")
    variables: dict[str, object] = {"value": payload, **more}
    parsed = json_value(payload, LARGEST_VALUE)
    if parsed is not None:
        variables["value_json"] = parsed
    return render(source, variables)


@functools.lru_cache(maxsize=4096)
def _compiled(source: str) -> Any:  # noqa: ANN401 - jinja2.Template, whose render is not typed
    if len(source) > LONGEST_TEMPLATE:
        raise TemplateRefusedError("the template is too long")
    environment = _environment()
    try:
        tree = environment.parse(source)
        _check(tree, 0)
        return environment.from_string(tree)
    except (TemplateError, RecursionError) as error:
        raise TemplateRefusedError(str(error)) from error


def _check(node: nodes.Node, depth: int) -> None:
    """Raise unless every node of the tree is one of those allowed."""
    if depth > _DEEPEST or not isinstance(node, _SYNTAX):
        raise TemplateRefusedError(f"{type(node).__name__} is not allowed")
    if isinstance(node, nodes.Filter) and node.name not in _environment().filters:
        raise TemplateRefusedError(f"the filter {node.name} is not known")
    if isinstance(node, nodes.Call) and not _may_call(node.node):
        raise TemplateRefusedError("only a few functions can be called")
    for child in node.iter_child_nodes():
        _check(child, depth + 1)


def _may_call(function: nodes.Node) -> bool:
    if isinstance(function, nodes.Name):
        return function.name in _FUNCTIONS
    return isinstance(function, nodes.Getattr) and function.attr in _METHODS
