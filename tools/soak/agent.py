"""The agent as a process of its own, what it says on the bus, and what it takes of the machine."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message

_READY = re.compile(r"Ready: .* at (\S+?)[,.]?$")


@dataclass(frozen=True)
class Taken:
    """What the process takes: memory that is in RAM and its own (bytes), descriptors, threads."""

    memory: int
    descriptors: int
    threads: int


class Agent:
    """A running agent, and when it did what (`time.monotonic`)."""

    def __init__(self, process: subprocess.Popen[str], bus: Bus) -> None:
        """Follow it on the bus."""
        self._process = process
        self._lock = threading.Lock()
        self._woken: list[float] = []
        self._state = "idle"
        self._told: list[tuple[float, str, object]] = []
        self._turns: list[dict[str, object]] = []
        bus.subscribe("edge_agent/soak/state", self._take_state)
        bus.subscribe("edge_agent/soak/event", self._take_event)
        bus.subscribe("home/+/set", self._take_command)

    def woken_between(self, start: float, end: float) -> list[float]:
        """Return when it began to listen, from `start` to `end`."""
        with self._lock:
            return [at for at in self._woken if start <= at < end]

    def told_between(self, start: float, end: float) -> list[tuple[str, object]]:
        """Return which devices it told what, from `start` to `end`."""
        with self._lock:
            return [(device, what) for at, device, what in self._told if start <= at < end]

    @property
    def turns(self) -> list[dict[str, object]]:
        """Return the turns that are over, as it tells of them."""
        with self._lock:
            return list(self._turns)

    @property
    def is_alive(self) -> bool:
        """Tell whether it still runs."""
        return self._process.poll() is None

    def taken(self) -> Taken:
        """Look what it takes (proc(5)): private memory, without pages of files."""
        process = Path(f"/proc/{self._process.pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        memory = int(status["RssAnon"].split()[0]) * 1024
        return Taken(memory, len(list((process / "fd").iterdir())), int(status["Threads"]))

    def _take_state(self, message: Message) -> None:
        """Take note of a call: it also listens on after it has thought, or done something early."""
        before, self._state = self._state, message.payload.decode()
        if self._state == "listening" and before not in {"thinking", "acting"}:
            with self._lock:
                self._woken.append(time.monotonic())

    def _take_event(self, message: Message) -> None:
        with self._lock:
            self._turns.append(json.loads(message.payload))

    def _take_command(self, message: Message) -> None:
        with self._lock:
            device = message.topic.split("/")[1]
            self._told.append((time.monotonic(), device, json.loads(message.payload)))


@contextmanager
def running(folder: Path, fifo: Path) -> Iterator[Agent]:
    """Run an agent with an embedded broker and a simulated home, which hears what `fifo` gives."""
    settings = folder / "agent.yaml"
    settings.write_text(
        f"node: soak\nmicrophone: {fifo}\nspeak: earcons\njournal: {folder}/journal.sqlite3\n"
    )
    with (folder / "agent.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge_agent", "run", "-c", str(settings)],
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        try:
            with Bus.connect(BrokerAddress.parse(f"mqtt://{_broker_of(process)}")) as bus:
                yield Agent(process, bus)
        finally:
            process.terminate()
            process.wait()


def _broker_of(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := _READY.search(line):
            return found[1]
    raise SystemExit("The agent did not start: see agent.log.")
