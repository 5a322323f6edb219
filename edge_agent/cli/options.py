"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None, typer.Option(help="The home's devices (HOME.yaml); a demo home if none.")
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
Simulate = Annotated[
    bool, typer.Option("--simulate", help="Answer for the home's devices on the given broker.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Decide, but publish nothing.")]
