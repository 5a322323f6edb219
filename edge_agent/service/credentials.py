"""The broker's user and password, and this agent's key: in no file that anybody else can read.

They come from the environment (`EDGE_AGENT_MQTT_USER`, `EDGE_AGENT_MQTT_PASSWORD`), or are handed
over by systemd: each credential (`mqtt-user`, `mqtt-password`, `mqtt-key`) is a file in
`$CREDENTIALS_DIRECTORY`, a blank one where there is none. Source: systemd.exec(5),
`LoadCredential=` and `SetCredential=`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from edge_agent.configuration import BrokerTls, Configuration

CREDENTIALS = ("mqtt-user", "mqtt-password", "mqtt-key")
_VARIABLE = "EDGE_AGENT_MQTT_"


def with_credentials(
    configuration: Configuration, environment: Mapping[str, str] = os.environ
) -> Configuration:
    """Put what is handed over into the broker's address and the files for TLS.

    What the configuration itself says stays as it is.
    """
    if configuration.broker is None:
        return configuration
    changed: dict[str, object] = {"broker": _with_user(configuration.broker, environment)}
    tls, key = configuration.broker_tls or BrokerTls(), _credential_file("mqtt-key", environment)
    if tls.certificate is not None and tls.key is None and key is not None:
        changed["broker_tls"] = tls.model_copy(update={"key": key})
    return configuration.model_copy(update=changed)


def _with_user(broker: str, environment: Mapping[str, str]) -> str:
    """Return the address with user and password, as far as it has none of its own."""
    written, at, host = urlsplit(broker).netloc.rpartition("@")
    user, colon, _ = written.partition(":")
    user = user or quote(_secret("user", environment), safe="")
    password = quote(_secret("password", environment), safe="")
    if colon or not user or not (at or _secret("user", environment)):
        return broker
    who = f"{user}:{password}" if password else user
    return broker.replace(f"{written}{at}{host}", f"{who}@{host}", 1)


def _secret(name: str, environment: Mapping[str, str]) -> str:
    given = environment.get(f"{_VARIABLE}{name.upper()}")
    file = _credential_file(f"mqtt-{name}", environment)
    if given or file is None:
        return given or ""
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return ""


def _credential_file(name: str, environment: Mapping[str, str]) -> Path | None:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    file = Path(folder) / name if folder else None
    try:
        return file if file and file.read_bytes().strip() else None
    except OSError:
        return None
