"""The YAML file of one's own tools. Its format is in docs/own-tools.md."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_agent.home.conventions.home_assistant.templates import allowed
from edge_agent.home.conventions.untrusted import topic
from edge_agent.home.yaml_file import YamlFile, listed
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.own.arguments import KEYS
from edge_agent.tools.own.types import ConfirmedBy, OwnTool, OwnToolError, Publication
from edge_agent.tools.policy import Permission

if TYPE_CHECKING:
    from yaml.nodes import Node

_TOOL = (
    "name", "description", "arguments", "publish", "confirmed_by", "says", "done", "risk", "about",
)  # fmt: skip
_PUBLISH = ("topic", "payload", "qos")
_CONFIRMED_BY = ("topic", "when", "within")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_QOS = 2


def load_tools(path: Path) -> tuple[OwnTool, ...]:
    """Read the tools of a file, in its order. Raises `OwnToolError`."""
    return _ToolFile(YamlFile(path, "a file of tools", OwnToolError)).tools()


class _ToolFile:
    def __init__(self, file: YamlFile) -> None:
        self._file = file

    def tools(self) -> tuple[OwnTool, ...]:
        root = self._file.root()
        fields = self._file.mapping(root, "a file of tools", ("tools",))
        if "tools" not in fields:
            raise self._file.error(root, "there is no list `tools:`")
        found: dict[str, OwnTool] = {}
        for node in self._file.items(fields["tools"], "tools"):
            tool = self._tool(node)
            if tool.name in found or tool.name in TOOL_BY_NAME:
                raise self._file.error(node, f"there is a tool `{tool.name}` already")
            found[tool.name] = tool
        return tuple(found.values())

    def _tool(self, node: "Node") -> OwnTool:
        fields = self._file.mapping(node, "a tool", _TOOL)
        for key in ("name", "description", "publish"):
            if key not in fields:
                raise self._file.error(node, f"this tool has no `{key}`: add `{key}: …`")
        arguments = self._arguments(fields["arguments"]) if "arguments" in fields else {}
        confirmed = self._confirmed(fields["confirmed_by"]) if "confirmed_by" in fields else None
        return OwnTool(
            name=self._name(fields["name"], "name"),
            description=self._file.text(fields["description"], "description"),
            arguments=arguments,
            publish=tuple(
                self._publication(it) for it in self._file.items(fields["publish"], "publish")
            ),
            confirmed_by=confirmed,
            says=self._template(fields["says"], "says") if "says" in fields else "",
            done=self._template(fields["done"], "done") if "done" in fields else "",
            risk=self._risk(fields["risk"]) if "risk" in fields else Permission.ASK.value,
            about=self._name(fields["about"], "about") if "about" in fields else "",
        )

    def _arguments(self, node: "Node") -> dict[str, Mapping[str, Any]]:
        from yaml import SafeLoader  # noqa: PLC0415 - only where a file is read
        from yaml.nodes import MappingNode  # noqa: PLC0415 - only where a file is read

        if not isinstance(node, MappingNode):
            raise self._file.error(node, "`arguments` is written as `name: {type: …}`")
        found: dict[str, Mapping[str, Any]] = {}
        for key_node, value in node.value:
            name = self._name(key_node, "the name of an argument")
            schema = SafeLoader("").construct_document(value)
            self._check_schema(value, name, schema)
            found[name] = schema
        return found

    def _check_schema(self, node: "Node", name: str, schema: object) -> None:
        if not isinstance(schema, dict) or schema.get("type") not in KEYS:
            raise self._file.error(node, f"`{name}` needs a `type`: one of {listed(KEYS)}")
        known = {"type", "description"} | KEYS[schema["type"]]
        for key, value in schema.items():
            if key not in known:
                raise self._file.error(
                    node, f"`{key}` is not known for a {schema['type']}: {listed(sorted(known))}"
                )
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if key in {"minimum", "maximum", "maxLength"} and not number:
                raise self._file.error(node, f"`{key}` must be a number")
        words = schema.get("enum", [""])
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise self._file.error(node, "`enum` must be a list of texts")

    def _publication(self, node: "Node") -> Publication:
        fields = self._file.mapping(node, "a message", _PUBLISH)
        for key in ("topic", "payload"):
            if key not in fields:
                raise self._file.error(node, f"this message has no `{key}`")
        place = self._template(fields["topic"], "topic")
        if topic(place) is None:
            raise self._file.error(
                fields["topic"],
                f"no command can go to {place!r}: it has a wildcard, or is the agent's",
            )
        qos = fields["qos"].value if "qos" in fields else str(_MOST_QOS)
        if qos not in {"0", "1", "2"}:
            raise self._file.error(fields["qos"], "`qos` is 0, 1 or 2")
        return Publication(place, self._template(fields["payload"], "payload"), int(qos))

    def _confirmed(self, node: "Node") -> ConfirmedBy:
        fields = self._file.mapping(node, "what confirms", _CONFIRMED_BY)
        for key in ("topic", "when"):
            if key not in fields:
                raise self._file.error(node, f"`confirmed_by` has no `{key}`")
        place = self._file.text(fields["topic"], "topic")
        if topic(place) is None:
            raise self._file.error(fields["topic"], "what confirms is said on one topic")
        within = fields["within"].value if "within" in fields else "5"
        if not re.fullmatch(r"\d+(\.\d+)?", str(within)):
            raise self._file.error(fields["within"], "`within` is a number of seconds")
        return ConfirmedBy(place, self._template(fields["when"], "when"), float(within))

    def _template(self, node: "Node", key: str) -> str:
        written = self._file.text(node, key)
        if not allowed(written):
            raise self._file.error(
                node, f"`{key}` holds a template that is not understood: expressions and `if` are"
            )
        return written

    def _name(self, node: "Node", key: str) -> str:
        name = self._file.text(node, key)
        if not _NAME.fullmatch(name):
            raise self._file.error(node, f"`{key}` is 1 to 40 of a-z, 0-9 and _, a letter first")
        return name

    def _risk(self, node: "Node") -> str:
        risk = self._file.text(node, "risk")
        known = [permission.value for permission in Permission]
        if risk not in known:
            raise self._file.error(node, f"unknown risk `{risk}`: one of {listed(known)}")
        return risk
