"""TLS to a broker: whom to believe, and who to be."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from edge_agent.bus.types import BusError


@dataclass(frozen=True)
class Tls:
    """The files of an encrypted connection, all PEM.

    `ca` signs the broker's certificate; the system's authorities do where there is none.
    `certificate` and `key` are this client's own, for a broker that asks for one.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Read the files. Raises `BusError` for one that is missing or no PEM."""
        try:
            context = ssl.create_default_context(cafile=self.ca)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except FileNotFoundError as error:
            missing = next(it for it in (self.ca, self.certificate, self.key) if _is_missing(it))
            raise BusError(f"There is no file {missing}, which TLS needs.") from error
        except (ssl.SSLError, OSError, ValueError) as error:
            files = ", ".join(str(it) for it in (self.ca, self.certificate, self.key) if it)
            raise BusError(
                f"TLS cannot use {files}: {_reason(error)}. They must be PEM files, the key without"
                " a password and fitting the certificate."
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def explained(address: object, error: ssl.SSLError) -> str:
    """Say in a sentence why the connection to `address` could not be encrypted."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The broker at {address} shows a certificate that cannot be trusted "
            f"({error.verify_message}): name the authority that signed it with `broker_tls: ca`."
        )
    if error.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF"}:
        return f"The broker at {address} does not speak TLS there: is it mqtt:// or another port?"
    return f"The connection to the broker at {address} could not be encrypted: {_reason(error)}."


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error).lower().replace("_", " ")


def _is_missing(path: Path | None) -> bool:
    return path is not None and not path.exists()


def _no_password() -> str:
    """Refuse a key with a password: there is nobody to ask for it."""
    return ""
