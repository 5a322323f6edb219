"""HOME.yaml: the devices of a home, written by hand. Its format is in docs/home-file.md."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from edge_agent.home.groups import Areas
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.home.yaml_file import YamlFile, suggestion

if TYPE_CHECKING:
    from yaml.nodes import Node

_LONGEST_NAME = 64
_KEYS = ("id", "name", "area", "kind", "can", "aliases")
_OPTIONAL = frozenset({"can", "aliases"})
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: format characters that Persian, Hindi and emoji are spelt with."""

_Choice = TypeVar("_Choice", Kind, Capability)


class HomeFileError(Exception):
    """The home file is not right: one sentence with the file, the line, and what to do."""


@dataclass(frozen=True)
class HomeFile:
    """What stands in a home file, in its order: devices, and areas by another name."""

    devices: tuple[Device, ...] = ()
    areas: Areas = field(default_factory=dict)


def load_home(path: Path | str) -> HomeFile:
    """Read a home file. Raises `HomeFileError`."""
    return _Reader(YamlFile(Path(path), "a home file", HomeFileError)).home()


class _Reader:
    def __init__(self, file: YamlFile) -> None:
        self._file = file

    def home(self) -> HomeFile:
        root = self._file.root()
        fields = self._file.mapping(root, "a home file", ("devices", "areas"))
        if "devices" not in fields:
            raise self._file.error(root, "there is no list `devices:`")
        areas = self._areas(fields["areas"]) if "areas" in fields else {}
        return HomeFile(self._devices(fields["devices"]), areas)

    def _areas(self, node: "Node") -> dict[str, tuple[str, ...]]:
        areas: dict[str, tuple[str, ...]] = {}
        example = "upstairs: [bedroom, bathroom]"
        for key_node, parts in self._file.entries(node, "`areas`", example):
            area = self._name(key_node, "an area")
            areas[area] = self._names(parts, area)
        return areas

    def _devices(self, listed: "Node") -> tuple[Device, ...]:
        lines: dict[str, int] = {}
        devices = []
        for node in self._file.items(listed, "devices"):
            device = self._device(node)
            line = node.start_mark.line + 1
            if device.id in lines:
                raise self._file.error(
                    node,
                    f"the id '{device.id}' is taken by the device on line {lines[device.id]}: "
                    "give each device its own",
                )
            lines[device.id] = line
            devices.append(device)
        return tuple(devices)

    def _device(self, node: "Node") -> Device:
        fields = self._file.mapping(node, "a device", _KEYS)
        for key in _KEYS:
            if key not in fields and key not in _OPTIONAL:
                raise self._file.error(node, f"this device has no `{key}`: add `{key}: …`")
        kind = self._choice(fields["kind"], "kind", Kind)
        if "can" not in fields and kind is not Kind.SCENE:
            known = ", ".join(Capability)
            raise self._file.error(
                node, f"this device has no `can`: add `can: […]` with some of {known}"
            )
        can = self._file.items(fields["can"], "can") if "can" in fields else []
        return Device(
            id=self._id(fields["id"]),
            name=self._name(fields["name"], "name"),
            area=self._name(fields["area"], "area"),
            kind=kind,
            can=frozenset(self._choice(item, "can", Capability) for item in can),
            aliases=self._names(fields["aliases"], "aliases") if "aliases" in fields else (),
        )

    def _id(self, node: "Node") -> str:
        text = self._file.text(node, "id")
        if not _ID.fullmatch(text):
            raise self._file.error(
                node,
                f"the id {text[:_LONGEST_NAME]!r} cannot name a topic: "
                "use 1 to 64 of the letters a-z, A-Z, digits, _ and -",
            )
        return text

    def _name(self, node: "Node", key: str) -> str:
        """Return what people say, with single spaces; it is free but for what could mislead."""
        written = self._file.text(node, key)
        name = written.strip(" ")
        if not name:
            raise self._file.error(node, f"`{key}` is empty: write what people call it")
        if len(name) > _LONGEST_NAME:
            raise self._file.error(
                node, f"`{key}` has {len(name)} characters: {_LONGEST_NAME} are the most"
            )
        if any(map(_unprintable, name)):
            raise self._file.error(node, f"`{key}` holds an invisible control character: remove it")
        if "<" in name or ">" in name:
            raise self._file.error(
                node, f"`{key}` holds < or >, which the model's own control words are written with"
            )
        return " ".join(name.split())

    def _names(self, node: "Node", key: str) -> tuple[str, ...]:
        return tuple(self._name(item, key) for item in self._file.items(node, key))

    def _choice(self, node: "Node", key: str, choices: type[_Choice]) -> _Choice:
        text = self._file.text(node, key)
        known = [choice.value for choice in choices if choice is not Kind.TOOL]
        if text not in known:
            hint = suggestion(text, known)
            raise self._file.error(node, f"unknown {key} `{text[:_LONGEST_NAME]}`{hint}")
        return choices(text)


def _unprintable(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] == "C" and character not in _JOINERS) or category in {"Zl", "Zp"}
