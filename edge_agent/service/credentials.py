"""The broker's password, handed over by systemd: in no file that the service can read later.

Source: systemd.exec(5), `LoadCredential=`: each credential is a file in `$CREDENTIALS_DIRECTORY`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from edge_agent.configuration import Configuration

PASSWORD = "mqtt-password"  # noqa: S105 - the credential's name


def with_credentials(
    configuration: Configuration, environment: Mapping[str, str] = os.environ
) -> Configuration:
    """Put the password that systemd hands over into the broker's address.

    An address that has a password already, or names no user, stays as it is.
    """
    password = _read_credential(PASSWORD, environment)
    if not password or configuration.broker is None:
        return configuration
    user, at, host = urlsplit(configuration.broker).netloc.rpartition("@")
    if not at or ":" in user:
        return configuration
    with_password = configuration.broker.replace(
        f"{user}@{host}", f"{user}:{quote(password, safe='')}@{host}", 1
    )
    return configuration.model_copy(update={"broker": with_password})


def _read_credential(name: str, environment: Mapping[str, str]) -> str | None:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        return (Path(folder) / name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None
