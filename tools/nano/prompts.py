"""The start of a conversation, exactly as the agent makes it."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from edge_agent.home.types import Device
from edge_agent.model.types import ToolDeclaration
from edge_agent.system_prompt import build_system_prompt

_CHAT_TEMPLATE = Path(__file__).parent.parent / "chat_template.jinja"
_IN_LOWER_CASE = {
    "{{ text | trim }}": "{{ text | trim | lower }}",
    "value(p['description'])": "value(p['description'] | lower)",
    "value(f['description'])": "value(f['description'] | lower)",
}
BOS = "<bos>"

TURN_START = "<|turn>user\n"
"""What stands before a person's words."""
REPLY_START = "<turn|>\n<|turn>model\n"
"""What stands between a person's words and the model's."""
NO_THOUGHT = "<|channel>thought\n<channel|>"
"""What the template adds to `REPLY_START` where thinking is switched off."""


@cache
def chat_template() -> str:
    """Return the template of the small model, which reads words of people in lower case.

    Names stand in lower case in the prompt, and are copied from there; a capital would give a name
    other tokens. The same goes for what tools are said to do.
    """
    template = _CHAT_TEMPLATE.read_text(encoding="utf-8")
    for words, in_lower_case in _IN_LOWER_CASE.items():
        if template.count(words) != 1:
            raise ValueError(f"{_CHAT_TEMPLATE} has no one place for {words}")
        template = template.replace(words, in_lower_case)
    return template


def prompt_of(
    devices: Iterable[Device],
    more_tools: Iterable[ToolDeclaration] = (),
    *,
    examples: bool = True,
) -> str:
    """Render what the model is told of `devices` and `more_tools` before anybody speaks."""
    prompt = build_system_prompt(devices) if examples else build_system_prompt(devices, examples=0)
    messages = [{"role": "system", "content": prompt.text}]
    return render(messages, [as_function(tool) for tool in (*prompt.tools, *more_tools)])


def render(messages: list[dict[str, Any]], tools: list[dict[str, Any]], **options: bool) -> str:
    """Render a conversation by the chat template that goes into the model's file."""
    return _template().render(messages=messages, tools=tools, bos_token=BOS, **options)


def as_function(tool: ToolDeclaration) -> dict[str, Any]:
    """Describe a tool in the form that chat templates expect."""
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


@cache
def _template() -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(chat_template())
