"""The long-running loop: requests come from wherever they may, one thread answers them in turn."""

import logging
import threading

from edge_agent.agent import Agent, Answer, Asked
from edge_agent.bus.types import BusError
from edge_agent.inbox import NO_HEARTBEAT, Heartbeat, Inbox
from edge_agent.model.errors import ModelError
from edge_agent.tools.journal import JournalError

_log = logging.getLogger(__name__)


def answer_all(
    agent: Agent,
    inbox: Inbox,
    stopping: threading.Event,
    heartbeat: Heartbeat = NO_HEARTBEAT,
) -> None:
    """Answer every letter in `inbox` until it is closed; `stopping` breaks off a turn under way.

    A request that cannot be answered costs only itself: its error goes where its answer would.
    """
    for letter in inbox.letters(heartbeat):
        result = _answered(agent, letter.asked, stopping)
        try:
            letter.on_answer(result)
        except BusError as error:
            _log.warning("An answer could not be given: %s", error)


def _answered(agent: Agent, asked: Asked, stopping: threading.Event) -> Answer | Exception:
    try:
        return agent.answer(asked, stopping)
    except (ModelError, JournalError) as error:
        _log.warning("A request could not be answered: %s", error)
        return error
