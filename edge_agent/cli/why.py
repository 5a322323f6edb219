"""`edge-agent why`: what was heard, decided, checked, published and answered."""

import json
from typing import Annotated

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import ExitCode, fail, failures_told
from edge_agent.cli.settings import configured


def why(
    configuration_file: options.ConfigurationFile = None,
    device: Annotated[
        str | None, typer.Option(help="The last turn about this device (id or name).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Explain the last turn, step by step."""
    with failures_told():
        from edge_agent.assembly import opened_journal
        from edge_agent.cli import turns

        with opened_journal(configured(configuration_file)) as journal:
            last = journal.turns(device=device, at_most=1)
    if not last:
        fail("There is no such turn in the journal.", ExitCode.NOT_DONE)
    if as_json:
        print(json.dumps(turns.as_json(last[0])))
        return
    for step, what in turns.story(last[0]):
        print(f"{step:>12}  {what}")
