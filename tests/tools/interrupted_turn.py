"""A process that takes turns with a home until it is killed; run by test_interruption.py.

Arguments: the broker's port, the journal, and a step of a turn (`store`, `acknowledge after`, …)
at which to say so and go no further, or `never` to take turn after turn.
"""

import sys
import threading

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.home.home import Home
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal
from edge_agent.tools.policy import Policy
from edge_agent.tools.types import Call

LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
STEPS = ("begin_turn", "decide", "store", "acknowledge", "conclude", "end_turn")


class StoppingJournal(Journal):
    """A journal that stops the process before or after one of its steps."""

    stop_at = ""

    def __getattribute__(self, name: str):
        method = super().__getattribute__(name)
        if name not in STEPS:
            return method

        def step(*arguments, **named):
            self._stop(f"before {name}")
            result = method(*arguments, **named)
            self._stop(f"after {name}")
            return result

        return step

    def _stop(self, moment: str) -> None:
        if moment == self.stop_at:
            print(moment, flush=True)  # noqa: T201 - the test waits for it
            threading.Event().wait()


def main() -> None:
    port, path, StoppingJournal.stop_at = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    with (
        Bus.connect(BrokerAddress("127.0.0.1", port)) as bus,
        StoppingJournal(path) as journal,
        Home(bus, [LAMP]) as home,
    ):
        dispatcher = Dispatcher(bus, home, journal, policy=Policy(actions_a_minute=1_000_000))
        for number in range(10_000):
            tool = ("turn_on", "turn_off")[number % 2]
            turn_id = journal.begin_turn("text", tool)
            calls = [Call(tool, {"device": "lamp"})]
            journal.decide(turn_id, calls)
            outcomes = dispatcher.dispatch(turn_id, calls)
            journal.end_turn(turn_id, outcomes[0].words)
            print("turn over", flush=True)  # noqa: T201 - the test waits for it


if __name__ == "__main__":
    main()
