"""Rows of random English words, for breadth of sound: `python -m tools.nano.random_words`.

Written to `words.tsv`, in the columns of the requests; nothing is asked for by any of them.
"""

import random
from pathlib import Path

from tools.nano import english
from tools.nano.requests import Request, table_row
from tools.nano.work import work_parser

_FIRST_NUMBER = 50_000
_SEED = 43


def main() -> None:
    """Write rows of two to eight words."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--count", type=int, default=6_000)
    options = parser.parse_args()
    words = english.words()
    chance = random.Random(_SEED)
    rows = []
    for number in range(_FIRST_NUMBER, _FIRST_NUMBER + options.count):
        said = " ".join(chance.choice(words) for _ in range(chance.randint(2, 8)))
        rows.append(table_row(f"r{number}", Request(said, (), ())))
    target: Path = options.work / "words.tsv"
    target.write_text("\n".join(["id\ttext\tcalls\tdevices", *rows]) + "\n", encoding="utf-8")
    print(f"{target}: {options.count} rows")


if __name__ == "__main__":
    main()
