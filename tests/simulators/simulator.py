"""What the simulators have in common: a connection, what they were told, and a command line."""

import json
import signal
import sys
from collections.abc import Callable
from typing import Any

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message, Will


class Simulator:
    """Devices that speak a convention over a bus of their own.

    `commands` are the messages that were meant for them.
    """

    def __init__(self, address: BrokerAddress, name: str, will: Will | None = None) -> None:
        self.bus = Bus.connect(address, client_id=f"simulated-{name}", will=will)
        self.commands: list[Message] = []

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.bus.close()

    def obey(self, topic_filter: str, act: Callable[[str, bytes], None]) -> None:
        """Call `act` with topic and payload of every command, and keep the command."""

        def received(message: Message) -> None:
            self.commands.append(message)
            act(message.topic, message.payload)

        self.bus.subscribe(topic_filter, received)

    def tell(self, topic: str, payload: Any, *, retain: bool = True) -> None:
        """Publish text, or anything else as JSON, without waiting: `act` may call this."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        self.bus.send(topic, text, retain=retain)


def serve(make: Callable[[BrokerAddress], Simulator]) -> None:
    """Run a simulator until it is interrupted: `python zigbee2mqtt.py mqtt://127.0.0.1:1883`."""
    address = BrokerAddress.parse(sys.argv[1] if len(sys.argv) > 1 else "mqtt://127.0.0.1:1883")
    with make(address):
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
