"""Who is told what the agent does: its states, in order, from a thread that may wait."""

import queue
import threading
from collections.abc import Callable
from typing import Self

from edge_agent.states import State


class StateReports:
    """Tells every new state to some, so that the threads of which it tells need not wait."""

    def __init__(self, *tell: Callable[[State], None]) -> None:
        """Call each of `tell` with each state."""
        self._tell = tell
        self._states: queue.SimpleQueue[State | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._report, name="state-reports", daemon=True)

    def take(self, state: State) -> None:
        """Take the next state. Never waits."""
        self._states.put(state)

    def __enter__(self) -> Self:
        """Begin to tell."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell what is still to be told, and end."""
        self._states.put(None)
        self._thread.join()

    def _report(self) -> None:
        for state in iter(self._states.get, None):
            for tell in self._tell:
                tell(state)
