"""Act while strangers publish: `python -m tools.foreign_traffic [--rate 10000] [--seconds 10]`.

It starts a mosquitto, a lamp, and a process that publishes so many messages a second on topics that
the conventions listen to. Meanwhile the agent acts on the lamp, one turn after another. It prints
how many messages there were, how long the turns took, and what became of them.
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.home.conventions import Places, conventions_for, plain
from edge_agent.home.home import Home
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal
from edge_agent.tools.policy import Policy
from edge_agent.tools.types import Call, Status
from tools.random_kills import PORT, mosquitto

LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
TOPICS = ("stat/stranger/RESULT", "zigbee2mqtt/stranger", "home/stranger", "elsewhere/a/b/c")


def main() -> None:
    """Flood, act, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder)):
        sent = multiprocessing.Value("i", 0)
        flood = multiprocessing.Process(target=publish, args=(options.rate, options.seconds, sent))
        with Bus.connect(BrokerAddress("127.0.0.1", PORT)) as lamp:

            def told(message: Message) -> None:
                lamp.send(plain.state_topic("lamp"), message.payload, retain=True)

            lamp.subscribe(plain.command_topic("lamp"), told)
            flood.start()
            took, failed = act(options.seconds)
        flood.join()
        print(f"{sent.value} foreign messages in {options.seconds:g} s")
        print(
            f"{len(took)} turns: median {1000 * statistics.median(took):.0f} ms,"
            f" longest {1000 * max(took):.0f} ms; not confirmed: {failed or 'none'}"
        )
        sys.exit(bool(failed))


def publish(rate: int, seconds: float, sent: "Synchronized[int]") -> None:
    """Publish at QoS 0, a hundredth of a second's worth at a time."""
    with Bus.connect(BrokerAddress("127.0.0.1", PORT)) as stranger:
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            while sent.value < passed * rate:
                topic = TOPICS[sent.value % len(TOPICS)]
                stranger.send(topic, '{"state": "ON", "n": 1}', qos=0)
                sent.value += 1
            threading.Event().wait(0.01)


def act(seconds: float) -> tuple[list[float], list[str]]:
    """Return how long each turn took (s), and what the lamp did not confirm."""
    took, failed = [], []
    with (
        Bus.connect(BrokerAddress("127.0.0.1", PORT)) as bus,
        Journal(":memory:") as journal,
        Home(bus, [LAMP], conventions_for(Places("flood"))) as home,
    ):
        dispatcher = Dispatcher(bus, home, journal, policy=Policy(actions_a_minute=1_000_000))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            tool = ("turn_on", "turn_off")[len(took) % 2]
            began = time.monotonic()
            turn_id = journal.begin_turn("text", tool)
            (outcome,) = dispatcher.dispatch(turn_id, [Call(tool, {"device": "lamp"})])
            took.append(time.monotonic() - began)
            if outcome.status is not Status.CONFIRMED:
                failed.append(outcome.words)
        print(f"{home.dropped} messages dropped by the discovery")
    return took, failed


if __name__ == "__main__":
    main()
