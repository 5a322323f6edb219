"""Where the conventions meet the bus: messages to findings, findings to the directory.

One thread owns the conventions and the directory. The network thread only puts messages into a
queue; what does not fit is dropped and counted.
"""

import functools
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError, Message, NotAllowedError
from edge_agent.home.conventions.types import (
    Ask,
    Convention,
    Finding,
    Listen,
    Order,
    Reachable,
    Refused,
    Reported,
)
from edge_agent.home.directory import Directory, Listing
from edge_agent.home.types import Device, State

_log = logging.getLogger(__name__)

_MOST_WAITING = 50_000
_SUBSCRIBING_AT_ONCE = 16
"""A broker takes a moment for each subscription, and thousands may be due at the start."""
_SETTLED_S = 0.2
"""How long it must be quiet before changed devices are told: announcements come in bursts."""
_PATIENCE_S = 2.0
"""How long that may be put off by messages that keep coming."""

News = Reported | Reachable | Refused
OnDevices = Callable[[tuple[Device, ...]], None]
OnNews = Callable[[str, News, Message], None]


class Discovery:
    """Finds the devices on a broker and follows them until it is closed.

    `on_devices` is called with all devices when what the prompt shows of them has changed, and
    `on_news` with the id of a device, what was told of it, and the message that told it. Both
    run in the thread of the discovery and must be quick.
    """

    def __init__(
        self,
        bus: Bus,
        conventions: Iterable[Convention],
        directory: Directory,
        *,
        on_devices: OnDevices = lambda _: None,
        on_news: OnNews = lambda *_: None,
    ) -> None:
        """Begin to listen. A convention whose topics the broker does not allow is left out."""
        self._bus = bus
        self._conventions = {convention.name: convention for convention in conventions}
        self._directory = directory
        self._on_devices = on_devices
        self._on_news = on_news
        self._lock = threading.Lock()
        self._received: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._subscribers = ThreadPoolExecutor(_SUBSCRIBING_AT_ONCE, "discovery-subscribe")
        self.dropped = 0
        self.settled = threading.Event()
        """Set when all that was announced at the start has been read."""
        self._heard_all = False
        self._thread = threading.Thread(target=self._run, name="discovery", daemon=True)
        self._thread.start()
        for convention in self._conventions.values():
            for topic_filter in convention.filters:
                self._begin(convention.name, topic_filter)
        self._received.put(self._begin_to_settle)

    def close(self) -> None:
        """End the threads; the subscriptions end with the bus."""
        self._received.put(None)
        self._thread.join()
        self._subscribers.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        """Return the discovery itself: it listens already."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()

    @property
    def devices(self) -> tuple[Device, ...]:
        """Return the devices that are known now."""
        with self._lock:
            return self._directory.devices

    def wait_read(self, timeout_s: float) -> bool:
        """Wait until all that has arrived by now has been read; tell whether it was in time."""
        read = threading.Event()
        self._received.put(read.set)
        return read.wait(timeout_s)

    def listing(self, device_id: str) -> Listing | None:
        """Return how a device is now."""
        with self._lock:
            return self._directory.listing(device_id)

    def order(self, device_id: str, wanted: State) -> Order | None:
        """Return how a device is told to be as `wanted`; None if it has no way to."""
        with self._lock:
            driver = self._directory.driver(device_id)
            if driver is None or driver[0] not in self._conventions:
                return None
            return self._conventions[driver[0]].order(driver[1], wanted)

    def _begin(self, convention: str, topic_filter: str) -> None:
        try:
            self._subscribe(convention, topic_filter)
        except NotAllowedError as error:
            _log.warning("Nothing is heard on %s: %s", topic_filter, error)

    def _begin_to_settle(self) -> None:
        self._heard_all = True

    def _subscribe(self, convention: str, topic_filter: str) -> None:
        self._bus.subscribe(topic_filter, lambda message: self._receive(convention, message))

    def _receive(self, convention: str, message: Message) -> None:
        if self._received.qsize() < _MOST_WAITING:
            self._received.put(functools.partial(self._read, convention, message))
        else:
            self.dropped += 1
            if self.dropped == 1:
                _log.warning("More messages arrive than can be read: some are dropped")

    def _run(self) -> None:
        told = time.monotonic()
        while True:
            try:
                work = self._received.get(timeout=_SETTLED_S)
            except queue.Empty:
                self._tell_devices()
                work = self._received.get()
                told = time.monotonic()
            if work is None:
                return
            work()
            if time.monotonic() - told > _PATIENCE_S:
                self._tell_devices()
                told = time.monotonic()

    def _read(self, name: str, message: Message) -> None:
        try:
            with self._lock:
                findings = self._conventions[name].read(message)
                self._directory.apply(name, findings, time.time(), retained=message.retained)
            for finding in findings:
                self._follow(name, finding, message)
        except Exception:
            _log.exception("A message on %s could not be dealt with", message.topic)

    def _follow(self, name: str, finding: Finding, message: Message) -> None:
        match finding:
            case Listen(topic_filter):
                self._subscribers.submit(self._begin, name, topic_filter)
            case Ask(topic, payload):
                self._ask(topic, payload)
            case Reported(key) | Reachable(key) | Refused(key):
                with self._lock:
                    device_id = self._directory.device_id(key)
                if device_id is not None:
                    self._on_news(device_id, finding, message)

    def _ask(self, topic: str, payload: str) -> None:
        try:
            self._bus.send(topic, payload, qos=0)
        except BusError as error:
            _log.warning("Nothing could be asked on %s: %s", topic, error)

    def _tell_devices(self) -> None:
        with self._lock:
            changed = self._directory.changed()
        if changed is not None:
            self._on_devices(changed)
        if self._heard_all:
            self.settled.set()
