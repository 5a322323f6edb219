"""What is being waited for, shown on a terminal while it lasts."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def waiting() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is waited for, or takes it away again when given "".

    Standard error shows it, and only a terminal: scripts and logs see nothing.
    """
    if not sys.stderr.isatty():
        yield lambda _what: None
        return
    from rich.console import Console
    from rich.status import Status

    status = Status("", console=Console(stderr=True))

    def tell(what: str) -> None:
        if what:
            status.update(f"{what} …")
            status.start()
        else:
            status.stop()

    try:
        yield tell
    finally:
        status.stop()
