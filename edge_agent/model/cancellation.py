"""How a turn of the model is broken off from another thread."""

import threading

from edge_agent.model.compiled_model import CancelFlag


class Cancellation(threading.Event):
    """An event that a running model looks at too, some hundred times a run.

    Set, it breaks off a long prefill within milliseconds; a plain `threading.Event` is looked at
    between two runs only.
    """

    def __init__(self) -> None:
        """Start unset."""
        super().__init__()
        self.flag = CancelFlag()

    def set(self) -> None:
        """Break off the turn that this was given to."""
        self.flag.set()
        super().set()

    def clear(self) -> None:
        """Let the next turn go on."""
        self.flag.clear()
        super().clear()


def flag_of(cancel: threading.Event | None) -> CancelFlag:
    """Return what the model looks at: one that is never set for an event that it cannot see."""
    return cancel.flag if isinstance(cancel, Cancellation) else CancelFlag()
