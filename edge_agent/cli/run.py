"""`edge-agent run`: listen and answer until told to stop."""

import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli.failures import failures_told
from edge_agent.cli.settings import configured
from edge_agent.cli.waiting import waiting

if TYPE_CHECKING:
    from edge_agent.agent import Answer
    from edge_agent.configuration import Configuration
    from edge_agent.resident import Resident

_log = logging.getLogger(__name__)


def run(
    configuration_file: Annotated[
        Path | None,
        typer.Option("-c", "--configuration", metavar="FILE", help="The agent's settings (YAML)."),
    ] = None,
) -> None:
    """Answer what is said, typed, or asked over MQTT, until told to stop.

    SIGTERM ends it; SIGHUP has it read its settings again.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    with failures_told():
        running = _Running(configuration_file)
        # The main thread is left free, since it alone is given signals.
        with ThreadPoolExecutor(1, thread_name_prefix="loop") as thread:
            running.orders.obey_until(thread.submit(running.answer))


class _Running:
    """One agent after another: a new one each time the settings are read again."""

    def __init__(self, file: Path | None) -> None:
        from edge_agent.service.notify import Notifier
        from edge_agent.service.orders import Orders

        self._file = file
        self._configuration = self._next = configured(file)
        self._systemd = Notifier.from_environment()
        self._resident: Resident | None = None
        self.orders = Orders(self._systemd.stopping, self._read_again)

    def answer(self) -> None:
        """Answer until told to stop."""
        while not self.orders.ended:
            try:
                self._answer_by(self._next)
            except Exception as error:
                if self._next is self._configuration:
                    raise
                _log.error("The new settings do not work, and the old ones stay: %s", error)
                self._next = self._configuration

    def _answer_by(self, configuration: "Configuration") -> None:
        from edge_agent.inbox import Heartbeat
        from edge_agent.resident import resident
        from edge_agent.voice_requests import not_shown

        heartbeat = Heartbeat(self._systemd.alive, self._systemd.beat_seconds)
        show = _show_spoken if sys.stdin.isatty() else not_shown
        with (
            waiting() as tell,
            resident(configuration, tell, heartbeat, self._systemd.status, show) as agent,
        ):
            tell("")
            self._configuration = configuration
            self._say_ready(configuration, agent)
            self._listen_to_keyboard(agent)
            self.orders.follow(agent.loop)
            try:
                agent.loop.run()
            finally:
                self.orders.follow(None)

    def _say_ready(self, configuration: "Configuration", agent: "Resident") -> None:
        where = f"ask on edge_agent/{configuration.node}/ask at {agent.broker}"
        here = ", type here, or press Enter and speak." if sys.stdin.isatty() else "."
        print(f"Ready: {where}{here}", flush=True)
        self._systemd.ready(f"Ready: {where}")

    def _read_again(self) -> bool:
        from edge_agent.configuration import ConfigurationError

        try:
            self._next = configured(self._file)
        except ConfigurationError as error:
            _log.error("The settings are not taken: %s", error)
            return False
        self._systemd.reloading()
        return True

    def _listen_to_keyboard(self, agent: "Resident") -> None:
        first, self._resident = self._resident is None, agent
        if first and sys.stdin.isatty():
            threading.Thread(target=self._take_lines, name="keyboard", daemon=True).start()

    def _take_lines(self) -> None:
        for line in sys.stdin:
            if self._resident is not None:
                _take_line(self._resident, line.strip())


def _take_line(agent: "Resident", line: str) -> None:
    """Ask what was typed, or listen where nothing was."""
    from edge_agent.agent import Asked
    from edge_agent.inbox import Letter

    if line:
        if not agent.inbox.put(Letter(Asked("text", line), _show)):
            print("Too many requests are waiting.", flush=True)
    elif not agent.sound.call():
        print("There is no microphone: the configuration has it off.", flush=True)


def _show_spoken(answer: "Answer | Exception") -> None:
    if not isinstance(answer, Exception):
        print(f"“{answer.heard}”", flush=True)
    _show(answer)


def _show(answer: "Answer | Exception") -> None:
    print(answer if isinstance(answer, Exception) else answer.reply, flush=True)
