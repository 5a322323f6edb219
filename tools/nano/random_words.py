"""Rows of random English words, for breadth of sound: `python -m tools.nano.random_words`.

The words are Debian's `wamerican-small` (SCOWL, free for any purpose). Written to `words.tsv`, in
the columns of the requests; nothing is asked for by any of them.
"""

import random
import re
from pathlib import Path

from tools.nano.requests import Request, table_row
from tools.nano.work import work_parser

_WORDS = Path("/usr/share/dict/american-english-small")
_FIRST_NUMBER = 50_000
_SEED = 43


def main() -> None:
    """Write rows of two to eight words."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--count", type=int, default=6_000)
    options = parser.parse_args()
    words = re.findall(r"^[a-z]{2,12}$", _WORDS.read_text(encoding="utf-8"), re.MULTILINE)
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
