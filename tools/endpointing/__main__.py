"""Measure the end-pointing: the delay after the last word, and how often people are cut off.

    python -m tools.endpointing SPEECH_FOLDER [--clips 60] [--seed 0]

SPEECH_FOLDER holds recordings of spoken requests, mono at 16 kHz, as sound files or in tar files.

| column  | meaning                                                                          |
|---------|----------------------------------------------------------------------------------|
| heard   | from the last word until the model may think about all of it: median, 95 %       |
| settled | from the last word until what was thought may be done: median, 95 %              |
| vain    | clips in which the model began to think in a pause, and was called back          |
| cut off | clips that were settled before the last word                                     |
| never   | clips whose end was not found within three seconds                               |

A model that thinks for some time T has its answer at `heard` + T, and may act on it at `settled`:
finding the end of speech then adds the longer one of `heard` and `settled` - T to what the person
waits. The last lines tell that for some T.

The last row, long hesitations, lies outside of the promise: silence alone cannot tell a hesitation
of a second from an end.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_agent.senses.hearing.end_pointing import EndPointer, EndPointing, Turn
from edge_agent.senses.hearing.recent_sound import RoomNoise
from edge_agent.senses.hearing.voice_activity import FRAME_SECONDS, VoiceActivity, VoiceFrame
from tools.endpointing.clips import (
    OUTSIDE_THE_PROMISE,
    ROOM_BEFORE,
    ROOMS,
    Clip,
    place,
    read_speech,
)

_NEVER = float("inf")

_THINKS = (0.25, 0.5, 1.0)
"""Seconds: the small model on a desk, on a small board, and a large model at its quickest."""


@dataclass(frozen=True)
class Decided:
    """Seconds from the last word: when all was heard, and when that was settled."""

    heard: float
    settled: float
    in_vain: bool


def main() -> None:
    """Print one row a room, and one for all of those that the promise is about."""
    parser = argparse.ArgumentParser(description="Measure the end-pointing.")
    parser.add_argument("speech", type=Path)
    parser.add_argument("--clips", type=int, default=60, help="clips a room")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    speech = read_speech(arguments.speech, arguments.clips)
    print(
        f"{'room':18}{'clips':>6}{'heard':>8}{'95 %':>7}{'settled':>9}{'95 %':>7}"
        f"{'vain':>7}{'cut off':>9}{'never':>7}"
    )
    promised: list[Decided] = []
    for room in ROOMS:
        decided = [decide_clip(place(clip, room, rng, speech)) for clip in speech]
        print(row(room.name, decided), flush=True)
        if room.name != OUTSIDE_THE_PROMISE:
            promised += decided
    print(row("all but the last", promised))
    for thinks in _THINKS:
        median, most = added(promised, thinks)
        print(f"added to {thinks:.2f} s of thinking: {median:.2f} s, 95 % under {most:.2f} s")


def decide_clip(clip: Clip) -> Decided:
    """Run the detector and the rule over a clip."""
    return decide(VoiceActivity().take(clip.sound), clip.last_word_ends, EndPointing())


def decide(frames: Sequence[VoiceFrame], last_word_ends: float, rule: EndPointing) -> Decided:
    """Run the rule over frames whose speaker was called to at `ROOM_BEFORE`."""
    noise, pointer = RoomNoise(), EndPointer(rule)
    heard, in_vain = _NEVER, False
    for number, frame in enumerate(frames, 1):
        noise.take_level(frame.level)
        now = number * FRAME_SECONDS
        if now <= ROOM_BEFORE:
            continue
        change = pointer.take(frame, noise.level)
        if change is Turn.PAUSED:
            heard = now - last_word_ends
        elif change is Turn.WENT_ON:
            in_vain = True
        elif change:
            return Decided(heard, now - last_word_ends, in_vain)
    return Decided(heard, _NEVER, in_vain)


def added(decided: Sequence[Decided], thinks: float) -> tuple[float, float]:
    """Return what is added to the thinking, in seconds: median and 95th percentile."""
    waits = [max(d.heard, d.settled - thinks) for d in decided if 0 <= d.settled < _NEVER]
    median, most = np.percentile(waits or [np.nan], [50, 95])
    return float(median), float(most)


def row(name: str, decided: Sequence[Decided]) -> str:
    """Sum up one room's clips; delays are those of the clips that were not cut off."""
    whole = [d for d in decided if 0 <= d.settled < _NEVER]
    heard = np.percentile([d.heard for d in whole] or [np.nan], [50, 95])
    settled = np.percentile([d.settled for d in whole] or [np.nan], [50, 95])
    vain = np.mean([d.in_vain for d in decided])
    cut_off = np.mean([d.settled < 0 for d in decided])
    never = np.mean([d.settled == _NEVER for d in decided])
    return (
        f"{name:18}{len(decided):6}{heard[0]:8.2f}{heard[1]:7.2f}{settled[0]:9.2f}{settled[1]:7.2f}"
        f"{vain:7.1%}{cut_off:9.1%}{never:7.1%}"
    )


if __name__ == "__main__":
    main()
