"""An agent that stays: it answers, wherever a request comes from, until it is stopped."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from edge_agent.asks import take_asks
from edge_agent.assembly import Parts, Tell, assembled, opened_journal
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.configuration import Configuration
from edge_agent.ears_and_mouth import EarsAndMouth, ears_and_mouth
from edge_agent.inbox import NO_HEARTBEAT, Heartbeat, Inbox
from edge_agent.loop import Loop
from edge_agent.presence import Presence
from edge_agent.state_reports import StateReports
from edge_agent.states import State, States
from edge_agent.strain import StrainWatch
from edge_agent.tools.journal import Journal, JournalError
from edge_agent.voice_requests import OnAnswer, not_shown

_log = logging.getLogger(__name__)

_MUTED = "muted"
"""What the journal remembers, so that no crash and no update unmutes a room."""


@dataclass(frozen=True)
class Resident:
    """An agent that is ready: `loop.run()` answers what is put into `inbox`."""

    loop: Loop
    inbox: Inbox
    sound: EarsAndMouth
    broker: str


@contextmanager
def resident(
    configuration: Configuration,
    tell: Tell,
    heartbeat: Heartbeat = NO_HEARTBEAT,
    on_state: Callable[[State], None] = lambda _state: None,
    show: OnAnswer = not_shown,
) -> Iterator[Resident]:
    """Put an agent together that hears, speaks, and takes requests over MQTT.

    `tell` is given what is being waited for, `on_state` each new state, `show` the answers to what
    was spoken. Raises each room's own error, with everything closed again.
    """
    with ExitStack() as open_:
        parts = open_.enter_context(assembled(configuration, tell, resident=True))
        journal = open_.enter_context(opened_journal(configuration))
        reports = open_.enter_context(
            StateReports(on_state, partial(_note, journal), *_on_the_bus(parts))
        )
        strain = open_.enter_context(StrainWatch())
        states, inbox = States(reports.take), Inbox()
        loop = Loop(
            parts.agent,
            inbox,
            states,
            heartbeat=heartbeat,
            allowance=lambda: strain.allowance,
        )
        muted = journal.remembered(_MUTED) == "yes"
        sound = open_.enter_context(
            ears_and_mouth(configuration, inbox, states, muted=muted, show=show)
        )
        take_asks(parts.bus, configuration.node, inbox)
        _take_listen(configuration, parts.bus, sound)
        if parts.presence is not None:
            _take_switches(parts.presence, journal, sound, loop)
            parts.presence.show_mute(muted)
        yield Resident(loop, inbox, sound, str(parts.bus.address))


def _note(journal: Journal, state: State) -> None:
    try:
        journal.note_state(state)
    except JournalError as error:
        _log.warning("%s", error)


def _on_the_bus(parts: Parts) -> list[Callable[[State], None]]:
    return [] if parts.presence is None else [parts.presence.show]


def _take_listen(configuration: Configuration, bus: Bus, sound: EarsAndMouth) -> None:
    """Let others on the bus have the agent listen."""

    def listen(message: Message) -> None:
        if not message.retained and not sound.call():
            _log.warning("The agent was asked to listen, and has no microphone.")

    bus.subscribe(f"edge_agent/{configuration.node}/listen", listen)


def _take_switches(presence: Presence, journal: Journal, sound: EarsAndMouth, loop: Loop) -> None:
    """Let others on the bus have the agent hear nothing, or stop thinking and speaking."""

    def mute(muted: bool) -> None:  # noqa: FBT001 - as `Presence` calls it
        sound.mute(muted)
        try:
            journal.remember(_MUTED, "yes" if muted else "no")
        except JournalError as error:
            _log.warning("%s", error)

    def cancel() -> None:
        loop.cancel()
        sound.be_silent()

    presence.on_mute(mute)
    presence.on_cancel(cancel)
