"""The life of the service: installed, commanded, killed, hung, and removed without a trace."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

from tools.boot.debian import PROGRAM
from tools.boot.machine import Machine

_UNIT = "edge-agent.service"
_STARTED = r"^Started "
_PASSWORD = "a secret of the house"  # noqa: S105 - of a broker that lives for a minute
_SETTINGS = """\
node: agent
home: home.yaml
broker: mqtt://anna@127.0.0.1:1883
simulate: true
"""
_HOME = """\
devices:
  - {id: lamp, name: lamp, area: study, kind: light, can: [on_off]}
"""
_WATCHDOG_SECONDS = 4
_WATCHED = "/etc /var/lib /var/cache /home /root /usr/lib/systemd"

Tell = Callable[[str, str], None]


def show_life(machine: Machine, model: Path | None, tell: Tell) -> None:
    """Go through it, telling what is seen; raises `RuntimeError` where it goes another way."""
    before = _traces(machine)
    _prepare(machine, model)
    _install(machine, tell)
    _command(machine, tell)
    _reload(machine, tell)
    _kill(machine, tell)
    _hang(machine, tell)
    _uninstall(machine, before, tell)


def _prepare(machine: Machine, model: Path | None) -> None:
    """Put a broker with a password there, and the settings of a user."""
    settings = _SETTINGS + (f"model: {model}\n" if model else "")
    machine.run(
        f"mkdir -p /run/broker && mosquitto_passwd -b -c /run/broker/users anna '{_PASSWORD}'"
        " && chown -R mosquitto /run/broker"
        " && printf 'listener 1883 127.0.0.1\\npassword_file /run/broker/users\\n'"
        " > /run/broker/conf"
        " && systemd-run -q --unit=broker --uid=mosquitto mosquitto -c /run/broker/conf"
    )
    machine.run(
        "mkdir -p /etc/edge-agent && cd /etc/edge-agent"
        f" && cat > agent.yaml <<'E'\n{settings}E\ncat > home.yaml <<'E'\n{_HOME}E\n"
        f"umask 077 && printf '%s\\n' '{_PASSWORD}' > mqtt-password"
    )


def _install(machine: Machine, tell: Tell) -> None:
    tell("dry run", machine.run(f"{PROGRAM} service install --dry-run"))
    with machine.journal() as journal:
        began = time.monotonic()
        machine.run(f"{PROGRAM} service install")
        journal.until(_STARTED)
        tell("started", f"ready after {time.monotonic() - began:.1f} s")
    first = _pid(machine)
    tell("again", machine.run(f"{PROGRAM} service install"))
    _expect(_pid(machine) == first, "installing twice restarted the service")
    tell("status", machine.run(f"{PROGRAM} service status"))
    wanted = "^(Uid|Groups|CapEff|CapBnd|NoNewPrivs|Seccomp|VmRSS|Threads)"
    tell("confined", machine.run(f"grep -E '{wanted}' /proc/{first}/status"))
    tell("exposure", machine.run(f"systemd-analyze security --no-pager {_UNIT} | grep Overall"))


def _command(machine: Machine, tell: Tell) -> None:
    """Ask over MQTT. That it answers shows that the password came through too."""
    client = f"-h 127.0.0.1 -u anna -P '{_PASSWORD}'"
    answer = machine.run(
        f"mosquitto_sub {client} -C 1 -W 60 -t edge_agent/agent/answer & sleep 1;"
        f" mosquitto_pub {client} -t edge_agent/agent/ask -m 'turn on the lamp'; wait"
    )
    said = json.loads(answer)
    outcomes = [outcome["status"] for outcome in said.get("outcomes", ())]
    took = said.get("timings", {}).get("total_ms")
    tell("commanded", f"'turn on the lamp': {said['reply'][:60]!r}, {outcomes}, {took} ms")


def _reload(machine: Machine, tell: Tell) -> None:
    """Have it read its settings again, as the same process, and then wrong ones."""
    running = _pid(machine)
    with machine.journal() as journal:
        machine.run(f"systemctl reload {_UNIT}")
        told = journal.until(r"^Ready: ")
        machine.run("echo 'nodes: wrong' >> /etc/edge-agent/agent.yaml")
        machine.run(f"systemctl reload {_UNIT}")
        told += journal.until(r"settings are not taken")
    tell("reloaded", "\n".join(told))
    _expect(_pid(machine) == running, "reading the settings again took another process")
    machine.run("sed -i '/^nodes/d' /etc/edge-agent/agent.yaml")
    _command(machine, tell)


def _kill(machine: Machine, tell: Tell) -> None:
    killed = _pid(machine)
    with machine.journal() as journal:
        machine.run(f"kill -9 {killed}")
        tell("killed -9", "\n".join(journal.until(_STARTED)))
    _expect(_pid(machine) not in {0, killed}, "it was not restarted after kill -9")
    _command(machine, tell)


def _hang(machine: Machine, tell: Tell) -> None:
    """Give it a short watchdog, see it live through three of them idle, and then hang."""
    folder = f"/run/systemd/system/{_UNIT}.d"
    machine.run(
        f"mkdir -p {folder} && printf '[Service]\\nWatchdogSec={_WATCHDOG_SECONDS}\\n'"
        f" > {folder}/short.conf && systemctl daemon-reload && systemctl restart {_UNIT}"
    )
    idle = _pid(machine)
    machine.run(f"sleep {3 * _WATCHDOG_SECONDS}")
    _expect(_pid(machine) == idle, "the watchdog ended a healthy, idle service")
    tell("idle", f"{3 * _WATCHDOG_SECONDS} s under a watchdog of {_WATCHDOG_SECONDS} s: lives")
    with machine.journal() as journal:
        machine.run(f"kill -STOP {idle}")
        tell("hung", "\n".join(journal.until(_STARTED)))
    _expect(_pid(machine) not in {0, idle}, "the watchdog did not restart it")
    _command(machine, tell)
    machine.run(f"rm -r {folder} && systemctl daemon-reload")


def _uninstall(machine: Machine, before: set[str], tell: Tell) -> None:
    began = time.monotonic()
    machine.run(f"systemctl stop {_UNIT}")
    tell("stopped", f"after {time.monotonic() - began:.1f} s")
    result = machine.run(f"systemctl show -p Result --value {_UNIT}")
    _expect(result == "success", f"stopping it ended in {result}")
    tell("uninstall", machine.run(f"{PROGRAM} service uninstall --purge"))
    machine.run("systemctl stop broker && rm -r /run/broker")
    left = _traces(machine) - before
    tell("left over", "\n".join(sorted(left)) or "nothing")
    _expect(not left, "the service left traces")


def _traces(machine: Machine) -> set[str]:
    """Return every file where a service could leave something, the users, and the units."""
    files = machine.run(f"find {_WATCHED} -xdev -not -path '*/.cache/*'").splitlines()
    users = machine.run("cut -d: -f1 /etc/passwd /etc/group").splitlines()
    units = machine.run("systemctl list-units --all --plain --no-legend 'edge-agent*'")
    return {*files, *users, *units.splitlines()}


def _pid(machine: Machine) -> int:
    shown = machine.run(f"systemctl show -p MainPID --value {_UNIT}")
    return int(shown) if re.fullmatch(r"\d+", shown) else 0


def _expect(true: bool, otherwise: str) -> None:  # noqa: FBT001 - a check reads like a sentence
    if not true:
        raise RuntimeError(otherwise)
