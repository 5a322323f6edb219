"""From discovery topics and payloads to the components that they announce.

| topic                                   | payload                                            |
|-----------------------------------------|----------------------------------------------------|
| `PREFIX/COMPONENT/[NODE/]OBJECT/config` | one component, with its `device`                   |
| `PREFIX/device/[NODE/]ID/config`        | `{"dev": {…}, "cmps": {"ID": {"p": "light", …}}}`  |

An empty payload, and in `cmps` an entry with nothing but `p`, takes a component back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.home.conventions.home_assistant.abbreviations import expand
from edge_agent.home.conventions.home_assistant.components import COMPONENTS, SENSORS
from edge_agent.home.conventions.home_assistant.config import Config
from edge_agent.home.conventions.home_assistant.entity import Entity, Reading
from edge_agent.home.conventions.untrusted import clean, identifier, mapping, string, topic

_MOST_COMPONENTS = 128
_MOST_TOPICS = 16
_NOT_FOR_PEOPLE = {"config", "diagnostic"}
"""Entity categories of settings and of the device's own health."""


@dataclass(frozen=True)
class Availability:
    """A topic on which a device says that it can be reached, and the words for it."""

    topic: str
    template: str
    available: str
    not_available: str


@dataclass(frozen=True)
class Announced:
    """A component: what drives it (`entity`) or what it measures (`readings`), and whose it is."""

    path: str
    device: str
    device_name: str
    name: str
    area: str
    device_class: str
    identifiers: frozenset[str]
    availability: tuple[Availability, ...]
    availability_mode: str
    entity: Entity | None
    readings: tuple[Reading, ...]


def components_of(path: str, payload: Mapping[str, Any]) -> Iterator[Announced]:
    """Return what a payload announces; `path` is its topic without prefix and `/config`."""
    config = expand(payload)
    component, _, rest = path.partition("/")
    if component != "device":
        announced = _announced(path, component, config)
        if announced:
            yield announced
        return
    shared = {key: value for key, value in config.items() if key != "components"}
    for name, entry in list(mapping(config.get("components")).items())[:_MOST_COMPONENTS]:
        own = expand({"~": payload.get("~"), **mapping(entry)})
        platform = string(own.get("platform"))
        if set(mapping(entry)) <= {"p", "platform"}:
            continue
        merged = {**shared, **own, "device": config["device"]}
        announced = _announced(f"device/{rest}/{clean(name)}", platform, merged)
        if announced:
            yield announced


def _announced(path: str, component: str, config: dict[str, Any]) -> Announced | None:
    own = Config(config)
    category = own.text("entity_category")
    if config.get("enabled_by_default") is False:
        return None
    entity: Entity | None = None
    readings: tuple[Reading, ...] = ()
    device_class = identifier(config.get("device_class"))
    if component in COMPONENTS and category not in _NOT_FOR_PEOPLE:
        entity = COMPONENTS[component](own)
    elif component in SENSORS and (category not in _NOT_FOR_PEOPLE or device_class == "battery"):
        readings = SENSORS[component](own, _measured(path, config, device_class))
    if entity is None and not readings:
        return None
    device = Config(config["device"])
    identifiers = _identifiers(device)
    return Announced(
        path=path,
        device=min(identifiers, default=f":{path}").partition(":")[2],
        device_name=clean(device.values.get("name")),
        name=clean(config.get("name")),
        area=clean(device.values.get("suggested_area")),
        device_class=(entity and entity.device_class) or device_class,
        identifiers=identifiers,
        availability=_availability(own),
        availability_mode=own.text("availability_mode", "latest"),
        entity=entity,
        readings=readings,
    )


def _measured(path: str, config: dict[str, Any], device_class: str) -> str:
    """Return the name of what is measured: its class, numbered where its name is (`power_2`)."""
    own = identifier(config.get("name")) or identifier(path.rpartition("/")[2])
    number = own.rpartition("_")[2]
    if not device_class:
        return own
    return f"{device_class}_{number}" if number.isdecimal() else device_class


def _identifiers(device: Config) -> frozenset[str]:
    """Return the identifiers of a device, with MAC and IEEE addresses in one form for all."""
    listed = device.values.get("identifiers")
    written = [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []
    usable = [value for value in map(topic, written[:_MOST_TOPICS]) if value]
    found = {f"id:{value}" for value in usable}
    found |= {f"ieee:{address}" for value in usable if (address := _ieee(value))}
    connections = device.values.get("connections")
    for pair in connections[:_MOST_TOPICS] if isinstance(connections, list) else []:
        match pair:
            case ["mac", str(mac)]:
                found.add(f"mac:{identifier(mac).replace('_', '')}")
    return frozenset(found)


def _ieee(value: str) -> str:
    """Return the address in `zigbee2mqtt_0x00158d00018255df`."""
    address = value.rpartition("_")[2].lower()
    digits = address.removeprefix("0x")
    whole = address.startswith("0x") and len(digits) == len("00158d00018255df")
    return address if whole and all(digit in "0123456789abcdef" for digit in digits) else ""


def _availability(config: Config) -> tuple[Availability, ...]:
    listed = config.values.get("availability")
    entries = [Config(e) for e in listed[:_MOST_TOPICS]] if isinstance(listed, list) else []
    if config.topic("availability_topic"):
        single = {
            "topic": config.values["availability_topic"],
            "value_template": config.values.get("availability_template"),
            "payload_available": config.text("payload_available", "online"),
            "payload_not_available": config.text("payload_not_available", "offline"),
        }
        entries = [Config(single)]
    return tuple(
        Availability(
            entry.topic("topic"),
            string(entry.values.get("value_template")),
            entry.text("payload_available", "online"),
            entry.text("payload_not_available", "offline"),
        )
        for entry in entries
        if topic(entry.values.get("topic"))
    )
