"""Gemma 4's tool-call syntax: `<|tool_call>call:NAME{key:value,…}<tool_call|>`, read and written.

Strings stand in `<|"|>`, numbers, booleans and null bare, lists in `[…]`, objects in `{…}`; keys
are bare and sorted. Source: Google's page "Gemma 4 Prompt Formatting".
"""

from edge_agent.model.types import ToolCall, Value

CALL_START = "<|tool_call>"
CALL_END = "<tool_call|>"
QUOTE = '<|"|>'


def format_call(call: ToolCall) -> str:
    """Write `call` as the model does."""
    return f"{CALL_START}call:{call.name}{format_value(call.arguments)}{CALL_END}"


def format_value(value: Value) -> str:
    """Write one argument: the way back from what the parser reads."""
    if isinstance(value, str):
        return f"{QUOTE}{value}{QUOTE}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{k}:{format_value(value[k])}" for k in sorted(value)) + "}"
    return "[" + ",".join(map(format_value, value)) + "]"
