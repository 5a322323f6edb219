"""A simulated home: devices that listen, take their time, and answer as real ones do.

Each device has a connection of its own, and so its own last will, as a device on Wi-Fi has.
"""

import json
import math
import queue
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError, Message, Will
from edge_agent.home.conventions import plain
from edge_agent.home.states import LAST_SEEN
from edge_agent.home.types import Capability, Device, Kind, State

_DELAY_S: Mapping[Kind, float] = {Kind.COVER: 0.2, Kind.LOCK: 0.4}
_DEFAULT_DELAY_S = 0.08
_TRAVEL_STEP_PERCENT = 25
_REMEMBERED_COMMANDS = 64


def _within(low: float, high: float) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int | float) and low <= value <= high


def _one_of(*words: str) -> Callable[[object], bool]:
    return lambda value: value in words


_ACCEPTS: Mapping[str, Callable[[object], bool]] = {
    "state": _one_of("ON", "OFF"),
    "brightness": _within(0, 100),
    "color": lambda value: isinstance(value, str) and bool(re.fullmatch("#[0-9a-f]{6}", value)),
    "position": _within(0, 100),
    "lock": _one_of("LOCKED", "UNLOCKED"),
    "target_temperature": _within(5, 35),
    "speed": _within(0, 100),
    "volume": _within(0, 100),
    "playback": _one_of("PLAYING", "PAUSED"),
    "scene": _one_of("ACTIVE"),
}
"""The properties that can be set, and the values that a device takes for them."""

_AT_FIRST: Mapping[Capability, State] = {
    Capability.ON_OFF: {"state": "OFF"},
    Capability.BRIGHTNESS: {"state": "OFF", "brightness": 60},
    Capability.COLOR: {"state": "OFF", "color": "#ffffff"},
    Capability.POSITION: {"position": 100},
    Capability.LOCK: {"lock": "LOCKED"},
    Capability.TEMPERATURE: {"target_temperature": 20, "temperature": 19.5},
    Capability.SPEED: {"state": "OFF", "speed": 50},
    Capability.VOLUME: {"volume": 30},
    Capability.PLAYBACK: {"playback": "PAUSED"},
}


def first_state(device: Device) -> dict[str, Any]:
    """Return the state that a simulated device wakes up in."""
    state: dict[str, Any] = {}
    for capability in sorted(device.can):
        state |= _AT_FIRST.get(capability, {})
    if device.kind is Kind.SCENE:
        state["scene"] = "IDLE"
    if device.kind is Kind.SENSOR:
        state |= {"temperature": 21.3, "humidity": 45}
    return state


class SimulatedDevice:
    """One device. What it cannot do, it ignores: no change, and no word."""

    def __init__(self, address: BrokerAddress, device: Device, delay_s: float) -> None:
        """Connect and say how it is. Raises `BusError` if the broker does not let it."""
        self.device = device
        self._delay_s = delay_s
        self._state = first_state(device)
        self._target = dict(self._state)
        self._done: deque[str] = deque(maxlen=_REMEMBERED_COMMANDS)
        self._commands: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._bus = Bus.connect(
            address,
            client_id=f"simulated-{device.id}",
            will=Will(plain.availability_topic(device.id), plain.OFFLINE),
        )
        self._thread = threading.Thread(target=self._live, name=f"simulated-{device.id}")
        self._bus.on_connection(self._connection_changed)
        self._bus.subscribe(plain.command_topic(device.id), self._told)
        self._introduce()
        self._thread.start()

    def close(self) -> None:
        """Leave with a goodbye: the device says that it is offline."""
        self._commands.put(None)
        self._thread.join()
        if self._bus.connected:
            self._bus.publish(plain.availability_topic(self.device.id), plain.OFFLINE, retain=True)
        self._bus.close()

    def _told(self, message: Message) -> None:
        if message.retained or (message.identity is not None and message.identity in self._done):
            return
        if message.identity is not None:
            self._done.append(message.identity)
        self._commands.put(message.payload)

    def _live(self) -> None:
        """Move towards the target, a step after each pause, until the next command or the end."""
        steps: list[State] = []
        while True:
            try:
                payload = self._commands.get(timeout=self._delay_s if steps else None)
            except queue.Empty:
                self._state |= steps.pop(0)
                self._say()
                continue
            if payload is None:
                return
            wanted = self._understood(payload)
            if wanted is not None:
                self._target |= wanted
                steps = self._way()

    def _understood(self, payload: bytes) -> State | None:
        wanted = plain.read_state(payload)
        able = wanted and all(
            name in self._state and name in _ACCEPTS and _ACCEPTS[name](value)
            for name, value in wanted.items()
        )
        return wanted if able else None

    def _way(self) -> list[State]:
        """Return the states on the way to the target: several where something has to travel."""
        if "position" not in self._target:
            return [dict(self._target)]
        start, end = self._state["position"], self._target["position"]
        count = max(1, math.ceil(abs(end - start) / _TRAVEL_STEP_PERCENT))
        places = [round(start + (end - start) * step / count) for step in range(1, count)]
        return [{"position": place} for place in places] + [dict(self._target)]

    def _introduce(self) -> None:
        availability = plain.availability_topic(self.device.id)
        self._bus.send(availability, plain.ONLINE, retain=True)
        self._say()

    def _say(self) -> None:
        said = {**self._state, LAST_SEEN: datetime.now(UTC).isoformat(timespec="milliseconds")}
        try:
            self._bus.send(plain.state_topic(self.device.id), json.dumps(said), retain=True)
        except BusError:
            return  # it says so again when the connection is back

    def _connection_changed(self, connected: bool) -> None:  # noqa: FBT001 - a callback's form
        if connected:
            self._introduce()


class SimulatedHome:
    """Simulated devices on a broker: `with SimulatedHome(address, devices): …`.

    `delay_s` sets by id how long a device takes for a step, instead of what its kind takes;
    devices in `silent` are not there at all.
    """

    def __init__(
        self,
        address: BrokerAddress,
        devices: Iterable[Device],
        *,
        delay_s: Mapping[str, float] | None = None,
        silent: Iterable[str] = (),
    ) -> None:
        """Make a home of `devices`; `start` brings it online."""
        self._address = address
        self._devices = tuple(devices)
        self._delay_s = delay_s or {}
        self._silent = frozenset(silent)
        self._open = ExitStack()

    def start(self) -> Self:
        """Bring all devices online. Raises `BusError` if the broker does not let them."""
        with ExitStack() as opening:
            for device in self._devices:
                if device.id not in self._silent:
                    delay = _DELAY_S.get(device.kind, _DEFAULT_DELAY_S)
                    simulated = SimulatedDevice(
                        self._address, device, self._delay_s.get(device.id, delay)
                    )
                    opening.callback(simulated.close)
            self._open = opening.pop_all()
        return self

    def stop(self) -> None:
        """Take all devices offline."""
        self._open.close()

    def __enter__(self) -> Self:
        """Bring all devices online."""
        return self.start()

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Take all devices offline."""
        self.stop()
