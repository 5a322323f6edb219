"""Where a broker is: `mqtt://[USER:PASSWORD@]HOST[:PORT]`, or `mqtts://…` over TLS."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from edge_agent.bus.tls import Tls
from edge_agent.bus.types import AddressError

DEFAULT_PORT = 1883
DEFAULT_TLS_PORT = 8883
_FORM = "write it as mqtt://HOST:PORT or mqtt://USER:PASSWORD@HOST:PORT, over TLS mqtts://"


@dataclass(frozen=True)
class BrokerAddress:
    """A broker's host and port, and who to be there. The password never shows in text.

    `mqtt_5` is False for a broker that is known to speak only MQTT 3.1.1; `tls` is None where the
    connection is not encrypted.
    """

    host: str
    port: int = DEFAULT_PORT
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    mqtt_5: bool = True
    tls: Tls | None = None

    @classmethod
    def parse(cls, text: str, tls: Tls | None = None) -> "BrokerAddress":
        """Read an address; `%40` and the like in user and password stand for what they encode.

        `tls` are the files for an address that begins with `mqtts://`.

        Raises `AddressError` with what is wrong, never quoting the part that may hold a password.
        """
        try:
            url = urlsplit(text.strip())
            encrypted = url.scheme == "mqtts"
            usual = DEFAULT_TLS_PORT if encrypted else DEFAULT_PORT
            port = usual if url.port is None else url.port
            host = url.hostname
        except ValueError as error:
            raise AddressError(
                f"The broker's address has no valid host or port: {_FORM}."
            ) from error
        if url.scheme in {"ssl", "ws", "wss"}:
            raise AddressError(f"A broker over {url.scheme}:// is not supported: {_FORM}.")
        if url.scheme not in {"mqtt", "mqtts"} or not host or port == 0:
            raise AddressError(f"{_shown(text)} is no broker's address: {_FORM}.")
        if url.path.strip("/") or url.query or url.fragment:
            raise AddressError(f"A broker's address ends after the port: {_FORM}.")
        if url.password is not None and not url.username:
            raise AddressError(f"The broker's address has a password without a user: {_FORM}.")
        if tls is not None and not encrypted:
            raise AddressError(
                f"Files for TLS are given, but {_shown(text)} is no mqtts:// address."
            )
        secure = (tls or Tls()) if encrypted else None
        return cls(host, port, *_credentials(url), tls=secure)

    def __str__(self) -> str:
        """Return `HOST:PORT`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _credentials(url: SplitResult) -> tuple[str | None, str | None]:
    user = unquote(url.username) if url.username else None
    password = unquote(url.password) if url.password is not None else None
    return user, password


def _shown(text: str) -> str:
    return f"'{text.rpartition('@')[2]}'"
