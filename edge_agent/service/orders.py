"""What the system orders a running agent to do, by signals: end, or read its settings again."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType

from edge_agent.loop import Loop

_log = logging.getLogger(__name__)

_ENDS_WITHIN_S = 1.8
"""What hangs in a library after that is left behind. The journal knows of every action, and the
next start says what became of them."""


class Orders:
    """Hears signals in the main thread, and has the loop of another one end.

    SIGTERM and SIGINT end the program. SIGHUP has the loop end, too, so that whoever runs it can
    start one with new settings; `on_reload` is called for it, and returns False if it cannot be.
    """

    def __init__(self, on_end: Callable[[], None], on_reload: Callable[[], bool]) -> None:
        """Take signals from now on. `on_end` is called once, when the end begins."""
        self.ended = False
        self._on_end = on_end
        self._on_reload = on_reload
        self._loop: Loop | None = None
        self._reload_waits = False
        self._woken, self._waker = socket.socketpair()
        self._waker.settimeout(0)
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGHUP, self._reload)

    def follow(self, loop: Loop | None) -> None:
        """Have orders go to `loop`; one that came before it did is obeyed at once."""
        self._loop = loop
        if loop is not None and (self.ended or self._reload_waits):
            self._reload_waits = False
            loop.stop()

    def obey_until(self, over: Future[None]) -> None:
        """Wait in the main thread, obeying orders meanwhile; raise what `over` ends with.

        A signal may come to any thread, and wakes only that one: it is waited for on a socket.
        """
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        over.add_done_callback(lambda _over: self._waker.send(b"\0"))
        while not over.done():
            self._woken.recv(64)
        over.result()

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        if self.ended:
            return
        self.ended = True
        last = threading.Timer(_ENDS_WITHIN_S, _leave)
        last.daemon = True
        last.start()
        self._on_end()
        if self._loop is not None:
            self._loop.stop()

    def _reload(self, _signal: int, _frame: FrameType | None) -> None:
        if self.ended or not self._on_reload():
            return
        if self._loop is None:
            self._reload_waits = True
        else:
            self._loop.stop()


def _leave() -> None:
    _log.warning("Something did not end in time, and is left behind.")
    os._exit(0)
