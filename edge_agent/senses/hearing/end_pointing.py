"""When somebody has finished speaking: a rule over voice frames, with no sound and no clock in it.

A frame counts as speech if the detector says so and if it is loud enough, both against the room's
noise and against this speaker. The second part ends a sentence in front of a television: its voices
go on, but they are not as loud as who was speaking to the agent.

How much silence ends the speech depends on what was said so far. Two words may well go on ("turn
on … the lamp"), and who has paused before may pause again; both are given more time.
"""

import enum
from collections import deque
from dataclasses import dataclass

import numpy as np

from edge_agent.senses.hearing.voice_activity import FRAME_SECONDS, VoiceFrame


@dataclass(frozen=True)
class EndPointing:
    """The rule's numbers: seconds, dB, probabilities."""

    no_speech_seconds: float = 5.0
    longest_seconds: float = 30.0
    """What the model takes: 750 audio tokens of 40 ms."""
    silence_seconds: float = 0.42
    """The silence that ends a sentence spoken without a pause."""
    patient_silence_seconds: float = 0.75
    """The silence that ends what began only just now."""
    patient_until_seconds: float = 1.0
    """Speech shorter than this was only just begun."""
    longest_silence_seconds: float = 0.9
    pause_factor: float = 1.3
    """A pause in the speech asks for a silence so much longer than itself to end it."""
    voice_begins: float = 0.5
    voice_goes_on: float = 0.35
    above_noise_db: float = 4.0
    below_speaker_db: float = 24.0
    shortest_speech_seconds: float = 0.16
    """Less than this is a cough or a click."""


class Ending(enum.Enum):
    """Why the listening ended."""

    SAID = "said"
    NOTHING_SAID = "nothing said"
    TOO_LONG = "too long"


class EndPointer:
    """Follows one utterance from the wake word to its end."""

    def __init__(self, settings: EndPointing, noise_level: float) -> None:
        """Begin to follow speech in a room whose noise is at `noise_level` dB below full scale."""
        self._settings = settings
        self._noise = noise_level
        self._speaker = _SpeakerLevel()
        self._elapsed = 0.0
        self._spoken = 0.0
        self._silence = 0.0
        self._longest_pause = 0.0
        self._voice = False

    @property
    def has_begun(self) -> bool:
        """Whether enough was heard to be speech."""
        return self._spoken >= self._settings.shortest_speech_seconds

    @property
    def silence_seconds(self) -> float:
        """How long it has been silent since the last speech."""
        return self._silence

    def take(self, frame: VoiceFrame) -> Ending | None:
        """Take the next frame; return why the listening ends with it, if it does."""
        self._elapsed += FRAME_SECONDS
        self._voice = self._is_speech(frame)
        if self._voice:
            self._hear_speech(frame)
        else:
            self._silence += FRAME_SECONDS
            self._forget_a_click()
        return self._ending()

    def _hear_speech(self, frame: VoiceFrame) -> None:
        if self.has_begun:
            self._longest_pause = max(self._longest_pause, self._silence)
        self._silence = 0.0
        self._spoken += FRAME_SECONDS
        self._speaker.take(frame.level)

    def _forget_a_click(self) -> None:
        if not self.has_begun and self._silence > self._settings.silence_seconds:
            self._spoken = 0.0
            self._speaker = _SpeakerLevel()

    def _is_speech(self, frame: VoiceFrame) -> bool:
        wanted = self._settings.voice_goes_on if self._voice else self._settings.voice_begins
        loudest_noise = self._noise + self._settings.above_noise_db
        quietest_speech = self._speaker.level - self._settings.below_speaker_db
        return frame.probability >= wanted and frame.level >= max(loudest_noise, quietest_speech)

    def _ending(self) -> Ending | None:
        if not self.has_begun:
            over = self._elapsed >= self._settings.no_speech_seconds and not self._voice
            return Ending.NOTHING_SAID if over else None
        if self._silence >= self._wanted_silence():
            return Ending.SAID
        return Ending.TOO_LONG if self._elapsed >= self._settings.longest_seconds else None

    def _wanted_silence(self) -> float:
        rule = self._settings
        just_begun = self._spoken < rule.patient_until_seconds
        least = rule.patient_silence_seconds if just_begun else rule.silence_seconds
        after_pauses = self._longest_pause * rule.pause_factor + FRAME_SECONDS
        return min(max(least, after_pauses), rule.longest_silence_seconds)


class _SpeakerLevel:
    """How loud this speaker is: the level that a tenth of the last speech lies above."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=64)
        self.level = -float("inf")

    def take(self, level: float) -> None:
        self._levels.append(level)
        self.level = float(np.percentile(self._levels, 90))
