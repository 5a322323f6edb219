"""Draw how a decoder's size pays: `python -m tools.nano.size_curve --widths 128 192 256`.

For every width there must have been a `train --width W --name size-W`, from nothing and for the
same minutes. Writes `size_curve.png` and prints the table: parameters, minutes, and the share of
held-out sentences of which every token of the reply was right.
"""

import csv
from pathlib import Path

from matplotlib.figure import Figure

from tools.nano.model import Nano
from tools.nano.tokenizer import load_tokenizer
from tools.nano.train import HELD_OUT_SENTENCES
from tools.nano.work import work_parser

Course = dict[float, float]
"""The share of right replies by the minutes of training."""


def main() -> None:
    """Draw the curves, and print their table."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--widths", type=int, nargs="+", required=True)
    options = parser.parse_args()
    tokenizer = load_tokenizer(options.work)
    courses: dict[float, Course] = {}
    print("| width | parameters | minutes | held-out sentences right |\n|---|---|---|---|")
    for width in options.widths:
        count = sum(weight.numel() for weight in Nano(tokenizer, width).parameters())
        course = read_course(options.work / f"size-{width}.csv")
        courses[count / 1e6] = course
        for minutes, right in course.items():
            print(f"| {width} | {count / 1e6:.2f} M | {minutes:.0f} | {right:.0%} |")
    draw(courses, options.work / "size_curve.png")


def read_course(table: Path) -> Course:
    """Read what `train` wrote of one training."""
    with table.open(newline="", encoding="utf-8") as file:
        return {
            float(row["minutes"]): float(row[f"right of {HELD_OUT_SENTENCES}"])
            for row in csv.DictReader(file)
        }


def draw(courses: dict[float, Course], picture: Path) -> None:
    """Draw accuracy against minutes, a line for each size, and against millions of parameters."""
    figure = Figure(figsize=(11, 4), layout="constrained")
    by_time, by_size = figure.subplots(1, 2)
    for millions, course in courses.items():
        by_time.plot(course.keys(), course.values(), marker=".", label=f"{millions:.1f} M")
    last = {millions: [*course.values()][-1] for millions, course in courses.items()}
    by_size.plot(last.keys(), last.values(), marker="o")
    by_time.set(xlabel="minutes of training", ylabel="held-out sentences right", ylim=(0, None))
    by_size.set(xlabel="millions of parameters", ylabel="right at the end", ylim=(0, None))
    by_time.legend()
    for panel in (by_time, by_size):
        panel.grid(visible=True, alpha=0.3)
    figure.savefig(picture, dpi=100)


if __name__ == "__main__":
    main()
