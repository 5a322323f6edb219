"""`edge-agent doctor`: what is missing, and the mend for it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import failures_told

if TYPE_CHECKING:
    from edge_agent.configuration import Configuration
    from edge_agent.doctor.types import Finding

_STYLE = {"good": "[green]✓[/]", "notice": "[yellow]![/]", "bad": "[red]✗[/]"}


def doctor(
    configuration_file: Annotated[
        Path | None,
        typer.Option("-c", "--configuration", metavar="FILE", help="The agent's settings (YAML)."),
    ] = None,
    home: options.Home = None,
    model: options.Model = None,
    broker: options.Broker = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Look this machine over: model, memory, folders, home, broker, sound, camera, heat.

    Ends with 0 where the agent can work, with 1 where something must be mended first.
    """
    with failures_told():
        findings = _findings(configuration_file, home, model, broker)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings]))
    else:
        _print(findings)
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(1)


def _findings(
    file: Path | None, home: Path | None, model: Path | None, broker: str | None
) -> "list[Finding]":
    from edge_agent.configuration import Configuration, ConfigurationError, load_configuration
    from edge_agent.doctor.examination import examine
    from edge_agent.doctor.types import bad
    from edge_agent.service.credentials import with_credentials

    try:
        settings = load_configuration(file) if file else Configuration()
    except ConfigurationError as error:
        return [bad("settings", str(error), f"Correct {file}.")]
    return list(examine(with_credentials(_with(settings, home, model, broker))))


def _with(
    settings: "Configuration", home: Path | None, model: Path | None, broker: str | None
) -> "Configuration":
    given = {"home": home, "model": model, "broker": broker}
    return settings.model_copy(update={name: it for name, it in given.items() if it is not None})


def _print(findings: "list[Finding]") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    for finding in findings:
        mend = f"\n[bold]{escape(finding.mend)}[/]" if finding.mend else ""
        table.add_row(_STYLE[finding.verdict], finding.name, escape(finding.seen) + mend)
    Console().print(table)
