"""`edge-agent log`: the turns of the journal."""

import json
import time
from typing import Annotated

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import ExitCode, fail, failures_told
from edge_agent.cli.settings import configured


def log(
    configuration_file: options.ConfigurationFile = None,
    since: Annotated[
        str, typer.Option(help="30m, 2h, 3d, 2w ago, or a date and time such as 2026-11-25 07:30.")
    ] = "1w",
    device: Annotated[
        str | None, typer.Option(help="Only turns about this device (id or name).")
    ] = None,
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="How many at most.")] = 100,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a turn, and nothing else.")
    ] = False,
) -> None:
    """Show what was asked, and what came of it, oldest first."""
    with failures_told():
        from edge_agent.assembly import opened_journal
        from edge_agent.cli import turns

        try:
            moment = turns.moment_of(since, time.time())
        except ValueError as error:
            fail(error, ExitCode.BAD_INPUT)
        with opened_journal(configured(configuration_file)) as journal:
            found = journal.turns(since=moment, device=device, at_most=lines)
    for turn in found:
        if as_json:
            print(json.dumps(turns.as_json(turn)))
        else:
            said = turn.reply or "(interrupted)"
            print(f"{turns.clock(turn.began_at)}  {turn.source:8}  “{turn.asked}”  {said}")
