"""Arguments of one's own tools: the part of JSON schema that can be declared, and its check."""

from collections.abc import Mapping
from typing import Any

from edge_agent.tools.types import Refusal

KEYS: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"minimum", "maximum"}),
    "number": frozenset({"minimum", "maximum"}),
    "string": frozenset({"enum", "maxLength"}),
    "boolean": frozenset(),
}
"""What may stand in a schema, by its `type`, besides `description`."""

_LONGEST_TEXT = 200
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "integer": int, "number": (int, float), "string": str, "boolean": bool,
}  # fmt: skip


def wrong_argument(
    tool: str, expected: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]
) -> Refusal | None:
    """Return what is wrong with the arguments of a call; None if nothing is."""
    for name in given:
        if name not in expected:
            return Refusal("unknown_argument", f"{tool} takes no '{name[:40]}'.")
    for name, schema in expected.items():
        if name not in given:
            return Refusal("missing_argument", f"For {tool}, the {name} is missing.")
        wanted = _problem(schema, given[name])
        if wanted is not None:
            shown = str(given[name])[:40]
            return Refusal(
                "bad_argument", f"The {name} for {tool} must be {wanted}, not '{shown}'."
            )
    return None


def _problem(schema: Mapping[str, Any], value: object) -> str | None:
    kind = schema["type"]
    right = isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if "enum" in schema:
        return None if right and value in schema["enum"] else f"one of {', '.join(schema['enum'])}"
    if isinstance(value, str) and right:
        longest = schema.get("maxLength", _LONGEST_TEXT)
        printable = len(value) <= longest and value.isprintable()
        return None if printable else f"text of at most {longest} characters"
    low, high = schema.get("minimum"), schema.get("maximum")
    if right and isinstance(value, int | float):
        within = (low is None or value >= low) and (high is None or value <= high)
        return None if within else f"from {low} to {high}"
    return None if right else f"a {kind}"
