"""A connection that is lost is made again, with growing, jittered pauses."""

import logging
import random
import threading
import time
from collections.abc import Callable

from edge_agent.bus.types import BusError

_log = logging.getLogger(__name__)

_AT_LEAST_S = 0.25
_AT_MOST_S = 30.0
_LASTING_S = 10.0
_SUSPICIOUS = 4
"""After how many connections in a row that did not last somebody is told."""


class Reconnecting:
    """A thread that makes a connection whenever there is none, until it is closed.

    The pause grows from one attempt to the next, and from one connection to the next where they do
    not last.
    """

    def __init__(
        self,
        connect: Callable[[], None],
        connected: Callable[[], bool],
        short_lived: Callable[[], None],
    ) -> None:
        """Take how to `connect`, which raises `BusError` or `TimeoutError`.

        `connected` tells whether that is needed, and `short_lived` is called when several
        connections in a row have not lasted.
        """
        self._connect = connect
        self._connected = connected
        self._short_lived = short_lived
        self._lost = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bus-keeper", daemon=True)

    @property
    def closing(self) -> bool:
        """Tell whether connections that end now are meant to."""
        return self._closing.is_set()

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def lost(self) -> None:
        """Say that there may be no connection any more."""
        self._lost.set()

    def close(self) -> None:
        """Make no more connections."""
        self._closing.set()
        self._lost.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause, in_a_row = _AT_LEAST_S, 0
        since = time.monotonic()
        while not self._closing.is_set():
            self._lost.wait()
            self._lost.clear()
            lasted = time.monotonic() - since > _LASTING_S
            in_a_row = 0 if lasted else in_a_row + 1
            pause = _AT_LEAST_S if lasted else pause
            if in_a_row == _SUSPICIOUS:
                self._short_lived()
            while not self._connected():
                if self._closing.wait(pause * random.uniform(0.5, 1.0)):  # noqa: S311 - no secret
                    return
                pause = min(2 * pause, _AT_MOST_S)
                try:
                    self._connect()
                except (BusError, TimeoutError) as error:
                    _log.info("%s Trying again in %.1f s at most.", error, pause)
            since = time.monotonic()
