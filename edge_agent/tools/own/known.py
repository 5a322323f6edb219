"""All tools of one's own that there are."""

from pathlib import Path

from edge_agent.tools.own.file import load_tools
from edge_agent.tools.own.python import installed_tools
from edge_agent.tools.own.types import OwnTool


def known_tools(file: Path | None) -> tuple[OwnTool, ...]:
    """Return the tools of a file, and those of installed packages. Raises `OwnToolError`."""
    return (*(load_tools(file) if file else ()), *installed_tools())
