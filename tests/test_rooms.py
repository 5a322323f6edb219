"""Imports between rooms go downwards only, as docs/architecture.md draws them."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "edge_agent"
ROOMS = (
    "model",
    "senses",
    "home",
    "tools",
    "bus",
    "understanding",
    "catalogue",
    "doctor",
    "service",
    "cli",
)
MAY_IMPORT = {
    "model": set(),
    "senses": set(),
    "bus": set(),
    "home": {"bus"},
    "tools": {"home", "bus"},
    "understanding": {"model", "home", "tools"},
    "": {"model", "senses", "home", "tools", "bus", "understanding", ""},
    "catalogue": {"model"},
    "doctor": {"model", "senses", "home", "bus", "catalogue", ""},
    "service": {"bus", ""},
    "cli": {*ROOMS, ""} - {"cli"},
}


def room_of(module: str) -> str:
    """Return the room that a dotted module of the package lies in, "" for its top level."""
    parts = module.split(".")
    if parts[1:] == ["__main__"]:
        return "cli"
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else ""


def imported(source: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{source}:{node.lineno}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [(node.lineno, name) for name in names]
    return found


@pytest.mark.parametrize("source", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.name))
def test_imports_go_downwards(source: Path) -> None:
    relative = source.relative_to(PACKAGE.parent).with_suffix("")
    room = room_of(".".join(relative.parts))
    for line, module in imported(source):
        top = module.split(".")[0]
        assert top not in {"tests", "tools"}, f"{source}:{line} imports {module}"
        if top != "edge_agent" or module == "edge_agent.__version__":
            continue
        other = room_of(module)
        assert other == room or other in MAY_IMPORT[room], (
            f"{source}:{line}: the room '{room}' may not import {module}"
        )
