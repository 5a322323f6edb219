"""`edge-agent run`: answer until told to stop."""

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli.failures import ExitCode, fail, failures_told
from edge_agent.cli.waiting import waiting

if TYPE_CHECKING:
    from edge_agent.agent import Answer
    from edge_agent.inbox import Inbox


def run(
    configuration_file: Annotated[
        Path | None,
        typer.Option("-c", "--configuration", metavar="FILE", help="The agent's settings (YAML)."),
    ] = None,
) -> None:
    """Answer what is asked over MQTT, and what is typed in a terminal, until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    with failures_told():
        from edge_agent.asks import take_asks
        from edge_agent.assembly import assembled
        from edge_agent.configuration import (
            Configuration,
            ConfigurationError,
            load_configuration,
        )
        from edge_agent.inbox import Heartbeat, Inbox
        from edge_agent.loop import answer_all
        from edge_agent.model.cancellation import Cancellation
        from edge_agent.service.credentials import with_credentials
        from edge_agent.service.notify import Notifier

        try:
            configuration = (
                load_configuration(configuration_file) if configuration_file else Configuration()
            )
        except ConfigurationError as error:
            fail(error, ExitCode.BAD_INPUT)
        configuration = with_credentials(configuration)
        systemd = Notifier.from_environment()
        inbox, stopping = Inbox(), Cancellation()

        def stop(*_: object) -> None:
            systemd.stopping()
            stopping.set()
            inbox.close()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        with waiting() as tell, assembled(configuration, tell, resident=True) as parts:
            take_asks(parts.bus, configuration.node, inbox)
            tell("")
            where = f"ask on edge_agent/{configuration.node}/ask at {parts.bus.address}"
            print(f"Ready: {where}{', or type here.' if sys.stdin.isatty() else '.'}", flush=True)
            systemd.ready(f"Ready: {where}")
            if sys.stdin.isatty():
                threading.Thread(target=_listen_to_keyboard, args=(inbox,), daemon=True).start()
            answer_all(parts.agent, inbox, stopping, Heartbeat(systemd.alive, systemd.beat_seconds))


def _listen_to_keyboard(inbox: "Inbox") -> None:
    from edge_agent.agent import Asked
    from edge_agent.inbox import Letter

    for line in sys.stdin:
        if line.strip() and not inbox.put(Letter(Asked("text", line.strip()), _show)):
            print("Too many requests are waiting.", flush=True)


def _show(answer: "Answer | Exception") -> None:
    print(answer if isinstance(answer, Exception) else answer.reply, flush=True)
