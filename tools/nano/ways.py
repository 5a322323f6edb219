"""The ways in which people ask: wrappers round the forms of a tool's verb.

`ways_training.txt` says which; many thousands of sentences come out of some hundred lines.
"""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.nano.sentences import read_lines

_FORM_WEIGHTS = {
    "do": 10.0, "ask": 6.0, "question": 10.0, "fact": 6.0, "done": 4.0, "state": 4.0, "what": 4.0,
    "value": 2.0, "doing": 1.0, "undone": 2.0,
}  # fmt: skip
_WHOLE_BY_THEMSELVES = ("do", "ask", "question")
_BREAKS = (
    " no wait ", " no I mean ", " sorry I mean ", " wait no ", " no sorry ", " scratch that ",
    ", no, ", " no no ", " or rather ", " uh no ", " I mean ", " wait ",
)  # fmt: skip
_AGREEMENT = {
    "is": "are", "was": "were", "has": "have", "needs": "need", "gets": "get", "does": "do",
    "says": "say", "it": "them",
}  # fmt: skip
_DO_IT = "{do it}"
_OF_IT = re.compile(r"\w+ \{D\}( \w+)*")
_VERB_AND_REST = re.compile(r"(\w+) (\{[Dd]\} .+)")
_NOT_TWICE = frozenset(
    ("please", "thanks", "thank", "now", "right", "if", "when", "before", "okay")
)

Lines = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Asked:
    """What is asked: the heading of its forms, the sort of device, and what fills the slots.

    `group` is "a light", "a machine" or the like, for the forms that only such a device has.
    """

    heading: str
    group: str
    slots: Mapping[str, str]


class Ways:
    """Draws sentences for a heading: a tool, or the state of a kind of device."""

    def __init__(self, lines: Lines) -> None:
        """Take the lines under each heading of the file."""
        self._lines = lines
        endings = (*lines["endings"], *lines["endings of a question"])
        openers = {f"{plain(opener)} " for opener in lines["openers"]}
        self._plain_openers = sorted(openers, key=_longest_first)
        self._plain_endings = sorted(
            {f" {plain(ending)}" for ending in endings}, key=_longest_first
        )

    def headings(self) -> frozenset[str]:
        """Return the tools, and the states of a kind, that sentences can be composed for."""
        return frozenset(line.partition(": ")[0] for line in self._lines if ": " in line)

    def forms(self, heading: str) -> tuple[str, ...]:
        """Return the forms that there are of `heading`."""
        return tuple(form for form in _FORM_WEIGHTS if f"{heading}: {form}" in self._lines)

    def draw(
        self, heading: str, chance: random.Random, *, group: str = "", follows: bool = False
    ) -> str:
        """Draw a sentence for `heading`, its slots unfilled; one that `follows` another, or not."""
        forms = self.forms(heading)
        form = chance.choices(forms, [_FORM_WEIGHTS[form] for form in forms])[0]
        way = chance.choice(self._ways(form, follows=follows))
        if _DO_IT in way:
            way = way.replace(_DO_IT, chance.choice(self._done_to_it(heading, group)))
        return way.replace(f"{{{form}}}", chance.choice(self._words(heading, group, form)))

    def wrapped(self, imperative: str, chance: random.Random) -> str:
        """Wrap up an `imperative` that no heading has."""
        return chance.choice(self._lines["ways of do"]).replace("{do}", imperative)

    def draw_bare(self, heading: str, chance: random.Random, *, group: str = "") -> str:
        """Draw an imperative or a question with nothing round it, its slots unfilled."""
        can = [form for form in self.forms(heading) if form in _WHOLE_BY_THEMSELVES]
        return chance.choice(self._words(heading, group, chance.choice(can)))

    def draw_pair(self, one: Asked, other: Asked, chance: random.Random) -> str | None:
        """Say two requests in one breath, or nothing where their words do not go together.

        "turn the lamp on and the radio off", "I want the lamp on and the door locked"
        """
        form = chance.choice(("do", "done", "state"))
        ways = self._lines[f"ways of {form}"]
        if form == "do":
            pairs = self._with_one_verb(one, other)
            if not pairs:
                return None
            verb, first, second = chance.choice(pairs)
            both = f"{verb} {first.format_map(one.slots)} and {second.format_map(other.slots)}"
            return chance.choice(ways).replace("{do}", both)
        if not {form} <= {*self.forms(one.heading)} & {*self.forms(other.heading)}:
            return None
        said = [
            f"{{D}} {chance.choice(self._words(asked.heading, asked.group, form))}".format_map(
                asked.slots
            )
            for asked in (one, other)
        ]
        place = f"{{D}} {{{form}}}"
        return chance.choice([way for way in ways if place in way]).replace(
            place, " and ".join(said)
        )

    def dressed(self, said: str, chance: random.Random, *, question: bool = False) -> str:
        """Put an opener, a reason or an ending to a filled sentence, or none of them."""
        endings = self._lines["endings of a question" if question else "endings"]
        reasons = self._lines["reasons for a question" if question else "reasons"]
        ending = chance.choice(endings) if chance.random() < 0.3 else ""
        if _NOT_TWICE & {*ending.split()} & {*said.lower().split()}:
            ending = ""
        luck, reason = chance.random(), chance.choice(reasons)
        if luck < 0.05:
            return f"{reason}{chance.choice((' ', ', ', ', so ', ' so '))}{said}"
        if luck < 0.09:
            return f"{said}{chance.choice((' ', ', ', ' because ', ', '))}{reason}"
        opener = self.opener(chance) if chance.random() < 0.3 else ""
        return f"{opener}{said}{ending and ' '}{ending}"

    def opener(self, chance: random.Random) -> str:
        """Draw what people say before they come to the point."""
        return chance.choice(self._lines["openers"]) + chance.choice((" ", " ", ", "))

    def repaired(self, heading: str, begun: str, chance: random.Random, *, group: str = "") -> str:
        """Begin to ask for `begun`, break off, and ask for `heading`; slots unfilled."""
        start = self.draw_bare(begun, chance).split(" {")[0]
        return f"{start}{chance.choice(_BREAKS)}{self.draw_bare(heading, chance, group=group)}"

    def other_first(self, other: str, number: str, chance: random.Random) -> str:
        """Say another number first, and mend it: "twenty no thirty"."""
        return f"{other}{chance.choice(_BREAKS)}{number}"

    def every_sentence(self, heading: str) -> Iterator[str]:
        """Give all sentences that `draw` can draw for `heading`, of all groups."""
        for under, words in self._lines.items():
            about, _, form = under.partition(": ")
            if form and (about == heading or about.startswith(f"{heading} a ")):
                for way in self._every_way(form, heading):
                    yield from (way.replace(f"{{{form}}}", each) for each in words)

    def _every_way(self, form: str, heading: str) -> Iterator[str]:
        for way in self._ways(form):
            if _DO_IT in way:
                yield from (way.replace(_DO_IT, it) for it in self._done_to_it(heading, ""))
            else:
                yield way

    def bare(self, said: str) -> str:
        """Take the openers and endings off a sentence, and its capitals and punctuation."""
        said = plain(said)
        while found := next(filter(said.startswith, self._plain_openers), None):
            said = said.removeprefix(found)
        while found := next(filter(said.endswith, self._plain_endings), None):
            said = said.removesuffix(found)
        return said

    def _ways(self, form: str, *, follows: bool = False) -> tuple[str, ...]:
        at_first = () if follows else self._lines.get(f"ways of {form} at first", ())
        return self._lines[f"ways of {form}"] + at_first

    def _words(self, heading: str, group: str, form: str) -> tuple[str, ...]:
        common = self._lines.get(f"{heading}: {form}", ())
        return common + self._lines.get(f"{heading} {group}: {form}", ())

    def _done_to_it(self, heading: str, group: str) -> list[str]:
        """Return the imperatives that can be said of a device that was named before."""
        lines = self._words(heading, group, "do")
        return [line.replace("{D}", "{it}") for line in lines if _OF_IT.fullmatch(line)]

    def _with_one_verb(self, one: Asked, other: Asked) -> list[tuple[str, str, str]]:
        """Return a verb with what follows it in both requests: "turn", "{D} on", "{D} off"."""
        starts = [
            [found for line in self._words(asked.heading, asked.group, "do")
             if (found := _VERB_AND_REST.fullmatch(line))]
            for asked in (one, other)
        ]  # fmt: skip
        return [
            (first[1], first[2], second[2])
            for first in starts[0]
            for second in starts[1]
            if first[1] == second[1]
        ]


def _longest_first(words: str) -> tuple[int, str]:
    return -len(words), words


def agreeing(*, plural: bool) -> dict[str, str]:
    """Return the verbs that agree with the device, by their slot."""
    return {verb: many if plural else verb for verb, many in _AGREEMENT.items()}


def plain(said: str) -> str:
    """Return a sentence of singular devices, without capitals and punctuation."""
    words = re.sub(r"[^\w{}' ]+", " ", singular(said)).split()
    return " ".join(word if word.startswith("{") else word.lower() for word in words)


def singular(said: str) -> str:
    """Put the verbs of a single device into a sentence."""
    return said.format_map(_Slots(agreeing(plural=False)))


class _Slots(dict[str, str]):
    def __missing__(self, slot: str) -> str:
        return f"{{{slot}}}"


@cache
def training_ways() -> Ways:
    """Return the ways to train on."""
    return Ways(read_lines(Path(__file__).with_name("ways_training.txt")))
