"""`edge-agent watch`: the same question to the camera again and again."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import ExitCode, fail, failures_told
from edge_agent.cli.settings import configured
from edge_agent.cli.waiting import waiting

if TYPE_CHECKING:
    from edge_agent.eyes import Sight

_FIRST_FRAME_SECONDS = 10.0


def watch(
    question: Annotated[str, typer.Argument(help="What to ask of what is seen.")],
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 10,
    times: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many changes; never if none.")
    ] = None,
    camera: Annotated[
        str | None,
        typer.Option(help="camera, camera 1, csi, /dev/video0, rtsp://…, a clip, or a folder."),
    ] = None,
    configuration_file: options.ConfigurationFile = None,
    model: Annotated[Path | None, typer.Option(help="A .litertlm file that can see.")] = None,
    broker: options.Broker = None,
) -> None:
    """Ask about what the camera shows, and tell whenever the answer changes.

    Changes are printed, and published on edge_agent/NODE/watch.
    """
    with failures_told():
        from edge_agent.assembly import watching
        from edge_agent.model.cancellation import Cancellation
        from edge_agent.watching import watch as watch_for

        configuration = configured(configuration_file, camera=camera, model=model, broker=broker)
        if configuration.camera is None:
            fail("There is no camera: name one with --camera.", ExitCode.BAD_INPUT)
        stopping = Cancellation()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        with waiting() as tell, watching(configuration, tell) as (eyes, topics):
            if eyes.camera is None:
                fail("The model cannot see: name another with --model.", ExitCode.NO_MODEL)
            tell("Waiting for the first picture")
            eyes.camera.wait_for_frame(_FIRST_FRAME_SECONDS)
            tell("")
            changes = 0

            def changed(sight: "Sight") -> None:
                nonlocal changes
                print(sight.reply.text, flush=True)
                topics.changed(question, sight)
                changes += 1
                if changes == times:
                    stopping.set()

            watch_for(eyes, question, every, stopping, changed)
        sys.stdout.flush()
