"""One utterance while it is heard."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.hearing.end_pointing import EndPointer, EndPointing, Turn
from edge_agent.senses.hearing.recent_sound import RoomNoise
from edge_agent.senses.hearing.voice_activity import VoiceActivity
from edge_agent.senses.types import (
    SAMPLE_RATE,
    Block,
    Heard,
    NothingSaid,
    Said,
    Settled,
    Utterance,
    WentOn,
)

_BEFORE_SECONDS: Final = 0.3
"""Kept before the first word: a soft beginning is no voice yet to the detector."""

_AFTER_SECONDS: Final = 0.2
"""Kept after the last."""

_LONGEST_SAMPLES: Final = 30 * SAMPLE_RATE

_KEPT_WHILE_SILENT: Final = 2 * SAMPLE_RATE


class Capture:
    """Collects sound from a call to the agent until the end of what is said to it."""

    def __init__(
        self,
        word: str,
        source: str,
        rule: EndPointing,
        noise: RoomNoise,
        understood: threading.Event | None = None,
    ) -> None:
        """Begin to listen after `word`, in a room with that noise.

        Who thinks about what is said sets `understood` when it makes a request; without it silence
        alone decides.
        """
        self.word = word
        self._source = source
        self._activity = VoiceActivity()
        self._pointer = EndPointer(rule)
        self._noise = noise
        self._understood = understood
        self._blocks: deque[NDArray[np.float32]] = deque()
        self._kept = 0
        self._forgotten = 0
        self._over = False
        self._last_at = 0.0

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to come."""
        return self._over

    def take(self, block: Block) -> Iterator[Heard]:
        """Take the next sound; yield what comes of the listening."""
        self._last_at = block.at
        self._blocks.append(block.samples)
        self._kept += block.samples.size
        for frame in self._activity.take(block.samples):
            understood = self._understood is None or self._understood.is_set()
            turn = self._pointer.take(frame, self._noise.level, understood=understood)
            if turn:
                yield from self._told(turn, block.at)
            if self._over:
                return
        if not self._pointer.has_begun:
            self._forget_silence()

    def end(self) -> Iterator[Heard]:
        """Yield what comes of it where there is no more sound to wait for."""
        turn = Turn.TOO_LONG if self._pointer.has_begun else Turn.NOTHING_SAID
        yield from self._told(turn, self._last_at)

    def _told(self, turn: Turn, now: float) -> Iterator[Heard]:
        self._over = turn not in {Turn.PAUSED, Turn.WENT_ON}
        match turn:
            case Turn.PAUSED:
                if self._understood is not None:
                    self._understood.clear()
                yield self._said(now)
            case Turn.WENT_ON:
                yield WentOn()
            case Turn.SETTLED:
                yield Settled()
            case Turn.TOO_LONG:
                yield self._said(now)
                yield Settled()
            case Turn.NOTHING_SAID:
                yield NothingSaid(self.word)

    def _said(self, now: float) -> Said:
        first = round((self._pointer.first_word_seconds - _BEFORE_SECONDS) * SAMPLE_RATE)
        last = round((self._pointer.last_word_seconds + _AFTER_SECONDS) * SAMPLE_RATE)
        kept = slice(max(0, first - self._forgotten), last - self._forgotten)
        samples = np.concatenate(self._blocks)[kept][:_LONGEST_SAMPLES]
        heard_until = (self._forgotten + self._kept) / SAMPLE_RATE
        last_word_at = now - (heard_until - self._pointer.last_word_seconds)
        utterance = Utterance(samples, samples.size / SAMPLE_RATE, self._source)
        return Said(utterance, last_word_at, now)

    def _forget_silence(self) -> None:
        while self._kept - self._blocks[0].size >= _KEPT_WHILE_SILENT:
            size = self._blocks.popleft().size
            self._kept -= size
            self._forgotten += size
