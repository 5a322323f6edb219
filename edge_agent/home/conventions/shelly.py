"""Shelly, second generation and later: https://shelly-api-docs.shelly.cloud/gen2/ .

| topic               | retained | payload                                                         |
|---------------------|----------|-----------------------------------------------------------------|
| `PREFIX/online`     | yes      | `true`, or `false` as its will                                  |
| `PREFIX/rpc`        | never    | `{"id": 7, "src": SRC, "method": "Switch.Set", "params": {…}}`  |
| `SRC/rpc`           | no       | `{"id": 7, "src": DEVICE, "result": {…}}`, or `"error": {…}`    |
| `PREFIX/events/rpc` | no       | `{"method": "NotifyStatus", "params": {"switch:0": {…}}}`       |

A device is not announced: whoever says `online` is asked for `Shelly.GetConfig` and
`Shelly.GetStatus`, and answers with one object for each component (`switch:0`, `cover:0`, …).
"""

import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_agent.bus.types import Message
from edge_agent.home.conventions.shelly_components import COMPONENTS, Component, measured, measures
from edge_agent.home.conventions.types import (
    Ask,
    Command,
    Finding,
    Found,
    Gone,
    Order,
    Reachable,
    Refused,
    Reported,
)
from edge_agent.home.conventions.untrusted import (
    MOST_DEVICES,
    clean,
    identifier,
    json_object,
    mapping,
    objects,
    topic,
)
from edge_agent.home.types import Capability, Kind, State

DEFAULT_SOURCE = "edge-agent-shelly"
_CONFIG, _STATUS = "Shelly.GetConfig", "Shelly.GetStatus"
_MOST_COMPONENTS = 64
_MOST_UNANSWERED = 4 * MOST_DEVICES
_FIRST_ID_BELOW = 1 << 30
"""Ids begin anywhere, so that the answers to two agents of one source are told apart."""
_LONGEST_REASON = 160
_SENSORS = "sensors"
_INDEX = re.compile(r"[0-9]{1,3}")


@dataclass
class _Device:
    """A Shelly by its topic prefix, and its components by key."""

    prefix: str
    found: dict[str, Found] = field(default_factory=dict)


@dataclass(frozen=True)
class _Request:
    """What was asked of whom: a question by its method, or a command by the key it was for."""

    prefix: str
    method: str
    key: str = ""


class Shelly:
    """Reads and drives Shelly devices over their RPC channel.

    `source` is the prefix of the topic that answers go to, one for each agent on a broker;
    `prefixes` are filters for the topic prefixes of the devices.
    """

    name = "shelly"

    def __init__(self, source: str = DEFAULT_SOURCE, prefixes: tuple[str, ...] = ("+",)) -> None:
        """Know no device yet."""
        self._source = source
        self._prefixes = prefixes
        self._devices: dict[str, _Device] = {}
        self._unanswered: OrderedDict[int, _Request] = OrderedDict()
        self._last_id = secrets.randbelow(_FIRST_ID_BELOW)

    @property
    def filters(self) -> tuple[str, ...]:
        """Return where answers arrive, then where devices tell of themselves."""
        events = tuple(f"{prefix}/events/rpc" for prefix in self._prefixes)
        return (f"{self._source}/rpc", *events, *(f"{p}/online" for p in self._prefixes))

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what an answer, an event or an `online` tells."""
        if message.topic == f"{self._source}/rpc":
            return tuple(self._read_answer(message.payload))
        if message.topic.endswith("/events/rpc"):
            device = self._devices.get(message.topic.removesuffix("/events/rpc"))
            return tuple(self._read_event(device, message.payload)) if device else ()
        if message.topic.endswith("/online"):
            return tuple(self._read_online(message.topic.removesuffix("/online"), message.payload))
        return ()

    def order(self, key: str, wanted: State) -> Order | None:
        """Return the one RPC request that asks a component for all of `wanted`."""
        prefix, _, place = key.removeprefix("shelly:").rpartition("/")
        device = self._devices.get(prefix)
        component, _, index = place.partition(":")
        row = COMPONENTS.get(component)
        if device is None or key not in device.found or row is None:
            return None
        call = row.call(wanted)
        if call is None:
            return None
        method, params = call
        payload = self._request(_Request(prefix, method, key), {"id": int(index), **params})
        command = Command(f"{prefix}/rpc", payload)
        return Order((command,), dict(wanted), (f"{prefix}/events/rpc",))

    def _request(self, request: _Request, params: Mapping[str, Any] | None = None) -> str:
        self._last_id += 1
        self._unanswered[self._last_id] = request
        if len(self._unanswered) > _MOST_UNANSWERED:
            self._unanswered.popitem(last=False)
        frame = {"id": self._last_id, "src": self._source, "method": request.method}
        return json.dumps(frame if params is None else {**frame, "params": params})

    def _ask(self, prefix: str, method: str) -> Ask:
        return Ask(f"{prefix}/rpc", self._request(_Request(prefix, method)))

    def _read_online(self, prefix: str, payload: bytes) -> Iterator[Finding]:
        known = self._devices.get(prefix)
        if payload == b"true" and topic(prefix) and (known or len(self._devices) < MOST_DEVICES):
            device = self._devices.setdefault(prefix, _Device(prefix))
            for key in device.found:
                yield Reachable(key, reachable=True)
            yield self._ask(prefix, _CONFIG)
        elif known and payload == b"false":
            for key in known.found:
                yield Reachable(key, reachable=False)
        elif known and not payload:
            del self._devices[prefix]
            for key in known.found:
                yield Gone(key)

    def _read_answer(self, payload: bytes) -> Iterator[Finding]:
        answer = json_object(payload) or {}
        number = answer.get("id")
        request = self._unanswered.pop(number, None) if isinstance(number, int) else None
        device = self._devices.get(request.prefix) if request else None
        if request is None or device is None:
            return
        if request.key and isinstance(answer.get("error"), dict):
            reason = clean(answer["error"].get("message"), _LONGEST_REASON)
            yield Refused(request.key, reason or "the device answered with an error")
        result = mapping(answer.get("result"))
        if request.method == _CONFIG and result:
            yield from self._read_config(device, result)
        elif request.method == _STATUS:
            yield from _read_status(device, result)

    def _read_config(self, device: _Device, config: dict[str, Any]) -> Iterator[Finding]:
        found = _components(device.prefix, config)
        for key in device.found.keys() - found.keys():
            yield Gone(key)
        for key, component in found.items():
            if device.found.get(key) != component:
                yield component
            yield Reachable(key, reachable=True)
        device.found = found
        yield self._ask(device.prefix, _STATUS)

    def _read_event(self, device: _Device, payload: bytes) -> Iterator[Finding]:
        event = json_object(payload) or {}
        params = mapping(event.get("params"))
        if event.get("method") in ("NotifyStatus", "NotifyFullStatus"):
            yield from _read_status(device, params)
        elif event.get("method") == "NotifyEvent":
            changes = [
                e for e in objects(params.get("events")) if e.get("event") == "config_changed"
            ]
            if changes:
                yield self._ask(device.prefix, _CONFIG)


def _components(prefix: str, config: dict[str, Any]) -> dict[str, Found]:
    """Return the components of a device that can be driven, or else what it measures."""
    about = mapping(mapping(config.get("sys")).get("device"))
    mac = identifier(about.get("mac")).replace("_", "")
    name = clean(about.get("name")) or clean(prefix.rpartition("/")[2].replace("-", " "))
    driven = [place for place in list(config)[:_MOST_COMPONENTS] if _row(place)]
    found = {}
    for place in driven:
        row = _row(place)
        own = clean(mapping(config[place]).get("name"))
        numbered = f"{name} {int(place.partition(':')[2]) + 1}" if len(driven) > 1 else name
        if row:
            key = f"shelly:{prefix}/{place}"
            found[key] = _found(key, own or numbered, row.kind, row.can, mac)
    if not found and measures(config):
        key = f"shelly:{prefix}/{_SENSORS}"
        found[key] = _found(key, name, Kind.SENSOR, frozenset({Capability.STATE}), mac)
    return found


def _found(key: str, name: str, kind: Kind, can: frozenset[Capability], mac: str) -> Found:
    return Found(key, name, "", kind, can, frozenset({f"mac:{mac}"}) if mac else frozenset())


def _row(place: str) -> Component | None:
    """Return the row of a component such as `switch:0`."""
    component, _, index = place.partition(":")
    return COMPONENTS.get(component) if _INDEX.fullmatch(index) else None


def _read_status(device: _Device, status: dict[str, Any]) -> Iterator[Finding]:
    """Read a whole status, or the part of it that has changed."""
    for key in device.found:
        place = key.rpartition("/")[2]
        row = _row(place)
        told = row.tell(mapping(status.get(place))) if row else {}
        state = measured(status) if place == _SENSORS else told
        if state:
            yield Reported(key, state)


def source_for(node: str) -> str:
    """Return a `source` of its own for the agent that is called `node`."""
    return f"{DEFAULT_SOURCE}-{identifier(node) or 'node'}"
