"""From tool declarations to a grammar of calls, in llguidance's dialect of Lark.

One rule a schema: `rule_for` gives the name of a rule, and the same text is never written twice.
Control tokens stand in the grammar by id, `<[9]>`, so no text can pass for one.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from edge_agent.model.calls import sort_keys
from edge_agent.model.control_tokens import CALL_END, CALL_START, QUOTE
from edge_agent.model.errors import ModelError
from edge_agent.model.number_patterns import number_pattern
from edge_agent.model.token_names import TokenNames
from edge_agent.model.types import ToolDeclaration

Schema = Mapping[str, Any]

FREE_TEXT = r"/(?s:(?:[^<]|<+[^<|])+<*|<+)/"
"""Any text without `<|`, so that nothing the model spells out looks like a control token."""

_CHARACTER = "(?s:[^<])"
_KEY = r"/[^\s:,{}\[\]<>]+/"
_UNPRINTED = re.compile(r"[\x7f-\x9f]")
_NAME = re.compile(r"[^\s:,{}\[\]<>]+")
_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "format", "deprecated", "nullable", "$comment"}
)
_KNOWN = {
    "string": {"minLength", "maxLength", "pattern"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "boolean": set[str](),
    "null": set[str](),
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties"},
}
_MOST_MULTIPLES = 2_000
_DEEPEST = 16


class GrammarError(ModelError):
    """A tool's declaration cannot be held to by a grammar, or a grammar grew too large."""


class Rules:
    """Collects the rules of one grammar; equal right-hand sides share one name."""

    def __init__(self, special_tokens: Mapping[str, int], decimals: int) -> None:
        """Write control tokens by the ids of `special_tokens`, numbers with so many decimals."""
        self._special_tokens = special_tokens
        self._special_names = TokenNames(special_tokens)
        self._decimals = decimals
        self._name_of: dict[str, str] = {}
        self._where: list[str] = []

    def text(self, start: str) -> str:
        """Return the whole grammar with `start` as the right-hand side of its start rule."""
        rules = [f"{name}: {body}" for body, name in self._name_of.items()]
        return "\n".join([f"start: {start}", *rules])

    def token(self, name: str) -> str:
        """Return the control token `name` as the grammar writes it."""
        if name not in self._special_tokens:
            raise GrammarError(f"the model's vocabulary has no {name}, so it cannot call tools")
        return f"<[{self._special_tokens[name]}]>"

    def rule(self, body: str) -> str:
        """Give `body` a name, as a rule."""
        return self._name_of.setdefault(body, f"r{len(self._name_of)}")

    def terminal(self, body: str) -> str:
        """Give `body` a name, as a terminal: its alternatives become one automaton."""
        return self._name_of.setdefault(body, f"T{len(self._name_of)}")

    def calls(self, tools: Iterable[ToolDeclaration], at_most: int) -> str | None:
        """Return the rule for one call or more of `tools`, or None if none can be called."""
        alternatives = [call for tool in tools if (call := self._call(tool)) is not None]
        if not alternatives:
            return None
        call = self.rule(
            f"{self.token(CALL_START)} {self.rule(' | '.join(alternatives))} {self.token(CALL_END)}"
        )
        return self.rule(call + (f" ({call}){{0,{at_most - 1}}}" if at_most > 1 else ""))

    def _call(self, tool: ToolDeclaration) -> str | None:
        self._where = [f"tool {tool.name!r}"]
        if not _NAME.fullmatch(tool.name):
            raise self._refused(f"{tool.name!r} cannot be a name in a tool call")
        if any(not names for names in tool.choices.values()):
            return None
        arguments = self._object(tool.parameters, tool.choices)
        return f"{literal('call:' + tool.name)} {arguments}"

    def _value(self, schema: Schema) -> str:
        if not isinstance(schema, Mapping):
            raise self._refused(f"its schema is {schema!r}, not an object")
        if len(self._where) > _DEEPEST:
            raise self._refused(f"its schema is nested more than {_DEEPEST} deep")
        if "const" in schema:
            return self._one_of([schema["const"]])
        if "enum" in schema:
            return self._one_of(schema["enum"])
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self.rule(" | ".join(self._value(option) for option in schema[key]))
        kinds = schema.get("type")
        if kinds is None:
            self._check_known(schema, set())
            return self._anything()
        if isinstance(kinds, str):
            return self._typed(kinds.lower(), schema)
        shared = {k: v for k, v in schema.items() if k != "type"}
        options = (
            self._typed(kind.lower(), {k: shared[k] for k in shared if k in _known(kind)})
            for kind in kinds
        )
        return self.rule(" | ".join(options))

    def _typed(self, kind: str, schema: Schema) -> str:
        if kind not in _KNOWN:
            raise self._refused(f"type {kind!r} is unknown")
        self._check_known(schema, _KNOWN[kind])
        match kind:
            case "string":
                return self._string(schema)
            case "integer" | "number":
                return self.terminal(self._number(schema, 0 if kind == "integer" else None))
            case "boolean":
                return self.terminal('"true" | "false"')
            case "null":
                return self.terminal('"null"')
            case "array":
                return self._array(schema)
        return self._object(schema, {})

    def _string(self, schema: Schema) -> str:
        if "pattern" in schema:
            body = f"/{_anchored(schema['pattern'])}/"
        elif "minLength" in schema or "maxLength" in schema:
            most = schema.get("maxLength", "")
            body = f"/{_CHARACTER}{{{schema.get('minLength', 0)},{most}}}/"
        else:
            body = FREE_TEXT
        optional = "" if "pattern" in schema or schema.get("minLength", 0) else "?"
        return self.rule(f"{self.token(QUOTE)} {self.terminal(body)}{optional} {self.token(QUOTE)}")

    def _number(self, schema: Schema, decimals: int | None) -> str:
        places = self._decimals if decimals is None else decimals
        step = Decimal(1).scaleb(-places)
        low, high = _bound(schema, "minimum"), _bound(schema, "maximum")
        above, below = _bound(schema, "exclusiveMinimum"), _bound(schema, "exclusiveMaximum")
        if above is not None:
            low = max(above + step, low if low is not None else above + step)
        if below is not None:
            high = min(below - step, high if high is not None else below - step)
        if "multipleOf" in schema:
            return self._multiples(Decimal(str(schema["multipleOf"])), low, high)
        try:
            return f"/{number_pattern(low, high, places)}/"
        except ValueError as error:
            raise self._refused(str(error)) from error

    def _multiples(self, step: Decimal, low: Decimal | None, high: Decimal | None) -> str:
        if low is None or high is None or step <= 0 or (high - low) / step > _MOST_MULTIPLES:
            raise self._refused(
                f"multipleOf needs a minimum and a maximum, and {_MOST_MULTIPLES} values at most"
            )
        first, last = -(-low // step), high // step
        values = [step * count for count in range(int(first), int(last) + 1)]
        if not values:
            raise self._refused(f"no multiple of {step} lies between {low} and {high}")
        return " | ".join(literal(f"{value.normalize():f}") for value in values)

    def _one_of(self, values: Sequence[Any]) -> str:
        if not isinstance(values, list | tuple) or not values:
            raise self._refused("its enum is not a list of values")
        texts = [value for value in values if isinstance(value, str)]
        options = [self._quoted(texts)] if texts else []
        bare = [json.dumps(value) for value in values if not isinstance(value, str)]
        if any(isinstance(value, list | dict) for value in values):
            raise self._refused("an enum of lists or objects cannot be held to")
        if bare:
            options.append(self.terminal(" | ".join(map(literal, bare))))
        return self.rule(" | ".join(options))

    def _quoted(self, texts: Iterable[str]) -> str:
        texts = sorted(set(texts))
        for text in texts:
            if self._special_names.find(text):
                raise self._refused(f"its value {text!r} holds a control token; defuse it first")
        quote = self.token(QUOTE)
        alternatives = " | ".join(literal(text) for text in texts if text)
        optional = "?" if "" in texts else ""
        if not alternatives:
            return self.rule(f"{quote} {quote}")
        return self.rule(f"{quote} {self.terminal(alternatives)}{optional} {quote}")

    def _array(self, schema: Schema) -> str:
        item = self._within("its items", schema.get("items", {}))
        fewest, most = schema.get("minItems", 0), schema.get("maxItems")
        if most == 0:
            return self.rule('"[" "]"')
        more = f"{{{max(fewest - 1, 0)},{'' if most is None else most - 1}}}"
        items = f'{item} ("," {item}){more}'
        return self.rule(f'"[" {items} "]"' if fewest else f'"[" ({items})? "]"')

    def _object(self, schema: Schema, choices: Mapping[str, tuple[str, ...]]) -> str:
        self._check_known(schema, _KNOWN["object"])
        properties = schema.get("properties", {})
        required = frozenset(schema.get("required", ()))
        if missing := (required | choices.keys()) - properties.keys():
            raise self._refused(f"{', '.join(sorted(missing))} is required but not declared")
        pairs: list[tuple[str, bool]] = []
        for key in sort_keys(properties):
            if not _NAME.fullmatch(key):
                raise self._refused(f"{key!r} cannot be the name of an argument in a tool call")
            value = (
                self._within(f"argument {key!r}", {"enum": choices[key]})
                if key in choices
                else self._within(f"argument {key!r}", properties[key])
            )
            pairs.append((self.rule(f"{literal(key + ':')} {value}"), key in required))
        return self.rule(f'"{{" {self._pairs(pairs)} "}}"')

    def _pairs(self, pairs: Sequence[tuple[str, bool]]) -> str:
        """Put commas between the pairs that are there, whichever of the optional ones are."""
        alone, following = "", ""
        for pair, required in reversed(pairs):
            begun = f"{pair} {following}".strip()
            continued = f'"," {begun}'
            if required:
                alone, following = begun, continued
            else:
                alone = self.rule(f"{begun} | {alone}") if alone else f"({begun})?"
                following = (
                    self.rule(f"({continued}) | {following}") if following else (f"({continued})?")
                )
        return alone

    def _anything(self) -> str:
        """Return the rule for a value of any type."""
        text = self._string({})
        number = self.terminal(self._number({}, None))
        word = self.terminal('"true" | "false" | "null"')
        key = self.terminal(_KEY)
        pair = f'{key} ":" anything'
        self._name_of[
            f'{text} | {number} | {word} | "[" (anything ("," anything)*)? "]"'
            f' | "{{" ({pair} ("," {pair})*)? "}}"'
        ] = "anything"
        return "anything"

    def _within(self, where: str, schema: Schema) -> str:
        self._where.append(where)
        rule = self._value(schema)
        self._where.pop()
        return rule

    def _check_known(self, schema: Schema, known: set[str]) -> None:
        if unknown := schema.keys() - known - _ANNOTATIONS - {"type"}:
            raise self._refused(f"a grammar cannot hold to {', '.join(sorted(unknown))}")

    def _refused(self, why: str) -> GrammarError:
        return GrammarError(f"{', '.join(self._where)}: {why}")


def _known(kind: str) -> set[str]:
    return _KNOWN.get(kind.lower(), set()) | _ANNOTATIONS


def literal(text: str) -> str:
    """Return `text` as the grammar writes it."""
    written = json.dumps(text, ensure_ascii=False)
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found.group()):04x}", written)


def _bound(schema: Schema, key: str) -> Decimal | None:
    return Decimal(str(schema[key])) if key in schema else None


def _anchored(pattern: str) -> str:
    """Return a JSON schema's pattern, which may match anywhere, as one that matches all."""
    before = "" if pattern.startswith("^") else "(?s:.*)"
    after = "" if pattern.endswith("$") else "(?s:.*)"
    return f"{before}(?:{pattern.removeprefix('^').removesuffix('$')}){after}".replace("/", r"\/")
