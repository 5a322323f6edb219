"""All devices of a home, whichever conventions they were found by.

The directory has one owner and touches nothing: findings go in, devices come out. What two
conventions announce is one device if both name the same topic for its commands, or the same
hardware (MAC or IEEE address) and each has only one such device on it.

A static device (from the home file) whose id is that of a found device, or one of its hardware
addresses, gives it its name, area and kind.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from edge_agent.home.conventions import CONVENTIONS
from edge_agent.home.conventions.types import Finding, Found, Gone, Reachable, Reported
from edge_agent.home.states import Report
from edge_agent.home.types import UNKNOWN_AREA, Device, State

_PREFERENCE = (*CONVENTIONS, "plain")
"""Who drives a device that several know: whoever stands first."""
_LONGEST_ID = 64
_NO_ID = re.compile(r"[^A-Za-z0-9_-]")
_PLAIN_KEY = re.compile(r"[a-z0-9_]+:[A-Za-z0-9_:/-]+")
_MOST_SHARING = 16
"""An identifier that more than so many claim identifies nothing."""


@dataclass(frozen=True)
class Listing:
    """A device as it stands now: how it is, and by whom it was found, its driver first.

    `report` is the state that all of them have told, None if none did; `reachable` is None where
    nobody said.
    """

    device: Device
    device_class: str
    report: Report | None
    reachable: bool | None
    found_by: tuple[str, ...]

    @property
    def state(self) -> State:
        """Return the state as far as it is known."""
        return self.report.state if self.report else {}


@dataclass
class _Entry:
    """What one convention knows of one device."""

    convention: str
    found: Found
    state: dict[str, str | int | float | bool] = field(default_factory=dict)
    reachable: bool | None = None
    heard_at: float | None = None
    retained: bool = False


class Directory:
    """Keeps the devices that conventions find, and tells when what the prompt shows has changed."""

    def __init__(self, static: Iterable[Device] = ()) -> None:
        """Take the devices of the home file, which give found ones their names."""
        self._static = {device.id.casefold(): device for device in static}
        self._entries: dict[str, _Entry] = {}
        self._claims: dict[str, dict[str, None]] = {}
        self._keys: dict[str, str] = {}
        self._devices: tuple[Device, ...] = ()
        self._told: tuple[Device, ...] | None = None
        self._stale = False

    def apply(
        self,
        convention: str,
        findings: Iterable[Finding],
        now: float,
        *,
        retained: bool = False,
    ) -> None:
        """Take what `convention` has read at the time `now` (seconds since 1970).

        `retained` tells that it read a message that the broker had kept.
        """
        for finding in findings:
            match finding:
                case Found():
                    self._find(convention, finding)
                case Gone(key):
                    self._lose(key)
                case Reported(key, state, remembered) if entry := self._entries.get(key):
                    entry.state |= state
                    entry.heard_at = now
                    entry.retained = retained or remembered
                case Reachable(key, reachable) if entry := self._entries.get(key):
                    entry.reachable = reachable

    @property
    def devices(self) -> tuple[Device, ...]:
        """Return all devices, in the order of their ids."""
        if self._stale:
            merged = {device.id: (device, key) for device, key in self._merged()}
            ordered = [merged[device_id] for device_id in sorted(merged)]
            self._devices = tuple(device for device, _ in ordered)
            self._keys = {device.id: key for device, key in ordered}
            self._stale = False
        return self._devices

    def changed(self) -> tuple[Device, ...] | None:
        """Return the devices if they are others than at the last call, else None.

        States come and go without a change: only what the prompt shows counts.
        """
        devices = self.devices
        if devices == self._told:
            return None
        self._told = devices
        return devices

    def driver(self, device_id: str) -> tuple[str, str] | None:
        """Return the convention that drives a device, and its key there."""
        self.devices  # noqa: B018 - brings the keys up to date
        key = self._keys.get(device_id)
        return None if key is None else (self._entries[key].convention, key)

    def device_id(self, key: str) -> str | None:
        """Return which device a finding is about."""
        entry = self._entries.get(key)
        return None if entry is None else self._describe(self._group(entry)).id

    def listing(self, device_id: str) -> Listing | None:
        """Return a device as it stands now."""
        driver = self.driver(device_id)
        if driver is None:
            return None
        group = self._group(self._entries[driver[1]])
        return Listing(
            device=self._describe(group),
            device_class=next((e.found.device_class for e in group if e.found.device_class), ""),
            report=_report(group),
            reachable=next((e.reachable for e in group if e.reachable is not None), None),
            found_by=tuple(entry.convention for entry in group),
        )

    def _find(self, convention: str, found: Found) -> None:
        known = self._entries.get(found.key)
        if known is None:
            self._entries[found.key] = _Entry(convention, found)
        elif known.found != found:
            self._unclaim(known.found)
            known.found = found
        else:
            return
        for claim in self._claims_of(found):
            self._claims.setdefault(claim, {})[found.key] = None
        self._stale = True

    def _lose(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._unclaim(entry.found)
            self._stale = True

    def _unclaim(self, found: Found) -> None:
        for claim in self._claims_of(found):
            claimants = self._claims.get(claim, {})
            claimants.pop(found.key, None)
            if not claimants:
                self._claims.pop(claim, None)

    def _claims_of(self, found: Found) -> frozenset[str]:
        return found.identifiers | found.topics | self._static_names(found)

    def _static_names(self, found: Found) -> frozenset[str]:
        """Return by which ids the home file may mean it."""
        own = (found.key.removeprefix("plain:"), _id_of(found.key))
        addresses = (identifier.partition(":")[2] for identifier in found.identifiers)
        names = {name.casefold() for name in (*own, *addresses)}
        return frozenset(f"id:{name}" for name in names & self._static.keys())

    def _merged(self) -> Iterator[tuple[Device, str]]:
        seen: set[str] = set()
        for key, entry in self._entries.items():
            if key not in seen:
                group = self._group(entry)
                seen |= {member.found.key for member in group}
                yield self._describe(group), group[0].found.key

    def _group(self, entry: _Entry) -> list[_Entry]:
        """Return all that is known of the device of `entry`, its driver first."""
        group = {entry.found.key: entry}
        waiting = [entry]
        while waiting:
            for same in self._same(waiting.pop()):
                if same.found.key not in group:
                    group[same.found.key] = same
                    waiting.append(same)
        return sorted(group.values(), key=lambda e: (_rank(e.convention), e.found.key))

    def _same(self, entry: _Entry) -> Iterator[_Entry]:
        for topic in entry.found.topics:
            for other in self._claimants(topic):
                if other.convention != entry.convention:
                    yield other
        for name in self._static_names(entry.found):
            claimants = self._claimants(name)
            conventions = [other.convention for other in claimants]
            if conventions.count(entry.convention) == 1:
                yield from (it for it in claimants if conventions.count(it.convention) == 1)
        for identifier in entry.found.identifiers:
            claimants = self._claimants(identifier)
            alike = [other for other in claimants if other.found.kind is entry.found.kind]
            conventions = [other.convention for other in alike]
            if conventions.count(entry.convention) == 1:
                yield from (other for other in alike if conventions.count(other.convention) == 1)

    def _claimants(self, claim: str) -> list[_Entry]:
        keys = self._claims.get(claim, {})
        return [self._entries[key] for key in keys] if len(keys) <= _MOST_SHARING else []

    def _describe(self, group: list[_Entry]) -> Device:
        """Return the device that a group is; the home file has the last word on its name."""
        driver = group[0].found
        named = self._named(group)
        if named is None:
            area = next((e.found.area for e in group if e.found.area), UNKNOWN_AREA)
            own = _id_of(driver.key)
            return Device(own, driver.name or own, area, driver.kind, driver.can)
        return replace(named, can=driver.can & named.can or driver.can)

    def _named(self, group: list[_Entry]) -> Device | None:
        """Return the device of the home file that is meant: by its id, or by its only address."""
        for entry in group:
            for name in sorted(self._static_names(entry.found)):
                rivals = [e for e in self._claimants(name) if e.convention == entry.convention]
                if rivals == [entry]:
                    return self._static[name.removeprefix("id:")]
        return None


def _report(group: list[_Entry]) -> Report | None:
    """Return what all of `group` have told: where they differ, its driver has the last word."""
    state: dict[str, str | int | float | bool] = {}
    heard = [(e.heard_at, e.retained) for e in group if e.heard_at is not None]
    for entry in reversed(group):
        state |= entry.state
    if not heard:
        return None
    heard_at, retained = max(heard)
    return Report(state, heard_at, retained)


def _rank(convention: str) -> int:
    return _PREFERENCE.index(convention) if convention in _PREFERENCE else len(_PREFERENCE)


def _id_of(key: str) -> str:
    """Return an id for a key: the same at every start, and fit for a topic level."""
    written = _NO_ID.sub("-", key.replace("/", "--"))
    if _PLAIN_KEY.fullmatch(key) and "--" not in key and len(written) <= _LONGEST_ID:
        return written
    digest = hashlib.blake2s(key.encode(), digest_size=4).hexdigest()
    return f"{written[: _LONGEST_ID - 9]}-{digest}"
