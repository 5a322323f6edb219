"""Kill the agent at random moments, and count: `python -m tools.random_kills [--kills 200]`.

It starts a mosquitto, a simulated lamp that counts what it is told, and again and again a process
that takes turns with it, which is killed (SIGKILL) after a random time. At the end every action
that the journal knows has to have an outcome, confirmed or expired or not known; the lamp must have
had nothing that the journal does not know, and nothing twice. Ends with 1 if that is not so.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError, Message
from edge_agent.home.conventions import plain
from edge_agent.home.home import Home
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.interrupted import report_interrupted
from edge_agent.tools.journal import Journal
from edge_agent.tools.policy import Policy
from edge_agent.tools.types import Call

LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
PORT = 18_831
LIVES_S = 0.35


def main() -> None:
    """Kill, count, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--turns", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.turns:
        take_turns(options.turns)
        return
    with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder)):
        path = Path(folder) / "journal.db"
        seen = kill_again_and_again(path, options.kills, random.Random(options.seed))
        sys.exit(judge(path, seen))


def take_turns(path: Path) -> None:
    """Take turn after turn, as fast as the lamp confirms, after a report of those before."""
    with (
        Bus.connect(BrokerAddress("127.0.0.1", PORT)) as bus,
        Journal(path) as journal,
        Home(bus, [LAMP]) as home,
    ):
        report_interrupted(journal, home)
        dispatcher = Dispatcher(bus, home, journal, policy=Policy(actions_a_minute=1_000_000))
        print("ready", flush=True)
        number = 0
        while True:
            number += 1
            tool = ("turn_on", "turn_off")[number % 2]
            turn_id = journal.begin_turn("text", tool)
            outcomes = dispatcher.dispatch(turn_id, [Call(tool, {"device": "lamp"})])
            journal.end_turn(turn_id, outcomes[0].words)


def kill_again_and_again(path: Path, kills: int, chance: random.Random) -> list[str]:
    """Return the identities of all commands that reached the lamp, in their order."""
    seen: list[str] = []
    with Bus.connect(BrokerAddress("127.0.0.1", PORT)) as lamp:

        def told(message: Message) -> None:
            seen.append(message.identity or "")
            lamp.send(plain.state_topic("lamp"), message.payload, retain=True)

        lamp.subscribe(plain.command_topic("lamp"), told)
        command = [sys.executable, "-m", "tools.random_kills", "--turns", str(path)]
        for number in range(kills):
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as agent:
                if agent.stdout is None or agent.stdout.readline() != "ready\n":
                    sys.exit("the agent did not start")
                threading.Event().wait(chance.uniform(0, LIVES_S))
                agent.kill()
            if number % 20 == 0:
                print(f"{number} kills, {len(seen)} commands", flush=True)
        threading.Event().wait(1.0)
        with Journal(path) as journal, Home(lamp, [LAMP]) as home:
            report_interrupted(journal, home)
    return seen


def judge(path: Path, seen: list[str]) -> int:
    """Print what became of all actions, and return 1 if any promise was broken."""
    with Journal(path) as journal:
        turns = journal.turns(at_most=10_000_000)
        abandoned = journal.abandoned()
    actions = {action.id for turn in turns for action in turn.actions}
    ends = Counter(
        f"{outcome['status']} {outcome.get('reason', '')}".strip()
        for turn in turns
        for outcome in turn.outcomes
    )
    twice = [identity for identity, count in Counter(seen).items() if count > 1]
    unknown = set(seen) - actions
    lost = sum(len(turn.interrupted) for turn in turns)
    print(f"{len(actions)} actions stored, {len(seen)} commands at the lamp")
    for end, count in sorted(ends.items()):
        print(f"  {count:6} {end}")
    print(f"twice: {len(twice)}, not in the journal: {len(unknown)}, without an outcome: {lost}")
    return int(bool(twice or unknown or lost or abandoned))


@contextmanager
def mosquitto(folder: Path) -> Iterator[None]:
    """Run a mosquitto on loopback, without limits on what it queues."""
    file = folder / "mosquitto.conf"
    file.write_text(f"listener {PORT} 127.0.0.1\nuser root\nallow_anonymous true\n")
    with subprocess.Popen(["mosquitto", "-c", str(file)], stderr=subprocess.DEVNULL) as broker:
        try:
            _wait_for_broker()
            yield
        finally:
            broker.terminate()


def _wait_for_broker() -> None:
    until = time.monotonic() + 10
    while True:
        try:
            Bus.connect(BrokerAddress("127.0.0.1", PORT)).close()
        except BusError:
            if time.monotonic() > until:
                raise
            threading.Event().wait(0.05)
        else:
            return


if __name__ == "__main__":
    main()
