"""What the agent is doing, as one word, out of what its threads say that they are doing."""

import threading
from collections.abc import Callable
from enum import StrEnum


class State(StrEnum):
    """What the agent is doing."""

    IDLE = "idle"
    LISTENING = "listening"
    """Somebody has called it, and it hears what they say."""
    THINKING = "thinking"
    ACTING = "acting"
    """It has told devices what to do, and waits until they have confirmed."""
    SPEAKING = "speaking"
    MUTED = "muted"
    """It is doing nothing, and hears nothing either."""


_SHOWN_FIRST = (State.ACTING, State.THINKING, State.LISTENING, State.SPEAKING, State.MUTED)
"""Which of the things that go on at once is shown."""


class States:
    """Gathers what goes on. Threads share it."""

    def __init__(self, on_change: Callable[[State], None] = lambda _state: None) -> None:
        """Begin idle. `on_change` is given each new state in order, and must not wait."""
        self._on_change = on_change
        self._going_on: set[State] = set()
        self._shown = State.IDLE
        self._changing = threading.Lock()

    @property
    def now(self) -> State:
        """Return what the agent is doing now."""
        return self._shown

    def begin(self, state: State) -> None:
        """Say that something goes on; once is enough."""
        with self._changing:
            self._going_on.add(state)
            self._show()

    def end(self, *states: State) -> None:
        """Say that they go on no more."""
        with self._changing:
            self._going_on.difference_update(states)
            self._show()

    def turn_into(self, before: State, after: State) -> None:
        """Say that one thing has led to another."""
        with self._changing:
            self._going_on.discard(before)
            self._going_on.add(after)
            self._show()

    def _show(self) -> None:
        shown = next((it for it in _SHOWN_FIRST if it in self._going_on), State.IDLE)
        if shown is not self._shown:
            self._shown = shown
            self._on_change(shown)
