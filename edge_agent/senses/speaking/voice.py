"""The agent's voice: earcons and sentences, one after another, until it is told to be silent."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.speaking.earcons import EARCON_RATE, Earcon, tones_of
from edge_agent.senses.speaking.gate import SpeakingGate
from edge_agent.senses.speaking.loudspeaker import Loudspeaker
from edge_agent.senses.speaking.sentences import sentences_of
from edge_agent.senses.speaking.synthesiser import Synthesiser
from edge_agent.senses.types import SoundError

_log = logging.getLogger(__name__)

_LONGEST_QUEUE = 64
"""Sentences that may wait: what is more than that nobody would listen to."""


_Spoken = tuple[NDArray[np.float32], int]
"""A sentence as sound: float32 [n], mono, and its rate in Hz."""

_Thing = Earcon | str | Callable[[], object]


class Voice:
    """Speaks in a thread of its own; `gate` is closed while it does.

    No call but `wait` waits. `tell` is given one sentence when there is no sound, and one when it
    is back. `on_begin` is called when it begins to speak sentences, `on_end` when all is said.
    """

    def __init__(
        self,
        gate: SpeakingGate,
        loudspeaker: Loudspeaker | None,
        synthesiser: Synthesiser | None,
        tell: Callable[[str], None] = _log.warning,
        *,
        on_begin: Callable[[], None] = lambda: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Speak by `synthesiser`; without one there are earcons, without `loudspeaker` nothing."""
        self.gate = gate
        self._loudspeaker = loudspeaker
        self._synthesiser = synthesiser
        self._tell = tell
        self._on_begin, self._on_end = on_begin, on_end
        self._told = ""
        self._waiting: deque[_Thing] = deque()
        self._ahead: tuple[str, Future[_Spoken]] | None = None
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="voice-ahead")
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

    def then(self, call: Callable[[], object]) -> None:
        """Call a function, which must not wait, when all that was to be said is said."""
        self._add(call)

    def be_silent(self) -> None:
        """Break off, at once, and forget what was still to be said (barge-in)."""
        with self._changed:
            self._waiting.clear()
            self._ahead = None
            if self._busy:
                self._silence.set()
        if self._synthesiser is not None:
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
        self._maker.shutdown()

    def _add(self, thing: _Thing) -> None:
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

    def _next(self) -> _Thing | None:
        with self._changed:
            self._busy = False
            if not self._waiting:
                self._on_end()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if self._closed:
                return None
            self._busy = True
            self._silence.clear()
            return self._waiting.popleft()

    def _sound(self, thing: _Thing) -> None:
        if isinstance(thing, Earcon):
            self._play(tones_of(thing), EARCON_RATE)
        elif not isinstance(thing, str):
            thing()
        elif self._synthesiser is not None and self._loudspeaker is not None:
            self._on_begin()
            self._play(*self._spoken(thing, self._synthesiser))

    def _spoken(self, sentence: str, synthesiser: Synthesiser) -> _Spoken:
        """Return a sentence as sound, and begin to make the next one, so that there is no gap."""
        with self._changed:
            ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == sentence:
            spoken = ahead[1].result()
        else:
            spoken = synthesiser.synthesise(sentence)
        with self._changed:
            following = self._waiting[0] if self._waiting else None
            if isinstance(following, str):
                self._ahead = following, self._maker.submit(synthesiser.synthesise, following)
        return spoken

    def _play(self, samples: NDArray[np.float32], rate: int) -> None:
        if self._loudspeaker is None or not samples.size or self._silence.is_set():
            return
        with self.gate.closed():
            self._loudspeaker.play(samples, rate, self._silence)
        self._complain("")

    def _complain(self, trouble: str) -> None:
        if trouble and not self._told:
            self._tell(f"{trouble} Going on without a voice.")
        elif self._told and not trouble:
            self._tell("The voice is back.")
        self._told = trouble
