"""From blocks of sound to what was said to the agent. No thread and no device in it.

The agent listens when it is called by a wake word or by a button, or always. While it speaks, only
a call is heard: sound from its own mouth cannot be told from a person's.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from edge_agent.senses.hearing.capture import Capture
from edge_agent.senses.hearing.end_pointing import EndPointing
from edge_agent.senses.hearing.recent_sound import RecentSound, RoomNoise
from edge_agent.senses.hearing.wake_words import WakeWords, after_wake_word
from edge_agent.senses.speaking.gate import SpeakingGate
from edge_agent.senses.types import SAMPLE_RATE, Block, Heard, NothingSaid, Woken

BUTTON = "button"
"""The word of a `Woken` that no word caused."""

_RECENT_SAMPLES = 2 * SAMPLE_RATE

_GAP_SECONDS = 2.0
"""After a longer gap in the sound nobody goes on with what they were saying."""

_BEFORE_BUTTON_SAMPLES = SAMPLE_RATE // 4
"""People begin to speak while they press."""


@dataclass(frozen=True)
class HearingSettings:
    """What the agent listens for: wake words (see `WakeWords`), everything, or the button alone."""

    wake_words: tuple[str, ...] = ("okay_nabu",)
    always: bool = False
    end_pointing: EndPointing = field(default_factory=EndPointing)


class Hearing:
    """Hears one stream of sound."""

    def __init__(
        self,
        source: str,
        settings: HearingSettings,
        gate: SpeakingGate,
        button: threading.Event,
        understood: threading.Event | None = None,
    ) -> None:
        """Listen to the stream of that name. Setting `button` calls the agent.

        Who thinks about what is said sets `understood` when it makes a request: then less silence
        is waited for. Without that event it is as if all were understood.

        Raises `SoundError` for a wake word that is none.
        """
        self._source = source
        self._settings = settings
        self._gate = gate
        self._button = button
        self._understood = understood
        self._wake_words = WakeWords(settings.wake_words) if settings.wake_words else None
        self._recent = RecentSound(_RECENT_SAMPLES)
        self._noise = RoomNoise()
        self._capture: Capture | None = None
        self._was_called = False
        self._last_at = float("inf")

    def take(self, block: Block) -> Iterator[Heard]:
        """Take the next sound; yield what there is to say about it."""
        if block.at - self._last_at > _GAP_SECONDS:
            yield from self._forget_sound()
        self._last_at = block.at
        self._recent.take(block.samples)
        self._noise.take(block.samples)
        called = self._called(block)
        if called is not None:
            word, block = called
            self._capture, self._was_called = self._listening_after(word), True
            yield Woken(word)
        elif self._settings.always and not self._was_called:
            self._listen_to_everything(block)
        if self._capture is not None:
            yield from self._capture.take(block)
            if self._capture.is_over:
                self._capture, self._was_called = None, False

    def end(self) -> Iterator[Heard]:
        """Say that there is no more sound: what was being said is over."""
        if self._capture is not None:
            yield from self._capture.end()
            self._capture, self._was_called = None, False

    def forget(self) -> Iterator[Heard]:
        """Forget all sound, and a button that waits; yield that nothing was said, if it was."""
        self._button.clear()
        yield from self._forget_sound()

    def _forget_sound(self) -> Iterator[Heard]:
        capture, self._capture, self._was_called = self._capture, None, False
        self._recent = RecentSound(_RECENT_SAMPLES)
        if capture is not None:
            yield NothingSaid(capture.word)

    def _called(self, block: Block) -> tuple[str, Block] | None:
        """Return by what the agent was called, if it was, and all that was said since then."""
        word = self._wake_words.take(block.samples) if self._wake_words else None
        if self._button.is_set():
            self._button.clear()
            return BUTTON, Block(self._recent.all()[-_BEFORE_BUTTON_SAMPLES:], block.at)
        if word is not None:
            recent = self._recent.all()
            since = min(after_wake_word(recent), recent.size - block.samples.size)
            return word, Block(recent[since:], block.at)
        return None

    def _listening_after(self, word: str) -> Capture:
        rule = self._settings.end_pointing
        return Capture(word, self._source, rule, self._noise, self._understood)

    def _listen_to_everything(self, block: Block) -> None:
        if self._gate.is_closed(block.at):
            self._capture = None
        elif self._capture is None:
            rule = replace(self._settings.end_pointing, no_speech_seconds=float("inf"))
            self._capture = Capture("", self._source, rule, self._noise, self._understood)
