"""HOME.yaml: the devices of a home, written by hand. Its format is in docs/home-file.md."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from edge_agent.home.types import Capability, Device, Kind

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

_LARGEST_BYTES = 1_000_000
_LONGEST_NAME = 64
_KEYS = ("id", "name", "area", "kind", "can")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: format characters that Persian, Hindi and emoji are spelt with."""

_Choice = TypeVar("_Choice", Kind, Capability)


class HomeFileError(Exception):
    """The home file is not right: one sentence with the file, the line, and what to do."""


def load_home(path: Path | str) -> tuple[Device, ...]:
    """Read the devices of a home file, in its order. Raises `HomeFileError`."""
    path = Path(path)
    return _HomeFile(path).devices(_text_of(path))


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise HomeFileError(f"There is no file {path}: check the path.") from None
    except IsADirectoryError:
        raise HomeFileError(f"{path} is a folder: name the YAML file in it.") from None
    except (OSError, ValueError) as error:
        raise HomeFileError(f"{path} cannot be read: {error}.") from error
    if len(data) > _LARGEST_BYTES:
        raise HomeFileError(f"{path} is larger than 1 MB: it is no home file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise HomeFileError(f"{path}, line {line}: this is no UTF-8 text.") from None


class _HomeFile:
    """Reads the YAML node by node, so that every complaint can name its line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def devices(self, text: str) -> tuple[Device, ...]:
        root = self._compose(text)
        lines: dict[str, int] = {}
        devices = []
        for node in self._list(self._only_key(root, "devices"), "devices"):
            device = self._device(node)
            line = node.start_mark.line + 1
            if device.id in lines:
                raise self._error(
                    node,
                    f"the id '{device.id}' is taken by the device on line {lines[device.id]}: "
                    "give each device its own",
                )
            lines[device.id] = line
            devices.append(device)
        return tuple(devices)

    def _compose(self, text: str) -> "Node":
        import yaml  # noqa: PLC0415 - only where a home file is read

        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f", line {mark.line + 1}" if mark else ""
            raise HomeFileError(f"{self._path}{line}: not YAML: {error.problem}.") from None
        except yaml.reader.ReaderError as error:
            line_number = text.count("\n", 0, error.position) + 1
            raise HomeFileError(
                f"{self._path}, line {line_number}: a control character, which YAML does not allow."
            ) from None
        except RecursionError:
            raise HomeFileError(f"{self._path} is nested too deeply: it is no home file.") from None
        if root is None:
            raise HomeFileError(f"{self._path} is empty: it needs a list `devices:`.")
        return root

    def _device(self, node: "Node") -> Device:
        fields = self._mapping(node, "a device", _KEYS)
        for key in _KEYS:
            if key not in fields and key != "can":
                raise self._error(node, f"this device has no `{key}`: add `{key}: …`")
        kind = self._choice(fields["kind"], "kind", Kind)
        if "can" not in fields and kind is not Kind.SCENE:
            known = ", ".join(Capability)
            raise self._error(
                node, f"this device has no `can`: add `can: […]` with some of {known}"
            )
        can = self._list(fields["can"], "can") if "can" in fields else []
        return Device(
            id=self._id(fields["id"]),
            name=self._name(fields["name"], "name"),
            area=self._name(fields["area"], "area"),
            kind=kind,
            can=frozenset(self._choice(item, "can", Capability) for item in can),
        )

    def _only_key(self, root: "Node", key: str) -> "Node":
        fields = self._mapping(root, "a home file", (key,))
        if key not in fields:
            raise self._error(root, f"there is no list `{key}:`")
        return fields[key]

    def _mapping(self, node: "Node", what: str, known: Iterable[str]) -> "dict[str, Node]":
        from yaml.nodes import MappingNode  # noqa: PLC0415 - only where a home file is read

        if not isinstance(node, MappingNode):
            raise self._error(node, f"{what} is written as `key: value` with {_listed(known)}")
        fields: dict[str, Node] = {}
        for key_node, value in _pairs(node):
            key = self._text(key_node, "a key")
            if key not in known:
                raise self._error(key_node, f"unknown key `{key}`{_suggestion(key, known)}")
            if key in fields:
                raise self._error(key_node, f"`{key}` stands here twice")
            fields[key] = value
        return fields

    def _list(self, node: "Node", key: str) -> "list[Node]":
        from yaml.nodes import SequenceNode  # noqa: PLC0415 - only where a home file is read

        if not isinstance(node, SequenceNode):
            raise self._error(node, f"`{key}` must be a list")
        return list(node.value)

    def _text(self, node: "Node", key: str) -> str:
        from yaml.nodes import ScalarNode  # noqa: PLC0415 - only where a home file is read

        if not isinstance(node, ScalarNode):
            raise self._error(node, f"`{key}` must be text")
        if node.tag != "tag:yaml.org,2002:str":
            raise self._error(
                node, f"`{key}` must be text: put {node.value or 'it'} in quotes if you mean that"
            )
        return str(node.value)

    def _id(self, node: "Node") -> str:
        text = self._text(node, "id")
        if not _ID.fullmatch(text):
            raise self._error(
                node,
                f"the id {text[:_LONGEST_NAME]!r} cannot name a topic: "
                "use 1 to 64 of the letters a-z, A-Z, digits, _ and -",
            )
        return text

    def _name(self, node: "Node", key: str) -> str:
        """Return what people say, with single spaces; it is free but for what could mislead."""
        written = self._text(node, key)
        name = written.strip(" ")
        if not name:
            raise self._error(node, f"`{key}` is empty: write what people call it")
        if len(name) > _LONGEST_NAME:
            raise self._error(
                node, f"`{key}` has {len(name)} characters: {_LONGEST_NAME} are the most"
            )
        if any(map(_unprintable, name)):
            raise self._error(node, f"`{key}` holds an invisible control character: remove it")
        if "<" in name or ">" in name:
            raise self._error(
                node, f"`{key}` holds < or >, which the model's own control words are written with"
            )
        return " ".join(name.split())

    def _choice(self, node: "Node", key: str, choices: type[_Choice]) -> _Choice:
        text = self._text(node, key)
        known = [choice.value for choice in choices]
        if text not in known:
            hint = _suggestion(text, known)
            raise self._error(node, f"unknown {key} `{text[:_LONGEST_NAME]}`{hint}")
        return choices(text)

    def _error(self, node: "Node", problem: str) -> HomeFileError:
        return HomeFileError(f"{self._path}, line {node.start_mark.line + 1}: {problem}.")


def _pairs(node: "MappingNode") -> "list[tuple[Node, Node]]":
    return list(node.value)


def _unprintable(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] == "C" and character not in _JOINERS) or category in {"Zl", "Zp"}


def _suggestion(text: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(text, known, 1)
    meant = f": did you mean `{close[0]}`?" if close else ":"
    return f"{meant} Known are {_listed(known)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
