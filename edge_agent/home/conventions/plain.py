"""The plain convention, which the devices of a home file follow: see `edge_agent.home.plain`.

Its devices are not found but known, so that there are no announcements to read.
"""

from collections.abc import Iterable, Iterator

from edge_agent.bus.types import Message
from edge_agent.home import plain
from edge_agent.home.conventions.types import (
    Command,
    Finding,
    Found,
    Order,
    Reachable,
    Reported,
)
from edge_agent.home.types import Capability, Device, State


class Plain:
    """Reads and drives the devices of a home file on `home/ID/…`."""

    name = "plain"
    filters = (plain.STATE_FILTER, plain.AVAILABILITY_FILTER)

    def __init__(self, devices: Iterable[Device]) -> None:
        """Take the devices of the home file."""
        self._devices = {device.id: device for device in devices}

    def known(self) -> tuple[Finding, ...]:
        """Return the devices as findings, for the directory to begin with."""
        return tuple(
            Found(
                key=f"plain:{device.id}",
                name=device.name,
                area=device.area,
                kind=device.kind,
                can=device.can | {Capability.STATE},
                topics=frozenset({plain.command_topic(device.id)}),
            )
            for device in self._devices.values()
        )

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what a state or availability message tells."""
        return tuple(self._read(message))

    def order(self, key: str, wanted: State) -> Order | None:
        """Return the message that asks for all of `wanted`."""
        device = self._devices.get(key.removeprefix("plain:"))
        if device is None:
            return None
        command = plain.command(device, wanted)
        return Order((Command(command.topic, command.payload),), dict(wanted))

    def _read(self, message: Message) -> Iterator[Finding]:
        _, _, below = message.topic.partition(f"{plain.BASE}/")
        device_id = below.partition("/")[0]
        if device_id not in self._devices:
            return
        key = f"plain:{device_id}"
        if message.topic == plain.availability_topic(device_id):
            if message.payload in {plain.ONLINE, plain.OFFLINE}:
                yield Reachable(key, message.payload == plain.ONLINE)
        elif message.topic == plain.state_topic(device_id):
            state = plain.read_state(message.payload)
            if state:
                yield Reported(key, state)
