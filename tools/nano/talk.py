"""What is said beside a microphone and asks for nothing: `python -m tools.nano.talk`.

Written to `talk.tsv`, in the columns of the requests. Without it, ears that are tuned on requests
hear a request in everything.
"""

import random
from pathlib import Path

from tools.nano.requests import Request, draw_nothing, table_row, widest_style
from tools.nano.work import work_parser

_FIRST_NUMBER = 60_000
_SEED = 43


def main() -> None:
    """Write sentences that are not for the house."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--count", type=int, default=6_000)
    options = parser.parse_args()
    style, chance = widest_style(), random.Random(_SEED)
    rows = [
        table_row(f"r{number}", Request(draw_nothing(style, chance), (), ()))
        for number in range(_FIRST_NUMBER, _FIRST_NUMBER + options.count)
    ]
    target: Path = options.work / "talk.tsv"
    target.write_text("\n".join(["id\ttext\tcalls\tdevices", *rows]) + "\n", encoding="utf-8")
    print(f"{target}: {options.count} rows")


if __name__ == "__main__":
    main()
