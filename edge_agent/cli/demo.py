"""`edge-agent demo`: the whole way once, on one page."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import ExitCode, failures_told
from edge_agent.cli.waiting import waiting


def demo(
    audio: Annotated[
        Path | None, typer.Option(help="What is said; a recording that comes along if none.")
    ] = None,
    home: options.Home = None,
    model: options.Model = None,
    broker: options.Broker = None,
) -> None:
    """Speak to a simulated home, and see what is heard, decided, published and confirmed.

    Everything runs on this machine: the small model, an embedded broker (or yours), and devices
    that answer as real ones do.
    """
    with failures_told():
        from edge_agent.agent import Asked
        from edge_agent.assembly import assembled
        from edge_agent.configuration import Configuration
        from edge_agent.senses.wav import read_wav

        sound = read_wav(audio or Path(str(files("edge_agent.cli") / "demo.wav")))
        configuration = Configuration(home=home, model=model, broker=broker, simulate=True)
        with waiting() as tell, assembled(configuration, tell) as parts:
            tell("Listening")
            answer = parts.agent.answer(Asked("voice", sound=sound))
            tell("")
        from rich.console import Console

        from edge_agent.cli.page import turn_page

        page = Console()
        page.rule("[bold]edge-agent[/]: from a spoken request to a confirmed action")
        page.print(turn_page(sound, answer))
        page.rule(f"[dim]{answer.timings['total_ms']:.0f} ms in all, on this machine alone[/]")
    if not any(outcome.status == "confirmed" for outcome in answer.outcomes):
        raise typer.Exit(ExitCode.NOT_DONE)
