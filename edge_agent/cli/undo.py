"""`edge-agent undo`: the opposite of the last thing that was done, through the same gate."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import ExitCode, fail, failures_told
from edge_agent.cli.settings import configured
from edge_agent.cli.waiting import waiting

if TYPE_CHECKING:
    from edge_agent.configuration import Configuration
    from edge_agent.tools.dispatcher import Dispatcher
    from edge_agent.tools.journal import Journal
    from edge_agent.tools.journal_records import Turn
    from edge_agent.tools.types import Call, Outcome

_DONE = ("confirmed", "sent", "unconfirmed", "dry-run")


def undo(
    configuration_file: options.ConfigurationFile = None,
    home: options.Home = None,
    broker: options.Broker = None,
    dry_run: options.DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Bring back how things were before the last request that did something.

    A request is undone once; asked again, it undoes the one before. Ends with 0 when done, and with
    3 where there is nothing to undo, or it could not be.
    """
    with failures_told():
        from edge_agent.assembly import opened_journal
        from edge_agent.tools.undo import request_to_undo, ways_back

        settings = configured(configuration_file, home=home, broker=broker, dry_run=dry_run)
        with opened_journal(settings) as journal:
            request = request_to_undo(journal.turns())
            if not request:
                fail("There is nothing to undo.", ExitCode.NOT_DONE)
            turn, calls = request[-1], ways_back(request)
            if not calls:
                fail(
                    f"How it was before “{turn.asked}” is not known, or it was the same.",
                    ExitCode.NOT_DONE,
                )
            outcomes = _carry_out(settings, journal, turn, calls)
    if as_json:
        print(json.dumps({"undone": turn.asked, "outcomes": [it.as_json() for it in outcomes]}))
    else:
        print(" ".join(outcome.words for outcome in outcomes))
    if not all(outcome.status in _DONE for outcome in outcomes):
        raise typer.Exit(ExitCode.NOT_DONE)


def _carry_out(
    settings: "Configuration", journal: "Journal", turn: "Turn", calls: "tuple[Call, ...]"
) -> "tuple[Outcome, ...]":
    from edge_agent.assembly import connected_home, dispatcher_for, wait_for_devices

    with waiting() as tell, connected_home(settings, tell) as (bus, home):
        wait_for_devices(home, bus, tell)
        dispatcher = dispatcher_for(settings, bus, home, journal)
        tell("")
        return _dispatched(dispatcher, journal, turn, calls)


def _dispatched(
    dispatcher: "Dispatcher", journal: "Journal", turn: "Turn", calls: "tuple[Call, ...]"
) -> "tuple[Outcome, ...]":
    """Dispatch the calls, and again if a person who sits there says yes to what is asked."""
    from edge_agent.tools.undo import SOURCE

    turn_id = journal.begin_turn(SOURCE, turn.id)
    journal.decide(turn_id, calls)
    outcomes = dispatcher.dispatch(turn_id, calls, SOURCE)
    journal.end_turn(turn_id, " ".join(outcome.words for outcome in outcomes))
    if any(outcome.status == "asked" for outcome in outcomes) and sys.stdin.isatty():
        print(" ".join(outcome.words for outcome in outcomes if outcome.status == "asked"))
        agreement = dispatcher.agreement(SOURCE, input("> "))
        if agreement is not None:
            turn_id = journal.begin_turn(SOURCE, turn.id)
            outcomes = dispatcher.dispatch(turn_id, agreement.calls, SOURCE, agreement)
            journal.end_turn(turn_id, " ".join(outcome.words for outcome in outcomes))
    return outcomes
