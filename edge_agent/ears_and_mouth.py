"""Microphone, loudspeaker and Wyoming server of an agent that stays, as it is configured."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from edge_agent.inbox import Inbox
from edge_agent.listening_settings import OFF, ListeningSettings
from edge_agent.senses.hearing.hearing import Hearing, HearingSettings
from edge_agent.senses.listening import Listening
from edge_agent.senses.sources.named import device_named, source_named
from edge_agent.senses.speaking.gate import SpeakingGate
from edge_agent.senses.speaking.loudspeaker import Loudspeaker
from edge_agent.senses.speaking.synthesiser import ESPEAK, Synthesiser, piper
from edge_agent.senses.speaking.voice import Voice
from edge_agent.senses.types import SoundError
from edge_agent.senses.wyoming.server import WyomingServer
from edge_agent.states import State, States
from edge_agent.voice_requests import OnAnswer, SpokenRequests, asking, not_shown

_log = logging.getLogger(__name__)


class EarsAndMouth:
    """What can be done to hearing and speech from outside."""

    def __init__(
        self,
        states: States,
        button: threading.Event,
        voice: Voice,
        listening: Listening | None,
    ) -> None:
        """Without `listening` there is no microphone."""
        self._states = states
        self._button = button
        self._voice = voice
        self._listening = listening

    def call(self) -> bool:
        """Have the agent listen now (push-to-talk); return False where it has no microphone."""
        self._button.set()
        return self._listening is not None

    def be_silent(self) -> None:
        """Say no more of what is being said."""
        self._voice.be_silent()

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - a switch
        """Hear nothing that is spoken, until this is called with False."""
        if self._listening is not None:
            self._listening.mute(muted)
        if muted:
            self._states.begin(State.MUTED)
        else:
            self._states.end(State.MUTED)


@contextmanager
def ears_and_mouth(
    settings: ListeningSettings,
    inbox: Inbox,
    states: States,
    *,
    muted: bool = False,
    show: OnAnswer = not_shown,
) -> Iterator[EarsAndMouth]:
    """Put what is said to the agent into `inbox`, and speak the replies, which `show` is given too.

    One that begins `muted` does not open the microphone before it is told to.
    Sound that is missing is told of once, and waited for. Raises `SoundError` for a file that is no
    sound, or no wake word.
    """
    with ExitStack() as open_:
        _serve_wyoming(settings, inbox, open_)
        button, gate = threading.Event(), SpeakingGate()
        voice = open_.enter_context(_voice(settings, gate, states))
        listening = None
        if settings.microphone != OFF:
            source = source_named(settings.microphone)
            chosen = HearingSettings(settings.wake_words, settings.always_listening)
            understood = threading.Event()
            hearing = Hearing(source.name, chosen, gate, button, understood)
            requests = SpokenRequests(inbox, voice, states, button, understood, show=show)
            listening = Listening(source, hearing, requests.take)
        sound = EarsAndMouth(states, button, voice, listening)
        if muted:
            sound.mute(muted=True)
        if listening is not None:
            open_.enter_context(listening)
        yield sound


def _serve_wyoming(settings: ListeningSettings, inbox: Inbox, open_: ExitStack) -> None:
    if settings.wyoming == OFF:
        return
    host, _, port = settings.wyoming.rpartition(":")
    try:
        open_.enter_context(WyomingServer(asking(inbox), host.strip("[]"), int(port)))
    except SoundError as error:
        _log.warning("%s Going on without it.", error)


def _voice(settings: ListeningSettings, gate: SpeakingGate, states: States) -> Voice:
    loudspeaker = None if settings.speak == OFF else Loudspeaker(device_named(settings.loudspeaker))
    return Voice(
        gate,
        loudspeaker,
        _synthesiser(settings),
        on_begin=lambda: states.begin(State.SPEAKING),
        on_end=lambda: states.end(State.SPEAKING),
    )


def _synthesiser(settings: ListeningSettings) -> Synthesiser | None:
    if settings.speak == "espeak-ng":
        return Synthesiser(ESPEAK)
    if settings.speak == "piper" and settings.piper_voice is not None:
        return Synthesiser(piper(settings.piper_voice))
    return None
