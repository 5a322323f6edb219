"""`edge-agent run` as a process of its own, and what is said on its broker meanwhile."""

import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from edge_agent.bus.client import Bus
from edge_agent.senses.wav import read_wav

PATIENCE_S = 60
COMMAND = read_wav(Path(__file__).parents[2] / "edge_agent" / "cli" / "demo.wav").samples
"""Somebody asks for the kitchen light."""
TURNED_ON = ("home/kitchen_light/set", b'{"state": "ON"}')


class Run:
    """A running agent, and what is said on the bus meanwhile."""

    def __init__(self, process, bus) -> None:
        self.process = process
        self.bus = bus
        self.states: queue.Queue[str] = queue.Queue()
        self.commands: queue.Queue[tuple[str, bytes]] = queue.Queue()
        bus.subscribe("edge_agent/n/state", lambda m: self.states.put(m.payload.decode()))
        self.told_at = 0.0
        bus.subscribe("home/+/set", self._take_command)

    def wait_for(self, state: str) -> list[str]:
        """Return the states until `state` was shown, itself among them."""
        seen = []
        while state not in seen:
            seen.append(self.states.get(timeout=PATIENCE_S))
        return seen

    def shown(self) -> list[str]:
        """Return the next state, if one is shown within a tenth of a second."""
        try:
            return [self.states.get(timeout=0.1)]
        except queue.Empty:
            return []

    def say(self, name: str, payload: str) -> None:
        self.bus.publish(f"edge_agent/n/{name}", payload)

    def _take_command(self, message) -> None:
        self.told_at = message.arrived
        self.commands.put((message.topic, message.payload))

    def line(self) -> str:
        return self.process.stdout.readline()


@contextmanager
def running(
    folder: Path,
    broker,
    environment: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    **settings,
) -> Iterator[Run]:
    """Run an agent called `n` for a simulated home, with settings of one's own."""
    usual = {"broker": f"mqtt://{broker.address}", "simulate": True, "node": "n"}
    usual |= {"speak": "off", "microphone": "off", "journal": "journal.sqlite3"}
    file = folder / "agent.yaml"
    file.write_text(json.dumps(usual | settings))
    folders = {f"XDG_{name}_HOME": str(folder / name) for name in ("STATE", "CACHE")}
    with Bus.connect(broker.address) as bus:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge_agent", "run", "-c", str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=stdin,
            env=os.environ | folders | environment,
            text=True,
        )
        try:
            yield Run(process, bus)
        finally:
            process.kill()
            process.communicate()


def wait_for_line(stream, words: str) -> str:
    """Return the next line of a stream with those words in it."""
    for line in stream:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying '{words}'")
