"""`edge-agent service`: the agent under systemd."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli.failures import ExitCode, fail, failures_told

if TYPE_CHECKING:
    from edge_agent.service.steps import Step

app = typer.Typer(
    help="Run as a service of systemd: install, uninstall, status, logs.", no_args_is_help=True
)

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the steps, and do none.")]


@app.command()
def install(
    configuration_file: Annotated[
        Path | None,
        typer.Option(
            "-c",
            "--configuration",
            metavar="FILE",
            help="The agent's settings; /etc/edge-agent/agent.yaml if none, written if missing.",
        ),
    ] = None,
    no_start: Annotated[bool, typer.Option("--no-start", help="Do not start it now.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Install the service, or bring an installed one up to date, and start it."""
    with failures_told():
        from edge_agent.configuration import (
            Configuration,
            ConfigurationError,
            load_configuration,
        )
        from edge_agent.service.installation import SETTINGS, installation
        from edge_agent.service.steps import ServiceError

        settings = (configuration_file or SETTINGS).absolute()
        try:
            known = configuration_file is not None or settings.exists()
            configuration = load_configuration(settings) if known else Configuration()
            steps = installation(configuration, settings, start=not no_start)
        except (ConfigurationError, ServiceError) as error:
            fail(error, ExitCode.BAD_INPUT)
        _carry_out(steps, dry_run=dry_run)


@app.command()
def uninstall(
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove settings, journal, models, caches and user too.")
    ] = False,
    dry_run: _DryRun = False,
) -> None:
    """Stop the service and remove it."""
    with failures_told():
        from edge_agent.service.installation import removal

        _carry_out(removal(purge=purge), dry_run=dry_run)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say how the service is. Ends with 0 where it answers, else with 3."""
    with failures_told():
        from edge_agent.service.steps import ServiceError
        from edge_agent.service.systemctl import service_status

        try:
            found = service_status()
        except ServiceError as error:
            fail(error, ExitCode.NOT_DONE)
    if as_json:
        print(json.dumps(asdict(found)))
    elif not found.installed:
        print("The service is not installed: sudo edge-agent service install")
    else:
        memory = f", {found.memory_bytes / 1e6:.0f} MB" if found.memory_bytes else ""
        since = f" since {found.since}" if found.running else f" ({found.last_result})"
        print(f"{found.state}{since}, process {found.pid}{memory}, {found.restarts} restarts")
        print(found.doing or "It has said nothing yet.")
    if not found.running:
        raise typer.Exit(ExitCode.NOT_DONE)


@app.command()
def logs(
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="How many.")] = 50,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as they come.")] = False,
) -> None:
    """Show the service's last lines in the system's journal."""
    with failures_told():
        from edge_agent.service.steps import ServiceError
        from edge_agent.service.systemctl import show_logs

        try:
            show_logs(lines, follow=follow)
        except ServiceError as error:
            fail(error, ExitCode.NOT_DONE)


def _carry_out(steps: "tuple[Step, ...]", *, dry_run: bool) -> None:
    from edge_agent.service.installation import perform
    from edge_agent.service.steps import ServiceError

    for step in steps:
        print(f"{'  do ' if step.needed() else 'done '} {step.describe()}")
    if dry_run:
        return
    try:
        perform(steps)
    except ServiceError as error:
        fail(error, ExitCode.NOT_DONE)
