"""When somebody has finished speaking: a rule over voice frames, with no sound and no clock in it.

A frame counts as speech if the detector says so and if it is loud enough, both against the room's
noise and against this speaker. The second part ends a sentence in front of a television: its voices
go on, but they are not as loud as who was speaking to the agent.

No length of silence is right: short ones cut people off who only paused, long ones make everybody
wait. So there are three. After the first, the speech may be over, and the model may begin to think.
After the second it is over, if it is known by then that a request was understood; after the third
it is over in any case. Who goes on in between has only made the model think in vain.
"""

import enum
from collections import deque
from dataclasses import dataclass

import numpy as np

from edge_agent.senses.hearing.voice_activity import FRAME_SECONDS, QUIETEST, VoiceFrame

_TAIL_BEGINS_SECONDS, _TAIL_SECONDS = 0.1, 0.3
"""Speech that goes on from the wake word and is over so soon is the wake word's own end."""


@dataclass(frozen=True)
class EndPointing:
    """The rule's numbers: seconds, dB, probabilities."""

    no_speech_seconds: float = 5.0
    longest_seconds: float = 29.0
    """What the model takes, 750 audio tokens of 40 ms, less the margins round the speech."""
    pause_seconds: float = 0.4
    """The silence after which the speech may be over."""
    short_pause_seconds: float = 0.6
    """The same for speech that has only begun, as in "turn on ... the lamp"."""
    short_seconds: float = 0.8
    """Speech shorter than this has only begun."""
    settled_seconds: float = 1.1
    """The silence after which it is over, where what was said was understood."""
    unfinished_seconds: float = 1.5
    """The same where it was not, or not yet."""
    voice_begins: float = 0.5
    voice_goes_on: float = 0.35
    above_noise_db: float = 4.0
    below_speaker_db: float = 18.0
    shortest_speech_seconds: float = 0.16
    """Less than this is a cough or a click."""


class Turn(enum.Enum):
    """What a frame has changed."""

    PAUSED = "perhaps all is said"
    WENT_ON = "it was a pause only"
    SETTLED = "all is said"
    NOTHING_SAID = "nobody spoke"
    TOO_LONG = "the longest time is over"


class EndPointer:
    """Follows one utterance from the wake word to its end."""

    def __init__(self, settings: EndPointing) -> None:
        """Begin to follow speech."""
        self._settings = settings
        self._noise = QUIETEST
        self._elapsed = 0.0
        self._voice = False
        self._forget()

    @property
    def has_begun(self) -> bool:
        """Whether what was heard is enough to be speech."""
        return self._spoken >= self._settings.shortest_speech_seconds

    @property
    def first_word_seconds(self) -> float:
        """When the speech began, in seconds from the first frame; now, if it has not."""
        return self._elapsed if self._first_word is None else self._first_word

    @property
    def last_word_seconds(self) -> float:
        """When the speech ended so far, in seconds from the first frame."""
        return self._elapsed - self._silence

    def take(
        self, frame: VoiceFrame, noise_level: float, *, understood: bool = True
    ) -> Turn | None:
        """Take the next frame; return what changes with it, if anything does.

        `noise_level` is the room's, in dB of full scale. What it is during speech is ignored.
        `understood` tells whether what was said so far makes a request.
        """
        if self._first_word is None:
            self._noise = noise_level
        self._voice = self._is_speech(frame)
        if self._voice:
            self._hear_speech(frame)
        else:
            self._silence += FRAME_SECONDS
        self._elapsed += FRAME_SECONDS
        if self._is_no_request():
            self._forget()
        return self._change(understood=understood)

    def _forget(self) -> None:
        self._speaker = _SpeakerLevel()
        self._first_word: float | None = None
        self._spoken = 0.0
        self._silence = 0.0
        self._paused = False

    def _is_speech(self, frame: VoiceFrame) -> bool:
        wanted = self._settings.voice_goes_on if self._voice else self._settings.voice_begins
        loudest_noise = self._noise + self._settings.above_noise_db
        quietest_speech = self._speaker.level - self._settings.below_speaker_db
        return frame.probability >= wanted and frame.level >= max(loudest_noise, quietest_speech)

    def _hear_speech(self, frame: VoiceFrame) -> None:
        if self._first_word is None:
            self._first_word = self._elapsed
        self._silence = 0.0
        self._spoken += FRAME_SECONDS
        self._speaker.take(frame.level)

    def _is_no_request(self) -> bool:
        """Whether what was heard was a click, or the last syllable of the wake word."""
        if self._first_word is None or self._silence < self._settings.pause_seconds:
            return False
        is_tail = self._first_word < _TAIL_BEGINS_SECONDS and self._spoken < _TAIL_SECONDS
        return is_tail or not self.has_begun

    def _change(self, *, understood: bool) -> Turn | None:
        rule = self._settings
        if self._first_word is None:
            return Turn.NOTHING_SAID if self._elapsed >= rule.no_speech_seconds else None
        if self._elapsed - self._first_word >= rule.longest_seconds:
            return Turn.TOO_LONG
        if not self.has_begun:
            return None
        if self._paused:
            return self._change_in_pause(understood=understood)
        is_short = self._spoken < rule.short_seconds
        pause = rule.short_pause_seconds if is_short else rule.pause_seconds
        if self._silence >= pause:
            self._paused = True
            return Turn.PAUSED
        return None

    def _change_in_pause(self, *, understood: bool) -> Turn | None:
        rule = self._settings
        if self._silence >= (rule.settled_seconds if understood else rule.unfinished_seconds):
            return Turn.SETTLED
        if self._voice:
            self._paused = False
            return Turn.WENT_ON
        return None


class _SpeakerLevel:
    """How loud this speaker is: the level that a tenth of the last speech lies above."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=64)
        self.level = -float("inf")

    def take(self, level: float) -> None:
        self._levels.append(level)
        self.level = float(np.percentile(self._levels, 90))
