"""Measure what a model's understanding does for the end of speech, and what is done too early.

    python -m tools.endpointing.requests TEST [--model FILE] [--thinks 0.25] [--clips 100]

TEST holds `test.json` and the spoken requests, as `python -m tools.nano.test_set` writes them.
Each is heard in several rooms by the listening rule, and each time that the speaker may have
finished, the model is asked what it makes of it: its answer is taken to come `--thinks` seconds
later, so that the figures do not depend on this machine.

| column    | meaning                                                                        |
|-----------|--------------------------------------------------------------------------------|
| added     | from the last word to the action, less the thinking: median, 95 %              |
| at once   | requests that were acted on without waiting for the silence                    |
| too early | clips in which something was done that the whole request does not ask for      |
| cut off   | clips whose last words were not heard                                          |
| right     | clips after which exactly what was asked for was done                          |

Where the model is not `asked`, silence alone decides, and nothing is done before that.
"""

import argparse
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from edge_agent.agent import each_once
from edge_agent.configuration import default_model
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model import Audio, Engine, Reply, Session, ToolCall
from edge_agent.senses.hearing.capture import Capture
from edge_agent.senses.hearing.end_pointing import EndPointing
from edge_agent.senses.hearing.recent_sound import RoomNoise
from edge_agent.senses.types import Block, Said, Utterance, WentOn
from edge_agent.system_prompt import build_system_prompt
from edge_agent.understanding.ending import Ending, ending_of
from tools.endpointing.clips import (
    OUTSIDE_THE_PROMISE,
    RATE,
    ROOM_BEFORE,
    ROOMS,
    Clip,
    Sound,
    at_speech_level,
    place,
)

_BLOCK = RATE // 50
_ALL = "all but the last"
_WAITS = frozenset({"unlock", "activate"})
"""Tools that are not acted on at once, whatever was said: see `Dispatcher.are_harmless`."""

_SILENCE_ALONE = EndPointing(settled_seconds=0.9)
"""The shortest silence that cuts off less than 2 % without any understanding."""

Calls = frozenset[tuple[str, tuple[tuple[str, str], ...]]]


@dataclass(frozen=True)
class Thought:
    """What the model makes of what was said, and from when on that is known (s of the clip)."""

    calls: Calls
    ending: Ending
    known_at: float

    @property
    def is_done_at_once(self) -> bool:
        """Tell whether it is acted on without waiting for silence."""
        return self.ending is Ending.WHOLE and not any(tool in _WAITS for tool, _ in self.calls)


@dataclass(frozen=True)
class Heard:
    """What came of a clip: see the table above. `added` is in seconds."""

    added: float
    is_at_once: bool
    is_too_early: bool
    is_cut_off: bool
    is_right: bool


Think = Callable[[Utterance], Reply]


def main() -> None:
    """Print two lines a room: silence alone, and silence and understanding."""
    parser = argparse.ArgumentParser(prog="python -m tools.endpointing.requests")
    parser.add_argument("test", type=Path)
    parser.add_argument("--model", type=Path, default=default_model())
    parser.add_argument("--thinks", type=float, nargs="+", default=[0.25, 0.5, 1.0])
    parser.add_argument("--clips", type=int, default=100, help="at most")
    parser.add_argument("--words", choices=("known", "new"), help="names of such words alone")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    heard: defaultdict[tuple[str, float, bool], list[Heard]] = defaultdict(list)
    for room, clip, wanted, think in _clips(given):
        for thinks, is_asked in product(given.thinks, (False, True)):
            found = listen(clip, wanted, think, thinks, is_asked=is_asked)
            heard[room, thinks, is_asked].append(found)
            if room != OUTSIDE_THE_PROMISE:
                heard[_ALL, thinks, is_asked].append(found)
    print(
        f"{'room':17}{'thinks':>7}{'asked':>7}{'clips':>7}{'added':>7}{'95 %':>6}"
        f"{'at once':>9}{'too early':>11}{'cut off':>9}{'right':>8}"
    )
    rooms = [*(room.name for room in ROOMS), _ALL]
    for room, thinks, is_asked in product(rooms, given.thinks, (False, True)):
        figures = _figures(heard[room, thinks, is_asked])
        print(f"{room:17}{thinks:7.2f}{'yes' if is_asked else 'no':>7}{figures}")


def listen(clip: Clip, wanted: Calls, think: Think, thinks: float, *, is_asked: bool) -> Heard:
    """Listen to a clip in its own time, each thought taking `thinks` seconds.

    If the model is not asked, silence alone says when to act, as it does without a model.
    """
    understood = threading.Event() if is_asked else None
    noise = RoomNoise()
    capture = Capture("", "clip", EndPointing() if is_asked else _SILENCE_ALONE, noise, understood)
    thought: Thought | None = None
    done: list[Thought] = []
    now = 0.0
    for block in _blocks(clip.sound):
        now = block.at
        noise.take(block.samples)
        if now <= ROOM_BEFORE:
            continue
        if understood and thought and now >= thought.known_at:
            if thought.ending is not Ending.UNFINISHED:
                understood.set()
            if thought.is_done_at_once and thought not in done:
                done.append(thought)
        for change in capture.take(block):
            if isinstance(change, Said):
                thought = _thought(think(change.utterance), now + thinks)
            elif isinstance(change, WentOn):
                thought = None
        if capture.is_over:
            break
    is_at_once = thought in done
    too_early = [it for it in done if it is not thought and not it.calls <= wanted]
    if thought is None:
        acted = now
    else:
        acted = thought.known_at if is_at_once else max(now, thought.known_at)
        done += [] if is_at_once else [thought]
    return Heard(
        acted - thinks - clip.last_word_ends,
        is_at_once,
        bool(too_early),
        now < clip.last_word_ends,
        frozenset[Any]().union(*(it.calls for it in done)) == wanted,
    )


def _clips(given: argparse.Namespace) -> Iterator[tuple[str, Clip, Calls, Think]]:
    """Yield each spoken request in each room, what it asks for, and who thinks about it."""
    test = json.loads((given.test / "test.json").read_text(encoding="utf-8"))
    cases = [case for case in test["cases"] if _is_spoken_request(case, given)][: given.clips]
    if not cases:
        raise SystemExit(f"There is no spoken request in {given.test}.")
    spoken = {case["id"]: _read(given.test / f"{case['id']}.wav") for case in cases}
    rng = np.random.default_rng(given.seed)
    with Engine.open(given.model) as engine:
        for home, of_home in groupby(cases, lambda case: int(case["home"])):
            prompt = build_system_prompt([_device(row) for row in test["homes"][home]])
            session = engine.session(prompt.text, prompt.tools)
            for case, room in product(of_home, ROOMS):
                clip = place(spoken[case["id"]], room, rng, list(spoken.values()))
                calls = [ToolCall(it["tool"], it["arguments"]) for it in case["calls"]]
                yield room.name, clip, _keys(calls), _remembering(session)


def _is_spoken_request(case: Mapping[str, Any], given: argparse.Namespace) -> bool:
    is_plain = case["voice"] and case["calls"] and not case["row"]
    is_wanted = is_plain and given.words in {None, case["words"]}
    return is_wanted and (given.test / f"{case['id']}.wav").exists()


def _remembering(session: Session) -> Think:
    """Return what thinks about one clip, and about the same words once."""
    replies: dict[int, Reply] = {}

    def think(utterance: Utterance) -> Reply:
        size = utterance.samples.size
        if size not in replies:
            replies[size] = session.turn((Audio(utterance.samples),))
        return replies[size]

    return think


def _thought(reply: Reply, known_at: float) -> Thought:
    calls = each_once(reply.calls) if reply.finish == "stop" else ()
    return Thought(_keys(calls), ending_of(reply.thought, calls), known_at)


def _keys(calls: Iterable[ToolCall]) -> Calls:
    return frozenset(
        (it.name, tuple(sorted((k, str(v).casefold()) for k, v in it.arguments.items())))
        for it in calls
    )


def _blocks(sound: Sound) -> Iterator[Block]:
    for start in range(0, sound.size, _BLOCK):
        samples = sound[start : start + _BLOCK]
        yield Block(samples, (start + samples.size) / RATE)


def _read(path: Path) -> Sound:
    sound, rate = soundfile.read(path, dtype="float32")
    if rate != RATE or sound.ndim != 1:
        raise SystemExit(f"{path} must be mono at {RATE} Hz.")
    return at_speech_level(sound)


def _device(row: Mapping[str, Any]) -> Device:
    can = frozenset(Capability(ability) for ability in row["can"])
    return Device(row["id"], row["name"], row["area"], Kind(row["kind"]), can)


def _figures(found: Sequence[Heard]) -> str:
    added = [it.added for it in found if not it.is_cut_off]
    median, most = np.percentile(added or [np.nan], [50, 95])
    shares = [
        np.mean([getattr(it, name) for it in found])
        for name in ("is_at_once", "is_too_early", "is_cut_off", "is_right")
    ]
    at_once, too_early, cut_off, right = shares
    return (
        f"{len(found):7}{median:7.2f}{most:6.2f}"
        f"{at_once:9.0%}{too_early:11.1%}{cut_off:9.1%}{right:8.1%}"
    )


if __name__ == "__main__":
    main()
