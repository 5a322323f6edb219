"""`python -m tools.bench`: print what a spoken request costs here and in LiteRT-LM."""

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from edge_agent.assembly import demo_home
from edge_agent.configuration import default_model
from edge_agent.home.home_file import load_home
from tools.bench.sides import EdgeAgent, LiteRTLM, Side, Speed

DEMO_SOUND = Path(__file__).parent.parent.parent / "edge_agent" / "cli" / "demo.wav"


@dataclass(frozen=True)
class Figures:
    """What one side did. Times are in milliseconds, medians over the runs."""

    side: str
    load_ms: float
    first_turn_ms: float
    turn_ms: float
    speed: Speed
    calls: list[str]


def measure(make: Callable[[], Side], sounds: Sequence[Path], runs: int) -> Figures:
    """Load a side, take every sound `runs` times, and time plain tokens."""
    side = make()
    try:
        first, calls = side.turn(sounds[0])
        times = [side.turn(sound)[0] for _ in range(runs) for sound in sounds]
        speed = side.speed(prefill=512, decode=128)
        return Figures(side.name, side.load_ms, first, statistics.median(times), speed, calls)
    finally:
        side.close()


def main() -> None:
    """Measure both sides, one after the other, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=default_model())
    parser.add_argument("--audio", type=Path, nargs="+", default=[DEMO_SOUND])
    parser.add_argument("--home", type=Path, default=demo_home())
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    devices = load_home(asked.home).devices
    with tempfile.TemporaryDirectory() as folder:
        figures = [
            measure(
                partial(kind, asked.model, devices, asked.threads, Path(folder)),
                asked.audio,
                asked.runs,
            )
            for kind in (EdgeAgent, LiteRTLM)
        ]
    if asked.json:
        print(json.dumps([asdict(side) for side in figures]))
    else:
        Console().print(_table(figures))


def _table(figures: Sequence[Figures]) -> Table:
    table = Table("", *(side.side for side in figures), title="A spoken request, side by side")
    rows: tuple[tuple[str, Callable[[Figures], str]], ...] = (
        ("load, home read", lambda it: f"{it.load_ms:.0f} ms"),
        ("first request", lambda it: f"{it.first_turn_ms:.0f} ms"),
        ("request, median", lambda it: f"{it.turn_ms:.0f} ms"),
        ("prefill", lambda it: f"{it.speed.prefill:.0f} tokens/s"),
        ("decode", lambda it: f"{it.speed.decode:.0f} tokens/s"),
        ("decided", lambda it: "\n".join(it.calls) or "nothing"),
    )
    for name, show in rows:
        table.add_row(name, *(show(side) for side in figures))
    return table


if __name__ == "__main__":
    main()
