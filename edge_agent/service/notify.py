"""What the agent tells systemd of itself: datagrams to the socket that systemd names.

Source: the manual pages sd_notify(3) and sd_watchdog_enabled(3).
"""

import os
import socket
import time
from collections.abc import Mapping

_BEATS_PER_WATCHDOG = 3  # so that one late beat is no reason to be killed


class Notifier:
    """Tells systemd how the agent is; says nothing where nobody listens.

    `beat_seconds` is how often `alive` must be called, None where there is no watchdog. Whoever
    does the work calls it, so that a thread that hangs is noticed.
    """

    def __init__(self, socket_address: str | None, watchdog_seconds: float | None = None) -> None:
        """Send to the unix socket at `socket_address`; `@` in front means an abstract one."""
        self.beat_seconds = watchdog_seconds / _BEATS_PER_WATCHDOG if watchdog_seconds else None
        self._address = socket_address
        self._socket: socket.socket | None = None
        if socket_address:
            self._address = socket_address.replace("@", "\0", 1)
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.settimeout(0)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Notifier":
        """Read what systemd put into the environment of the process that it started."""
        meant_for = environment.get("WATCHDOG_PID")
        microseconds = environment.get("WATCHDOG_USEC", "")
        watched = microseconds.isdecimal() and meant_for in {None, str(os.getpid())}
        return cls(environment.get("NOTIFY_SOCKET"), int(microseconds) / 1e6 if watched else None)

    def ready(self, status: str) -> None:
        """Say that requests are answered from now on."""
        self._send(f"READY=1\nSTATUS={_line(status)}")

    def reloading(self) -> None:
        """Say that settings are being read again; `ready` follows."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def status(self, status: str) -> None:
        """Say in a sentence what is being done; `systemctl status` shows it."""
        self._send(f"STATUS={_line(status)}")

    def alive(self) -> None:
        """Say that work goes on."""
        if self.beat_seconds is not None:
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._send("STOPPING=1\nSTATUS=Stopping")

    def close(self) -> None:
        """Close the socket; a second call does nothing."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        if self._socket is None or self._address is None:
            return
        try:
            self._socket.sendto(message.encode(), self._address)
        except OSError:
            return  # systemd is restarting itself, or busy: the next beat follows


def _line(text: str) -> str:
    return " ".join(text.split())
