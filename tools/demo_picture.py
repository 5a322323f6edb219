"""Draw what `edge-agent demo` prints: `python -m tools.demo_picture docs/demo.svg`."""

import os
import pty
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

_COLUMNS = 100
_ERASE_LINE = "\x1b[2K"
"""What the page erases its progress with, before it is printed."""


def main() -> None:
    """Run the demo in a terminal of its own and write its page as an SVG."""
    [target] = sys.argv[1:]
    printed: list[bytes] = []

    def keep(descriptor: int) -> bytes:
        read = os.read(descriptor, 4_096)
        printed.append(read)
        return read

    os.environ |= {"COLUMNS": str(_COLUMNS), "TERM": "xterm-256color"}
    status = pty.spawn(["edge-agent", "demo"], keep)
    if status:
        raise SystemExit(f"The demo ended with {os.waitstatus_to_exitcode(status)}.")
    page = b"".join(printed).decode().rpartition(_ERASE_LINE)[2].replace("\r\n", "\n")
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=_COLUMNS, file=nowhere)
        console.print(Text.from_ansi(page))
    console.save_svg(target, title="edge-agent demo")


if __name__ == "__main__":
    main()
