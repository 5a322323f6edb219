"""The demo's page: what was heard, decided, published and confirmed, and how long each took."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from edge_agent.agent import Answer
    from edge_agent.senses.types import Utterance
    from edge_agent.tools.types import Outcome

_BLOCKS = " ▁▂▃▄▅▆▇█"
_WIDTH = 48
_BAR_WIDTH = 28
_STYLE = {"confirmed": "bold green", "unconfirmed": "yellow", "dry-run": "cyan"}


@dataclass(frozen=True)
class Stage:
    """One stretch of a turn's time."""

    name: str
    milliseconds: float
    note: str


def turn_page(sound: "Utterance", answer: "Answer") -> RenderableType:
    """Lay out one spoken turn."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(justify="right", style="bold", width=10)
    rows.add_column()
    for name, what in _story(sound, answer):
        rows.add_row(name, what)
    return Group(rows, Text(), _timing_bars(stages(answer)))


def waveform(sound: "Utterance", columns: int = _WIDTH) -> str:
    """Draw the loudness of `sound` in `columns` block characters."""
    loudest = [
        float(np.abs(piece).max(initial=0)) for piece in np.array_split(sound.samples, columns)
    ]
    top = max(*loudest, 1e-3)
    return "".join(_BLOCKS[round(level / top * (len(_BLOCKS) - 1))] for level in loudest)


def stages(answer: "Answer") -> tuple[Stage, ...]:
    """Split a turn's time into the stages that follow each other."""
    took = answer.timings
    decide = max(0.0, took["decided_ms"] - took["audio_encode_ms"] - took["prefill_ms"])
    return (
        Stage("listen", took["audio_encode_ms"], f"{took['audio_tokens']:.0f} tokens"),
        Stage("take in", took["prefill_ms"], f"{took['prompt_tokens']:.0f} tokens"),
        Stage("decide", decide, f"{took['reply_tokens']:.0f} tokens"),
        Stage("publish", took["publish_ms"], "until the broker had it"),
        Stage("confirm", took["confirm_ms"], "until the device said so"),
    )


def _story(sound: "Utterance", answer: "Answer") -> Iterator[tuple[str, RenderableType]]:
    yield "sound", Text(waveform(sound), style="cyan") + Text(f"  {sound.seconds:.1f} s", "dim")
    yield "heard", Text(f"“{answer.heard}”", style="italic")
    for call in answer.calls:
        given = ", ".join(f"{name}: {value}" for name, value in call.arguments.items())
        yield "decided", Text(call.tool, style="bold magenta") + Text(f"  {given}", "default")
    for outcome in answer.outcomes:
        yield from _told(outcome)
    yield "said", Text(f"“{answer.reply}”", style="bold")


def _told(outcome: "Outcome") -> Iterable[tuple[str, RenderableType]]:
    if outcome.publish_ms is not None:
        for command in outcome.commands:
            yield "published", Text(f"{command.topic}  {command.payload}")
    status = outcome.status.value
    detail = f"  by the device, after {outcome.confirm_ms:.0f} ms" if outcome.confirm_ms else ""
    yield (
        status,
        Text("✓" if status == "confirmed" else "✗", _STYLE.get(status, "red"))
        + Text(detail, "default"),
    )


def _timing_bars(parts: tuple[Stage, ...]) -> Table:
    longest = max((stage.milliseconds for stage in parts), default=0.0) or 1.0
    bars = Table.grid(padding=(0, 2))
    bars.add_column(justify="right", style="bold", width=10)
    bars.add_column(width=_BAR_WIDTH)
    bars.add_column(justify="right", no_wrap=True)
    bars.add_column(style="dim", no_wrap=True)
    for stage in parts:
        blocks = "█" * max(1, round(stage.milliseconds / longest * _BAR_WIDTH))
        bars.add_row(stage.name, Text(blocks, "blue"), f"{stage.milliseconds:.0f} ms", stage.note)
    return bars
