"""Asking the camera the same thing again and again, and telling when the answer changes."""

import logging
import threading
from collections.abc import Callable

from edge_agent.eyes import Eyes, Sight
from edge_agent.senses.seeing.frame import SightError

_log = logging.getLogger(__name__)


def watch(
    eyes: Eyes,
    question: str,
    every: float,
    stopping: threading.Event,
    on_change: Callable[[Sight], None],
) -> None:
    """Ask `question` every so many seconds until `stopping` is set.

    Where nothing is to be seen that was not there before, the model is not asked. The first answer
    counts as a change. A camera that shows nothing is told of once, and waited for. Raises
    `ModelError`.
    """
    before: str | None = None
    complaint = ""
    while not stopping.is_set():
        try:
            if before is None or _something_changed(eyes, every):
                sight = eyes.look(question, every, stopping)
                if sight.reply.finish != "cancelled" and sight.reply.text != before:
                    before = sight.reply.text
                    on_change(sight)
            complaint = ""
        except SightError as error:
            if not complaint:
                complaint = str(error)
                _log.warning("%s", complaint)
        stopping.wait(every)


def _something_changed(eyes: Eyes, seconds: float) -> bool:
    """Tell whether a frame of the last `seconds`, and one more to be sure, shows something new."""
    return eyes.camera is None or any(f.changed for f in eyes.camera.last(seconds + 1))
