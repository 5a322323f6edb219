"""Have an agent listen in real time to a room where it is called again and again; count.

    python -m tools.soak FOLDER [--minutes 60] [--every 60] [--seed 0]

FOLDER keeps the agent's log, its journal, and what was counted. Every so many seconds somebody
talks, calls the agent by its name, and asks for something, in a noise that changes each time.

| figure | meaning                                                                        |
|--------|--------------------------------------------------------------------------------|
| missed | calls after which it did not listen                                            |
| false  | times that it listened, and nobody had called                                  |
| right  | calls after which it told the device that was meant what was meant, and no other |
| behind | how far the agent was behind the sound, at most, in seconds                    |

Memory is what is private to the process: its half means tell whether it grows.
"""

import argparse
import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean
from typing import BinaryIO

import numpy as np

from edge_agent.senses.types import SAMPLE_RATE
from tools.soak.agent import Agent, Taken, running
from tools.soak.room import Piece, pieces

_BLOCK = SAMPLE_RATE // 50
_LOOK_EVERY_S = 5.0
_WOKEN_WITHIN_S = 2.0
_BEFORE_S = 0.6
"""The name is known before its last sound has died away."""


@dataclass
class Counted:
    """What came of it."""

    seconds: float = 0.0
    calls: int = 0
    missed: list[str] = field(default_factory=list)
    false: int = 0
    right: int = 0
    turns: int = 0
    behind: float = 0.0
    takings: list[Taken] = field(default_factory=list)


def main() -> None:
    """Go through it, saying every minute how it stands."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description="Soak the agent.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=60, help="seconds from call to call")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    fifo = folder / "sound"
    fifo.unlink(missing_ok=True)
    os.mkfifo(fifo)
    with running(folder, fifo) as agent:
        counted = _listen(agent, fifo, given.minutes * 60, pieces(given.every, given.seed))
    (folder / "counted.json").write_text(json.dumps(asdict(counted), indent=1))
    print(_told(counted))


def _listen(agent: Agent, fifo: Path, seconds: float, room: Iterable[Piece]) -> Counted:
    counted, began = Counted(), time.monotonic()
    with fifo.open("wb") as ear:
        for piece in room:
            if time.monotonic() - began >= seconds or not agent.is_alive:
                break
            _play(agent, ear, piece, counted)
            counted.seconds = time.monotonic() - began
            print(f"{counted.seconds:6.0f} s  {_line(counted)}", flush=True)
    return counted


def _play(agent: Agent, ear: BinaryIO, piece: Piece, counted: Counted) -> None:
    """Play a piece in real time, and count what the agent made of it."""
    began = time.monotonic()
    pcm = (piece.sound * 32_767).astype("<i2")
    looked = 0.0
    for start in range(0, pcm.size, _BLOCK):
        due = began + start / SAMPLE_RATE
        counted.behind = max(counted.behind, time.monotonic() - due - 0.02)
        time.sleep(max(0.0, due - time.monotonic()))
        ear.write(pcm[start : start + _BLOCK].tobytes())
        ear.flush()
        if time.monotonic() - looked >= _LOOK_EVERY_S:
            looked = time.monotonic()
            counted.takings.append(agent.taken())
    _count(agent, began, time.monotonic(), piece, counted)


def _count(agent: Agent, began: float, ended: float, piece: Piece, counted: Counted) -> None:
    woken = agent.woken_between(began, ended)
    counted.turns = len(agent.turns)
    called = began + (piece.called_at or 0) / SAMPLE_RATE
    answered = [at for at in woken if called - _BEFORE_S <= at < called + _WOKEN_WITHIN_S]
    counted.calls += 1
    counted.false += len(woken) - len(answered[:1])
    if not answered:
        counted.missed.append(piece.about)
    elif agent.told_between(began, ended) == [piece.wanted]:
        counted.right += 1


def _line(counted: Counted) -> str:
    taken = counted.takings[-1]
    return (
        f"calls {counted.calls}, missed {len(counted.missed)}, false {counted.false}, "
        f"turns {counted.turns}, right {counted.right}, behind {counted.behind:.2f} s, "
        f"{taken.memory / 1e6:.1f} MB, {taken.descriptors} descriptors, {taken.threads} threads"
    )


def _told(counted: Counted) -> str:
    memory = np.array([taken.memory for taken in counted.takings], float) / 1e6
    half = memory.size // 2
    quarter = memory[half:].size // 2
    last = mean(memory[half:][quarter:]) / mean(memory[half:][:quarter]) - 1
    lines = [
        f"{counted.seconds / 60:.0f} minutes: {_line(counted)}",
        f"missed: {', '.join(counted.missed) or '-'}",
        f"memory {memory[0]:.1f} MB at first, {memory[:half].mean():.1f} and"
        f" {memory[half:].mean():.1f} MB in the halves; {last:+.1%} within the last half",
    ]
    for name in ("descriptors", "threads"):
        of_it = [getattr(taken, name) for taken in counted.takings[1:]]
        lines.append(f"{name}: {min(of_it)} to {max(of_it)}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
