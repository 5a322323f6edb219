"""The home as it is now: its devices, how they are, and how each is told and waited for."""

import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.home.conventions.plain import Plain
from edge_agent.home.conventions.types import (
    Convention,
    Knowing,
    Order,
    Reachable,
    Refused,
    Reported,
)
from edge_agent.home.directory import Directory, Listing
from edge_agent.home.discovery import Discovery, News, OnDevices
from edge_agent.home.expectations import Expectation, Expectations
from edge_agent.home.groups import Areas
from edge_agent.home.states import Report
from edge_agent.home.types import Device, State


class Home:
    """The devices of a home file and those that are found on a broker, all driven the same way.

    Threads may share it. Nothing here publishes a command: `order` says what would have to be.
    """

    def __init__(
        self,
        bus: Bus,
        static: Iterable[Device] = (),
        conventions: Iterable[Convention] = (),
        *,
        areas: Areas | None = None,
        on_devices: OnDevices = lambda _: None,
    ) -> None:
        """Begin with the `static` devices and find those that `conventions` announce.

        `areas` are those that go by another name. `on_devices` is called with all devices when
        others are there, or other names.
        """
        self.areas = areas or {}
        known = tuple(static)
        directory = Directory(known)
        plain = Plain(known)
        spoken = (plain, *conventions) if known else tuple(conventions)
        for convention in spoken:
            if isinstance(convention, Knowing):
                directory.apply(convention.name, convention.known(), 0.0)
        self._expectations = Expectations()
        self._changed = threading.Condition()
        self._discovery = Discovery(
            bus, spoken, directory, on_devices=on_devices, on_news=self._told
        )

    def close(self) -> None:
        """Follow the home no longer."""
        self._discovery.close()

    def __enter__(self) -> Self:
        """Return the home itself: it is followed already."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Follow it no longer."""
        self.close()

    @property
    def devices(self) -> tuple[Device, ...]:
        """Return the devices that there are now, in the order of their ids."""
        return self._discovery.devices

    @property
    def dropped(self) -> int:
        """Return how many messages came faster than they could be read."""
        return self._discovery.dropped

    def wait_settled(self, timeout_s: float) -> bool:
        """Wait until the first announcements have been read; tell whether they have in time."""
        return self._discovery.settled.wait(timeout_s)

    def wait_changed(self, timeout_s: float) -> bool:
        """Wait until anything is told of any device; tell whether it was in time."""
        with self._changed:
            return self._changed.wait(timeout_s)

    def order(self, device_id: str, wanted: State) -> Order | None:
        """Return how a device is told to be as `wanted`; None if it has no way to."""
        return self._discovery.order(device_id, wanted)

    def listing(self, device_id: str) -> Listing | None:
        """Return all that is known of a device."""
        return self._discovery.listing(device_id)

    def last(self, device_id: str) -> Report | None:
        """Return what the device last said, None if nothing was heard of it."""
        listing = self._discovery.listing(device_id)
        return listing.report if listing else None

    def available(self, device_id: str) -> bool | None:
        """Tell whether the device can be reached, None if it never said."""
        listing = self._discovery.listing(device_id)
        return listing.reachable if listing else None

    def wait_known(self, device_ids: Iterable[str], timeout_s: float) -> bool:
        """Wait until all of `device_ids` have said something; tell whether they have in time."""
        wanted = set(device_ids)
        with self._changed:
            return self._changed.wait_for(
                lambda: all(self.last(device_id) for device_id in wanted), timeout_s
            )

    def expect(self, device_id: str, wanted: State) -> Expectation:
        """Begin to wait for a state: call this before the command is published."""
        expectation = Expectation(device_id, wanted, time.monotonic())
        self._expectations.add(expectation)
        return expectation

    def wait_read(self, timeout_s: float) -> bool:
        """Wait until all that has arrived by now has been read; tell whether it was in time."""
        return self._discovery.wait_read(timeout_s)

    def forget(self, expectation: Expectation) -> None:
        """Wait for it no longer."""
        self._expectations.forget(expectation)

    def _told(self, device_id: str, news: News, message: Message) -> None:
        match news:
            case Reported():
                self._expectations.reported(device_id, news, message)
            case Refused():
                self._expectations.refused(device_id, news, message)
            case Reachable():
                pass
        with self._changed:
            self._changed.notify_all()
