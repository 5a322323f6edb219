"""The agent's voice: earcons and sentences, one after another, until it is told to be silent."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Self

from edge_agent.senses.speaking.earcons import EARCON_RATE, Earcon, tones_of
from edge_agent.senses.speaking.gate import SpeakingGate
from edge_agent.senses.speaking.loudspeaker import Loudspeaker
from edge_agent.senses.speaking.sentences import sentences_of
from edge_agent.senses.speaking.synthesiser import Synthesiser
from edge_agent.senses.types import SoundError

_log = logging.getLogger(__name__)

_LONGEST_QUEUE = 64
"""Sentences that may wait: what is more than that nobody would listen to."""


class Voice:
    """Speaks in a thread of its own; `gate` is closed while it does.

    No call but `wait` waits. `tell` is given one sentence when there is no sound, and one when it
    is back.
    """

    def __init__(
        self,
        gate: SpeakingGate,
        loudspeaker: Loudspeaker | None = None,
        synthesiser: Synthesiser | None = None,
        tell: Callable[[str], None] = _log.warning,
    ) -> None:
        """Speak through the system's loudspeaker and by espeak-ng, unless others are given."""
        self._gate = gate
        self._loudspeaker = loudspeaker or Loudspeaker()
        self._synthesiser = synthesiser or Synthesiser()
        self._tell = tell
        self._told = ""
        self._waiting: deque[Earcon | str] = deque()
        self._silence = threading.Event()
        self._busy = False
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._speak, name="voice", daemon=True)

    def play(self, earcon: Earcon) -> None:
        """Sound an earcon after what is being said."""
        self._add(earcon)

    def say(self, text: str) -> None:
        """Speak a text, sentence by sentence, after what is being said."""
        for sentence in sentences_of(text):
            self._add(sentence)

    def be_silent(self) -> None:
        """Break off, at once, and forget what was still to be said (barge-in)."""
        with self._changed:
            self._waiting.clear()
            if self._busy:
                self._silence.set()
        self._synthesiser.stop()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all is said; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._busy or self._waiting), seconds)

    def __enter__(self) -> Self:
        """Begin to speak."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Be silent for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.be_silent()
        self._thread.join()

    def _add(self, thing: Earcon | str) -> None:
        with self._changed:
            if len(self._waiting) < _LONGEST_QUEUE:
                self._waiting.append(thing)
                self._changed.notify_all()

    def _speak(self) -> None:
        while (thing := self._next()) is not None:
            try:
                self._sound(thing)
            except SoundError as error:
                self._complain(str(error))
            else:
                self._complain("")

    def _next(self) -> Earcon | str | None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if self._closed:
                return None
            self._busy = True
            self._silence.clear()
            return self._waiting.popleft()

    def _sound(self, thing: Earcon | str) -> None:
        if isinstance(thing, Earcon):
            samples, rate = tones_of(thing), EARCON_RATE
        else:
            samples, rate = self._synthesiser.synthesise(thing)
        if samples.size and not self._silence.is_set():
            with self._gate.closed():
                self._loudspeaker.play(samples, rate, self._silence)

    def _complain(self, trouble: str) -> None:
        if trouble and not self._told:
            self._tell(f"{trouble} Going on without a voice.")
        elif self._told and not trouble:
            self._tell("The voice is back.")
        self._told = trouble
