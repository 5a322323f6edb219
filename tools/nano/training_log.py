"""How a training goes: `NAME.csv`, a row each time it was looked at, and its curves, `NAME.png`."""

import csv
from pathlib import Path

from matplotlib.figure import Figure

_STEP, _MINUTES = "step", "minutes"


class TrainingLog:
    """Rows of one training; a training that goes on adds to those that are there."""

    def __init__(self, folder: Path, name: str) -> None:
        """Write to `folder`, under `name`."""
        self._table, self._picture = folder / f"{name}.csv", folder / f"{name}.png"

    def add(self, step: int, seconds: float, values: dict[str, float]) -> None:
        """Add a row, and draw the curves anew.

        `values` are named by what they are and of what ("loss of training", "right of lamps"): what
        has the same first word is drawn into one picture.
        """
        row = {_STEP: step, _MINUTES: round(seconds / 60, 2)}
        row |= {name: round(value, 5) for name, value in values.items()}
        fresh = not self._has_columns(list(row))
        with self._table.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if fresh:
                writer.writeheader()
            writer.writerow(row)
        draw_curves(self._table, self._picture)

    def _has_columns(self, columns: list[str]) -> bool:
        """Tell whether there is a table with these columns; one with others is set aside."""
        if not self._table.exists():
            return False
        with self._table.open(newline="", encoding="utf-8") as file:
            if next(csv.reader(file), None) == columns:
                return True
        self._table.replace(self._table.with_suffix(".before.csv"))
        return False


def draw_curves(table: Path, picture: Path) -> None:
    """Draw the columns of a `table` against the minutes of training."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in {_STEP, _MINUTES}]
    sorts = list(dict.fromkeys(name.split()[0] for name in names))
    figure = Figure(figsize=(6 * len(sorts), 4), layout="constrained")
    minutes = [float(row[_MINUTES]) for row in rows]
    for panel, sort in zip(figure.subplots(1, len(sorts), squeeze=False)[0], sorts, strict=True):
        for name in (it for it in names if it.split()[0] == sort):
            values = [float(row[name]) for row in rows]
            panel.plot(minutes, values, marker=".", label=name.removeprefix(f"{sort} "))
        panel.set(xlabel=_MINUTES, ylabel=sort, ylim=(0, None))
        panel.grid(visible=True, alpha=0.3)
        panel.legend()
    figure.savefig(picture, dpi=100)
