"""The configuration of a command: its file, and what was given beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_agent.configuration import Configuration


def configured(file: Path | None, **given: object) -> "Configuration":
    """Return what `file` says, or the defaults; options that were `given` come before.

    Raises `ConfigurationError`.
    """
    from edge_agent.configuration import Configuration, load_configuration
    from edge_agent.service.credentials import with_credentials

    tools = given.get("tools")
    beside = tools if isinstance(tools, Path) else None
    settings = load_configuration(file, beside) if file else Configuration()
    chosen = {name: value for name, value in given.items() if value not in (None, False)}
    return with_credentials(settings.model_copy(update=chosen))
