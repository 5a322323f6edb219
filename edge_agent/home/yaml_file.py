"""A YAML file that a person wrote, read node by node, so that every complaint can name its line."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

_LARGEST_BYTES = 1_000_000


class YamlFile:
    """One file. What is wrong with it is raised as `error`: one sentence with file and line."""

    def __init__(self, path: Path, what: str, error: type[Exception]) -> None:
        """Read `path`, which is to be `what` ("a home file")."""
        self.path, self.what = path, what
        self._error_type = error

    def root(self) -> "Node":
        """Return the whole as a node."""
        return self._compose(self._text_of())

    def _text_of(self) -> str:
        try:
            with self.path.open("rb") as file:
                data = file.read(_LARGEST_BYTES + 1)
        except FileNotFoundError:
            raise self._error_type(f"There is no file {self.path}: check the path.") from None
        except IsADirectoryError:
            raise self._error_type(f"{self.path} is a folder: name the YAML file in it.") from None
        except (OSError, ValueError) as error:
            raise self._error_type(f"{self.path} cannot be read: {error}.") from error
        if len(data) > _LARGEST_BYTES:
            raise self._error_type(f"{self.path} is larger than 1 MB: it is not {self.what}.")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self._error_type(f"{self.path}, line {line}: this is no UTF-8 text.") from None

    def _compose(self, text: str) -> "Node":
        import yaml  # noqa: PLC0415 - only where a home file is read

        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f", line {mark.line + 1}" if mark else ""
            raise self._error_type(f"{self.path}{line}: not YAML: {error.problem}.") from None
        except yaml.reader.ReaderError as error:
            line_number = text.count("\n", 0, error.position) + 1
            raise self._error_type(
                f"{self.path}, line {line_number}: a control character, which YAML does not allow."
            ) from None
        except RecursionError:
            raise self._error_type(
                f"{self.path} is nested too deeply: it is not {self.what}."
            ) from None
        if root is None:
            raise self._error_type(f"{self.path} is empty: it is not {self.what} yet.")
        return root

    def mapping(self, node: "Node", what: str, known: Iterable[str]) -> "dict[str, Node]":
        """Return the values of a mapping with these keys, and no others."""
        from yaml.nodes import MappingNode  # noqa: PLC0415 - only where a home file is read

        if not isinstance(node, MappingNode):
            raise self.error(node, f"{what} is written as `key: value` with {listed(known)}")
        fields: dict[str, Node] = {}
        for key_node, value in _pairs(node):
            key = self.text(key_node, "a key")
            if key not in known:
                raise self.error(key_node, f"unknown key `{key}`{suggestion(key, known)}")
            if key in fields:
                raise self.error(key_node, f"`{key}` stands here twice")
            fields[key] = value
        return fields

    def entries(self, node: "Node", what: str, example: str) -> "list[tuple[Node, Node]]":
        """Return the pairs of a mapping whose keys are free."""
        from yaml.nodes import MappingNode  # noqa: PLC0415 - only where a home file is read

        if not isinstance(node, MappingNode):
            raise self.error(node, f"{what} is written as `{example}`")
        return _pairs(node)

    def items(self, node: "Node", key: str) -> "list[Node]":
        """Return the items of a list."""
        from yaml.nodes import SequenceNode  # noqa: PLC0415 - only where a home file is read

        if not isinstance(node, SequenceNode):
            raise self.error(node, f"`{key}` must be a list")
        return list(node.value)

    def text(self, node: "Node", key: str) -> str:
        """Return a text; a number, or yes and no, is none."""
        from yaml.nodes import ScalarNode  # noqa: PLC0415 - only where a home file is read

        if not isinstance(node, ScalarNode):
            raise self.error(node, f"`{key}` must be text")
        if node.tag != "tag:yaml.org,2002:str":
            raise self.error(
                node, f"`{key}` must be text: put {node.value or 'it'} in quotes if you mean that"
            )
        return str(node.value)

    def error(self, node: "Node", problem: str) -> Exception:
        """Return the complaint that something is wrong at `node`."""
        return self._error_type(f"{self.path}, line {node.start_mark.line + 1}: {problem}.")


def _pairs(node: "MappingNode") -> "list[tuple[Node, Node]]":
    return list(node.value)


def suggestion(text: str, known: Iterable[str]) -> str:
    """Return which of `known` may be meant by `text`."""
    close = difflib.get_close_matches(text, known, 1)
    meant = f": did you mean `{close[0]}`?" if close else ":"
    return f"{meant} Known are {listed(known)}"


def listed(words: Iterable[str]) -> str:
    """Return words with commas between them."""
    return ", ".join(words)
