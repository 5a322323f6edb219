"""What was asked of a broker and is not answered yet, by packet number."""

import threading
from concurrent.futures import Future
from typing import Generic, TypeVar

from edge_agent.bus.types import BusError

Answer = TypeVar("Answer")


class Acknowledgements(Generic[Answer]):
    """Brings packets and their acknowledgements together, in whichever order they come.

    The network thread may have the answer to a packet before the thread that sent it knows the
    packet's number: the library calls back with its own locks held, so that none of ours can be
    held while it sends. Such an early answer is kept until it is asked for.
    """

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Answer]] = {}
        self._early: dict[int, Answer | BusError] = {}
        self._ended: BusError | None = None

    @property
    def ended(self) -> bool:
        """Tell whether no answer can come any more."""
        return self._ended is not None

    def of(self, number: int) -> Future[Answer]:
        """Return what the answer to packet `number` settles."""
        answer: Future[Answer] = Future()
        with self._lock:
            if number in self._early:
                settle(answer, self._early.pop(number))
            elif self._ended is not None:
                answer.set_exception(self._ended)
            else:
                self._waiting[number] = answer
        return answer

    def arrived(self, number: int, what: Answer | BusError) -> None:
        """Settle packet `number`."""
        with self._lock:
            answer = self._waiting.pop(number, None)
            if answer is None:
                self._early[number] = what
                return
        settle(answer, what)

    def end(self, why: BusError) -> None:
        """Fail all that waits, and all that will be asked for: the connection is over."""
        with self._lock:
            self._ended = self._ended or why
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            settle(answer, why)


def settle(answer: Future[Answer], what: Answer | BusError) -> None:
    """Give a future its result or its error, unless it has one."""
    if answer.done():
        return
    if isinstance(what, BusError):
        answer.set_exception(what)
    else:
        answer.set_result(what)
