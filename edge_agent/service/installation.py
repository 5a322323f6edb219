"""What installing and removing the service takes, as a list of steps that can be shown first."""

import grp
import os
import sys
from pathlib import Path

from edge_agent.bus.address import BrokerAddress
from edge_agent.configuration import Configuration, default_model
from edge_agent.service.credentials import CREDENTIALS
from edge_agent.service.memory_limits import memory_limits
from edge_agent.service.steps import (
    AddUser,
    KeepSecret,
    Remove,
    RemoveUser,
    Run,
    ServiceError,
    Step,
    WriteFile,
)
from edge_agent.service.systemctl import service_status
from edge_agent.service.unit import GROUPS, UNIT, USER, Machine, drop_in, unit_text

SETTINGS = Path("/etc/edge-agent/agent.yaml")
_UNIT_FILE = Path("/etc/systemd/system") / UNIT
_DROP_IN = _UNIT_FILE.with_suffix(".service.d") / "machine.conf"
_SECRETS = SETTINGS.parent
_DATA = (Path("/var/lib") / USER, Path("/var/cache") / USER, SETTINGS.parent)

FIRST_SETTINGS = """\
# The settings of the agent that runs as a service. After a change:
#   sudo edge-agent service install     (memory and network are sized from what stands here)
# Paths are taken from this folder.
node: agent
# model: /var/lib/edge-agent/models/gemma-4-E2B-it.litertlm
# home: home.yaml
# The broker's user and password go into the files mqtt-user and mqtt-password beside this one, and
# the key to this agent's certificate into mqtt-key (docs/service.md).
# broker: mqtt://127.0.0.1:1883
# Where devices announce themselves, if not where they usually do:
# discovery:
#   zigbee2mqtt: [zigbee2mqtt]        (base topic, or several)
#   home_assistant: homeassistant     (discovery prefix)
#   tasmota: tasmota/discovery
#   homie: homie
"""


def installation(
    configuration: Configuration, settings: Path = SETTINGS, *, start: bool = True
) -> tuple[Step, ...]:
    """Return the steps that install the service, or bring an installed one up to date."""
    units = (
        WriteFile(_UNIT_FILE, unit_text()),
        WriteFile(_DROP_IN, drop_in(this_machine(configuration, settings))),
    )
    changed = any(file.needed() for file in units)
    verb = "restart" if changed else "start"
    return (
        AddUser(USER),
        WriteFile(settings, FIRST_SETTINGS, keep=True),
        *(KeepSecret(_SECRETS / name) for name in CREDENTIALS),
        *units,
        *((Run(("systemctl", "daemon-reload")),) if changed else ()),
        Run(("systemctl", "enable", "--quiet", UNIT)),
        *((Run(("systemctl", verb, UNIT)),) if start else ()),
    )


def removal(*, purge: bool) -> tuple[Step, ...]:
    """Return the steps that remove the service.

    `purge` removes its settings, journal, models, caches and user as well.
    """
    stop: tuple[Step, ...] = (
        (Run(("systemctl", "disable", "--now", "--quiet", UNIT)),) if _UNIT_FILE.exists() else ()
    )
    files = (Remove(_DROP_IN.parent), Remove(_UNIT_FILE))
    forget: tuple[Step, ...] = (
        Run(("systemctl", "daemon-reload")),
        *((Run(("systemctl", "reset-failed", UNIT)),) if _has_failed() else ()),
    )
    data: tuple[Step, ...] = (*map(Remove, _DATA), RemoveUser(USER)) if purge else ()
    return (*stop, *files, *forget, *data)


def perform(steps: tuple[Step, ...]) -> None:
    """Do what is left to be done, in order; raises `ServiceError`."""
    if os.geteuid() != 0:
        raise ServiceError("This changes the system: run it with sudo.")
    for step in steps:
        if step.needed():
            step.perform()


def this_machine(configuration: Configuration, settings: Path) -> Machine:
    """Find out what the unit must know of this machine; raises `ServiceError`."""
    model = configuration.model or default_model()
    try:
        model_bytes = model.stat().st_size
    except OSError as error:
        raise ServiceError(f"The model {model} cannot be read: {error.strerror}.") from error
    host = None if configuration.broker is None else BrokerAddress.parse(configuration.broker).host
    data = (settings, model, configuration.home, Path(sys.prefix), Path(__file__).parents[2])
    return Machine(
        program=_program(),
        configuration=settings.absolute(),
        needed_paths=tuple(path.absolute() for path in data if path is not None),
        broker_host=host,
        groups=tuple(filter(_group_exists, GROUPS)),
        encrypted=tuple(filter(Path.exists, (_SECRETS / f"{it}.cred" for it in CREDENTIALS))),
        memory=memory_limits(model_bytes, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")),
    )


def _has_failed() -> bool:
    """Tell whether systemd remembers a failure, which outlives the unit's file."""
    try:
        return service_status().state == "failed"
    except ServiceError:
        return False


def _program() -> Path:
    program = Path(sys.prefix) / "bin" / "edge-agent"
    if not program.exists():
        raise ServiceError(f"{program} is missing: install edge-agent with pip into {sys.prefix}.")
    return program


def _group_exists(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True
