"""The ways in which people ask: wrappers round the forms of a tool's verb.

`ways_training.txt` says which; thousands of sentences come out of a few hundred lines.
"""

import random
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tools.nano.sentences import read_lines

_FORM_WEIGHTS = {"do": 10.0, "done": 4.0, "state": 4.0, "doing": 1.0, "fact": 8.0}
_BREAKS = (
    " no wait ",
    " no I mean ",
    " sorry I mean ",
    " wait no ",
    " no sorry ",
    " scratch that ",
)

Lines = Mapping[str, tuple[str, ...]]


class Ways:
    """Draws sentences with the slots {D}, {d}, {v} and {c} for a tool."""

    def __init__(self, lines: Lines) -> None:
        """Take the lines under each heading of the file."""
        self._lines = lines

    def forms(self, heading: str) -> tuple[str, ...]:
        """Return the forms that there are of `heading`: of a tool, or of a kind's state."""
        return tuple(form for form in _FORM_WEIGHTS if f"{heading}: {form}" in self._lines)

    def draw(self, heading: str, chance: random.Random, form: str = "") -> str:
        """Draw a sentence for `heading`, in `form` where one is named."""
        forms = (form,) if form else self.forms(heading)
        form = chance.choices(forms, [_FORM_WEIGHTS[form] for form in forms])[0]
        way = chance.choice(self._lines[f"ways of {form}"])
        return way.replace(f"{{{form}}}", chance.choice(self._lines[f"{heading}: {form}"]))

    def dressed(self, said: str, chance: random.Random) -> str:
        """Put an opener, a reason or an ending to a filled sentence, or none of them."""
        opener, ending = "", ""
        if chance.random() < 0.3:
            opener = chance.choice(self._lines["openers"]) + chance.choice((" ", " ", ", "))
        if chance.random() < 0.3 and not said.endswith((" please", " now", " ahead")):
            ending = " " + chance.choice(self._lines["endings"])
        reason = chance.choice(self._lines["reasons"])
        luck = chance.random()
        if luck < 0.04:
            opener = f"{reason}{chance.choice((' ', ', ', ' so '))}"
        elif luck < 0.07:
            ending = chance.choice((" ", ", ", " because ")) + reason
        return f"{opener}{said}{ending}"

    def repaired(self, said: str, heading: str, chance: random.Random) -> str:
        """Begin another sentence first, break off, and say `said`."""
        begun = chance.choice(self._lines[f"{heading}: do"]).split(" {")[0]
        return f"{begun}{chance.choice(_BREAKS)}{said}"

    def every_sentence(self, heading: str) -> Iterator[str]:
        """Give all sentences that `draw` can draw for `heading`."""
        for form in self.forms(heading):
            for way in self._lines[f"ways of {form}"]:
                for words in self._lines[f"{heading}: {form}"]:
                    yield way.replace(f"{{{form}}}", words)

    def bare(self, said: str) -> str:
        """Take the openers and endings off a sentence, and its capitals and punctuation."""
        said = plain(said)
        openers = {plain(opener) for opener in self._lines["openers"]}
        endings = {plain(ending) for ending in self._lines["endings"]}
        while found := next((x for x in openers if said.startswith(f"{x} ")), None):
            said = said.removeprefix(f"{found} ")
        while found := next((x for x in endings if said.endswith(f" {x}")), None):
            said = said.removesuffix(f" {found}")
        return said


def plain(said: str) -> str:
    """Return a sentence without capitals outside of its slots, and without punctuation."""
    words = re.sub(r"[^\w{}' ]+", " ", said).split()
    return " ".join(word if word.startswith("{") else word.lower() for word in words)


@cache
def training_ways() -> Ways:
    """Return the ways to train on."""
    return Ways(read_lines(Path(__file__).with_name("ways_training.txt")))
