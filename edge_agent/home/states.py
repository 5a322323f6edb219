"""What the devices last said of themselves, and waiting for them to say something."""

import logging
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError, Message
from edge_agent.home import plain
from edge_agent.home.types import Device, State
from edge_agent.home.wanted import shows

_log = logging.getLogger(__name__)

LAST_SEEN = "last_seen"
"""The property in which a device may say when it said so, in the words of Zigbee2MQTT."""


@dataclass(frozen=True)
class Report:
    """A state that a device reported, and when it arrived (`time.time` and `time.monotonic`, s).

    `retained` tells that the broker had kept it from before: when the device said it is unknown,
    unless its state holds `last_seen`.
    """

    state: State
    heard_at: float
    heard: float
    retained: bool

    def age_s(self, now: float) -> float | None:
        """Return how long before `now` (`time.time`) the device said it; None if unknown."""
        said_at = self._last_seen()
        if said_at is None and not self.retained:
            said_at = self.heard_at
        return None if said_at is None else max(0.0, now - said_at)

    def _last_seen(self) -> float | None:
        """Read `last_seen` in either form that Zigbee2MQTT writes: ISO 8601, or ms since 1970."""
        value = self.state.get(LAST_SEEN)
        try:
            if isinstance(value, str):
                return datetime.fromisoformat(value).timestamp()
            return float(value) / 1000 if value is not None else None
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True, eq=False)
class Expectation:
    """A wait for `device_id` to report a state that shows `wanted`.

    `met` is the report that did, or `BusError` if the connection broke first.
    """

    device_id: str
    wanted: State
    met: Future[Report]


class HomeStates:
    """The last known states of devices, kept from their state topics.

    Only what a device says after an `Expectation` was made can meet it: a retained message is
    news from before, and may be older than the command it would seem to confirm.
    """

    def __init__(self, bus: Bus, devices: Iterable[Device]) -> None:
        """Subscribe to the topics of `devices`. Raises `BusError` if the broker does not allow."""
        self._known = frozenset(device.id for device in devices)
        self._changed = threading.Condition()
        self._reports: dict[str, Report] = {}
        self._available: dict[str, bool] = {}
        self._expectations: list[Expectation] = []
        bus.on_connection(self._connection_changed)
        bus.subscribe(plain.STATE_FILTER, self._state_said)
        bus.subscribe(plain.AVAILABILITY_FILTER, self._availability_said)

    def last(self, device_id: str) -> Report | None:
        """Return what the device last said, None if nothing was heard of it."""
        with self._changed:
            return self._reports.get(device_id)

    def available(self, device_id: str) -> bool | None:
        """Tell whether the device can be reached, None if it never said."""
        with self._changed:
            return self._available.get(device_id)

    def wait_known(self, device_ids: Iterable[str], timeout_s: float) -> bool:
        """Wait until all of `device_ids` have said something; tell whether they have in time."""
        wanted = set(device_ids)
        with self._changed:
            return self._changed.wait_for(lambda: wanted <= self._reports.keys(), timeout_s)

    def expect(self, device_id: str, wanted: State) -> Expectation:
        """Begin to wait for a state: call this before the command is published."""
        expectation = Expectation(device_id, wanted, Future())
        with self._changed:
            self._expectations.append(expectation)
        return expectation

    def forget(self, expectation: Expectation) -> None:
        """Wait for it no longer."""
        with self._changed:
            if expectation in self._expectations:
                self._expectations.remove(expectation)

    def _state_said(self, message: Message) -> None:
        device_id = plain.device_of(message.topic)
        if device_id not in self._known:
            return
        state = plain.read_state(message.payload)
        if state is None:
            _log.warning("%s said something that is no JSON object", message.topic)
            return
        report = Report(state, time.time(), time.monotonic(), message.retained)
        with self._changed:
            self._reports[device_id] = report
            met = [] if message.retained else self._take_met(device_id, state)
            self._changed.notify_all()
        for expectation in met:
            expectation.met.set_result(report)

    def _take_met(self, device_id: str, state: State) -> list[Expectation]:
        met = [e for e in self._expectations if e.device_id == device_id and shows(state, e.wanted)]
        self._expectations = [e for e in self._expectations if e not in met]
        return met

    def _availability_said(self, message: Message) -> None:
        device_id = plain.device_of(message.topic)
        if device_id in self._known and message.payload in {plain.ONLINE, plain.OFFLINE}:
            with self._changed:
                self._available[device_id] = message.payload == plain.ONLINE

    def _connection_changed(self, connected: bool) -> None:  # noqa: FBT001 - a callback's form
        if connected:
            return
        with self._changed:
            broken, self._expectations = self._expectations, []
        for expectation in broken:
            expectation.met.set_exception(BusError("The connection to the broker was lost."))
