"""What goes wrong: one sentence on standard error, and an exit code for scripts."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    BAD_INPUT = 2
    NOT_DONE = 3
    NO_MODEL = 4
    INTERRUPTED = 130


@contextmanager
def failures_told() -> Iterator[None]:
    """End the program with a sentence and the right code where a known error comes out."""
    from edge_agent.bus.types import AddressError, BusError
    from edge_agent.configuration import ConfigurationError
    from edge_agent.home.home_file import HomeFileError
    from edge_agent.model.errors import ModelError, ModelFileError
    from edge_agent.senses.seeing.frame import SightError
    from edge_agent.senses.types import SoundError
    from edge_agent.tools.journal import JournalError
    from edge_agent.tools.own.types import OwnToolError

    try:
        yield
    except ModelFileError as error:
        fail(error, ExitCode.NO_MODEL)
    except (
        SoundError,
        SightError,
        ConfigurationError,
        HomeFileError,
        OwnToolError,
        AddressError,
        ModelError,
    ) as error:
        fail(error, ExitCode.BAD_INPUT)
    except (BusError, JournalError) as error:
        fail(error, ExitCode.NOT_DONE)
    except KeyboardInterrupt:
        fail("Stopped.", ExitCode.INTERRUPTED)


def fail(what: object, code: ExitCode) -> NoReturn:
    """End the program with a sentence on standard error."""
    print(f"edge-agent: {what}", file=sys.stderr)
    raise SystemExit(code)
