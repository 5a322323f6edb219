"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigurationFile = Annotated[
    Path | None,
    typer.Option("-c", "--configuration", metavar="FILE", help="The agent's settings (YAML)."),
]
Home = Annotated[
    Path | None,
    typer.Option(help="Devices that do not announce themselves, and names (HOME.yaml)."),
]
Model = Annotated[
    Path | None, typer.Option(help="A .litertlm model file; the small default model if none.")
]
Broker = Annotated[
    str | None,
    typer.Option(
        metavar="mqtt://HOST:PORT",
        help="The MQTT broker; if none, an embedded one with a simulated home behind it.",
    ),
]
Tools = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Tools of your own (YAML): see docs/own-tools.md."),
]
Simulate = Annotated[
    bool, typer.Option("--simulate", help="Answer for the home's devices on the given broker.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Decide, but publish nothing.")]
