"""The commands, gathered."""

from typing import Annotated

import typer

import edge_agent
from edge_agent.cli.ask import ask
from edge_agent.cli.demo import demo
from edge_agent.cli.devices import devices
from edge_agent.cli.doctor import doctor
from edge_agent.cli.log import log
from edge_agent.cli.models import app as models
from edge_agent.cli.run import run
from edge_agent.cli.service import app as service
from edge_agent.cli.undo import undo
from edge_agent.cli.watch import watch
from edge_agent.cli.why import why


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"edge-agent {edge_agent.__version__}")
        raise typer.Exit


_Version = Annotated[
    bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
]


def build_app() -> typer.Typer:
    """Return the application: a command a function, a function a file."""
    app = typer.Typer(
        help="An offline agent for the home: speech in, confirmed MQTT actions out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_take_options)
    for command in (ask, demo, run, watch, devices, why, undo, log, doctor):
        app.command()(command)
    app.add_typer(models, name="models")
    app.add_typer(service, name="service")
    return app


def _take_options(version: _Version = False) -> None:
    """Take the options that stand before a command; they act by their callbacks."""
