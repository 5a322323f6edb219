"""How settings are written in a configuration file, and where: a complaint names the line."""

from collections.abc import Sequence
from typing import Annotated

import yaml
from pydantic import BeforeValidator
from yaml.nodes import MappingNode, Node, SequenceNode

Words = Annotated[
    tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)
]
"""One or several, as in `source: voice` and `source: [voice, text]`."""


def line_of(text: str, names: Sequence[str | int]) -> int:
    """Return the line of the setting `names`, or of the innermost section of it that is there.

    `text` is YAML; `names` leads from the outermost section inwards, as in `("policy", "ask", 0)`.
    """
    node: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for name in names:
        found = _inside(node, name)
        if found is None:
            break
        line, node = found
    return line


def _inside(node: Node | None, name: str | int) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(name):
                return key.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(name, int) and name < len(node.value):
        return node.value[name].start_mark.line + 1, node.value[name]
    return None
