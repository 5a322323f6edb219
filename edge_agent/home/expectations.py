"""Waiting for devices to say that they have done what they were told."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

from edge_agent.bus.types import Message
from edge_agent.home.conventions.types import Refused, Reported
from edge_agent.home.types import State
from edge_agent.home.wanted import shows


class DeviceRefusedError(Exception):
    """A device, or its bridge, said that it did not do what it was told: its own words."""


@dataclass(frozen=True)
class Confirmation:
    """What a device said that showed what was wanted: when (`time.monotonic`, s) and where."""

    said: State
    topic: str
    at: float


@dataclass(frozen=True, eq=False)
class Expectation:
    """A wait for `device_id` to report a state that shows `wanted`, in one message or several.

    `met` is settled by the message that completes it, or by `DeviceRefusedError`. `since` is when
    the wait began (`time.monotonic`, s).
    """

    device_id: str
    wanted: State
    since: float
    met: Future[Confirmation] = field(default_factory=Future)
    said: dict[str, str | int | float | bool] = field(default_factory=dict)


class Expectations:
    """All that is waited for.

    Only what arrives after an expectation was made can meet it. A retained or remembered state is
    news from before, and may be older than the command that it would seem to confirm.
    """

    def __init__(self) -> None:
        """Wait for nothing."""
        self._lock = threading.Lock()
        self._waiting: list[Expectation] = []

    def add(self, expectation: Expectation) -> None:
        """Begin to wait: call this before the command is published."""
        with self._lock:
            self._waiting.append(expectation)

    def forget(self, expectation: Expectation) -> None:
        """Wait for it no longer."""
        with self._lock:
            if expectation in self._waiting:
                self._waiting.remove(expectation)

    def reported(self, device_id: str, news: Reported, message: Message) -> None:
        """Take what a device has said."""
        if message.retained or news.remembered:
            return
        with self._lock:
            met = []
            for it in self._of(device_id, message):
                it.said.update(news.state)
                if shows(it.said, it.wanted):
                    self._waiting.remove(it)
                    met.append(it)
        for it in met:
            it.met.set_result(Confirmation(dict(it.said), message.topic, message.arrived))

    def refused(self, device_id: str, news: Refused, message: Message) -> None:
        """Take a device's no."""
        if not message.retained:
            with self._lock:
                ended = self._of(device_id, message)
                self._waiting = [it for it in self._waiting if it not in ended]
            for it in ended:
                it.met.set_exception(DeviceRefusedError(news.reason))

    def _of(self, device_id: str, message: Message) -> list[Expectation]:
        return [
            it
            for it in self._waiting
            if it.device_id == device_id and it.since <= message.arrived and it.wanted
        ]
