"""Tasmota's own discovery (SetOption19 0): https://tasmota.github.io/docs/MQTT/ .

| topic                           | retained | payload                                           |
|---------------------------------|----------|---------------------------------------------------|
| `tasmota/discovery/MAC/config`  | yes      | see `tasmota_parts`                               |
| `tasmota/discovery/MAC/sensors` | yes      | `{"sn": {"AM2301": {"Temperature": 21.4}}}`       |
| `cmnd/TOPIC/POWER1`             | never    | `ON`, `OFF`                                       |
| `stat/TOPIC/RESULT`             | no       | the answer, `{"POWER1": "ON"}`                    |
| `stat/TOPIC/STATUS10`           | no       | `{"StatusSNS": {…}}`, the answer to `STATUS` `10` |
| `tele/TOPIC/STATE`              | no       | `{"POWER": "ON", "Dimmer": 50, …}`, now and then  |
| `tele/TOPIC/SENSOR`             | no       | as `sn` above                                     |
| `tele/TOPIC/LWT`                | yes      | `onln` or `ofln` of the config                    |

The topics follow the full topic pattern of the device; these are those of `%prefix%/%topic%/`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from edge_agent.bus.types import Message
from edge_agent.home.conventions.tasmota_parts import (
    CMND,
    STAT,
    TELE,
    Module,
    Part,
    Wish,
    parts_of,
)
from edge_agent.home.conventions.types import (
    Ask,
    Command,
    Finding,
    Gone,
    Listen,
    Order,
    Reachable,
    Refused,
    Reported,
)
from edge_agent.home.conventions.untrusted import (
    MOST_DEVICES,
    MOST_SUBSCRIPTIONS,
    clean,
    json_object,
    mapping,
    text,
    topic,
)
from edge_agent.home.types import State

DEFAULT_DISCOVERY = "tasmota/discovery"
_USUAL = re.compile("(stat|tele)/[^/]+")
"""What the filters cover: the topics of the full topic pattern that most devices keep."""


class Tasmota:
    """Reads and drives the Tasmota devices that announce themselves."""

    name = "tasmota"

    def __init__(self, discovery: str = DEFAULT_DISCOVERY) -> None:
        """Take the topic below which devices announce themselves."""
        self._discovery = discovery
        self._modules: dict[str, Module] = {}
        self._by_topic: dict[str, Module] = {}
        self._sensors: dict[str, Mapping[str, Any]] = {}
        self._subscribed = 0

    @property
    def filters(self) -> tuple[str, ...]:
        """Return both announcements of a device, then where most say how they are."""
        announced = (f"{self._discovery}/+/{kind}" for kind in ("config", "sensors"))
        return (*announced, "stat/+/+", "tele/+/+")

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return what a discovery message, or one of a known device, tells."""
        base, _, last = message.topic.rpartition("/")
        if base.startswith(f"{self._discovery}/"):
            mac = base.removeprefix(f"{self._discovery}/")
            found = self._read_config if last == "config" else self._read_sensors
            return tuple(found(mac, message.payload))
        module = self._by_topic.get(base)
        return () if module is None else tuple(_read_module(module, base, last, message.payload))

    def order(self, key: str, wanted: State) -> Order | None:
        """Return one command a property, that for power last."""
        module, part = self._part(key)
        if module is None or part is None:
            return None
        wishes: dict[str, Wish] = {}
        for name, value in wanted.items():
            wish = part.send[name](value) if name in part.send else None
            if wish is None:
                return None
            wishes[name] = wish
        sent = {wish.command: wish.payload for _, wish in sorted(wishes.items(), key=_turn)}
        commands = tuple(Command(module.topic(CMND, name), said) for name, said in sent.items())
        reported = {name: wish.reported for name, wish in wishes.items()}
        return Order(commands, reported, (module.topic(STAT, "RESULT"),))

    def _part(self, key: str) -> tuple[Module | None, Part | None]:
        module = self._modules.get(key.removeprefix("tasmota:").partition("/")[0])
        parts = module.parts if module else ()
        return module, next((part for part in parts if part.found.key == key), None)

    def _read_config(self, mac: str, payload: bytes) -> Iterator[Finding]:
        before = self._modules.get(mac)
        config = json_object(payload) or {}
        module = Module(mac, config, sensors=self._sensors.get(mac, {}))
        if not _usable(module) or (before is None and len(self._modules) >= MOST_DEVICES):
            if before and not payload:
                yield from self._forget(before)
            return
        module.parts = parts_of(module)
        yield from self._remember(before, module)

    def _read_sensors(self, mac: str, payload: bytes) -> Iterator[Finding]:
        sensors = mapping((json_object(payload) or {}).get("sn"))
        if mac not in self._sensors and len(self._sensors) >= MOST_DEVICES:
            return
        self._sensors[mac] = sensors
        before = self._modules.get(mac)
        if before is not None:
            module = Module(mac, before.config, sensors=sensors)
            module.parts = parts_of(module)
            yield from self._remember(before, module)

    def _remember(self, before: Module | None, module: Module) -> Iterator[Finding]:
        known = {part.found.key: part.found for part in before.parts} if before else {}
        after = {part.found.key: part.found for part in module.parts}
        for key in known.keys() - after.keys():
            yield Gone(key)
        for key, found in after.items():
            if known.get(key) != found:
                yield found
            if before and key not in known and before.reachable is not None:
                yield Reachable(key, before.reachable)
        module.reachable = before.reachable if before else None
        self._modules[module.mac] = module
        moved = before is None or not _same_topics(before, module)
        if before and moved:
            self._unhear(before)
        for base in _heard_on(module):
            self._by_topic[base] = module
            if moved and not _USUAL.fullmatch(base) and self._subscribed < MOST_SUBSCRIPTIONS:
                self._subscribed += 1
                yield Listen(f"{base}/+")
        if moved:
            yield from _questions(module)

    def _unhear(self, module: Module) -> None:
        for base in _heard_on(module):
            self._by_topic.pop(base, None)

    def _forget(self, module: Module) -> Iterator[Finding]:
        del self._modules[module.mac]
        self._unhear(module)
        for part in module.parts:
            yield Gone(part.found.key)


def _turn(wish: tuple[str, Wish]) -> tuple[bool, bool]:
    """Return when a wish comes: power last, but before what has more to say by the same command."""
    return wish[1].command.startswith("POWER"), wish[0] != "state"


def _usable(module: Module) -> bool:
    """Tell whether the config names topics that exist and can be published to."""
    prefixes = module.config.get("tp")
    if not isinstance(prefixes, list) or len(prefixes) != len(("cmnd", "stat", "tele")):
        return False
    if not all(isinstance(prefix, str) for prefix in prefixes) or not clean(module.mac):
        return False
    named = topic(module.config.get("t")) is not None
    return named and all(topic(module.topic(prefix, "POWER")) for prefix in range(3))


def _read_module(module: Module, base: str, last: str, payload: bytes) -> Iterator[Finding]:
    """Read what a known device says on its stat and tele topics."""
    if last == "LWT":
        yield from _read_will(module, text(payload, 64))
        return
    said = json_object(payload) or _plain(last, payload)
    said = said | mapping(said.get("StatusSNS"))
    refusal = said.get("Command")
    for part in module.parts:
        state = part.tell(said)
        if state:
            yield Reported(part.found.key, state)
        if refusal in ("Unknown", "Error") and base == _heard_on(module)[0]:
            yield Refused(part.found.key, f"the command is {refusal} to Tasmota")


def _read_will(module: Module, word: str | None) -> Iterator[Finding]:
    """Read the last will; a device that has come back is asked how it is."""
    if word is None or word not in (module.config.get("onln"), module.config.get("ofln")):
        return
    before, module.reachable = module.reachable, word == module.config.get("onln")
    for part in module.parts:
        yield Reachable(part.found.key, module.reachable)
    if before is False and module.reachable:
        yield from _questions(module)


def _questions(module: Module) -> Iterator[Ask]:
    """Ask for the state, and for the sensors with the shutters among them."""
    yield Ask(module.topic(CMND, "STATE"), "")
    yield Ask(module.topic(CMND, "STATUS"), "10")


def _heard_on(module: Module) -> tuple[str, str]:
    return module.topic(STAT, "").rstrip("/"), module.topic(TELE, "").rstrip("/")


def _same_topics(one: Module, other: Module) -> bool:
    return _heard_on(one) == _heard_on(other)


def _plain(last: str, payload: bytes) -> dict[str, Any]:
    """Read `stat/TOPIC/POWER1` with the payload `ON`."""
    word = text(payload, 64)
    return {last: word} if word and last.startswith("POWER") else {}
