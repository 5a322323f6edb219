"""A person's answer to "The desk lamp in the study or the one in the office?"."""

import time
from collections.abc import Callable

from edge_agent.tools.open_question import OpenQuestion
from edge_agent.tools.spoken_words import words_in
from edge_agent.tools.types import Call, Choice, Option

_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_ALL = frozenset({"both", "all"})
_FILLING = frozenset({
    "the", "one", "ones", "in", "on", "at", "by", "of", "a", "an", "please", "i", "mean", "meant",
    "that", "it's", "them", "my", "yes",
})  # fmt: skip


class Choices:
    """Takes the answer to "which one?". Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without a question."""
        self._open: OpenQuestion[Choice] = OpenQuestion(clock)

    def ask(self, source: str, choice: Choice) -> None:
        """Remember that whoever speaks over `source` was asked which of several things is meant."""
        self._open.ask(source, choice)

    def is_asking(self, source: str) -> bool:
        """Tell whether whoever speaks over `source` was asked, and has not answered."""
        return self._open.is_open(source)

    def answered(self, source: str, said: str) -> tuple[Call, ...]:
        """Take the next thing that was `said`: what is to be done, if it chooses; else nothing."""
        choice = self._open.take(source)
        return _chosen(choice.options, said) if choice else ()


def chooses_by_place(said: str) -> bool:
    """Tell whether `said` is nothing but a choice ("the first one"), which names nothing itself."""
    telling = frozenset(words_in(said)) - _FILLING
    return bool(telling) and telling <= _ORDINALS.keys()


def _chosen(options: tuple[Option, ...], said: str) -> tuple[Call, ...]:
    """Return the calls that were chosen, where nothing was said that is no answer."""
    spoken = frozenset(words_in(said))
    telling = spoken - _FILLING
    offered = frozenset().union(*(option.words for option in options))
    if telling and telling <= _ALL - offered:
        return tuple(call for option in options for call in option.calls)
    places = telling & _ORDINALS.keys() - offered
    if not telling or not telling - places <= offered or len(places) > 1:
        return ()
    if places:
        place = _ORDINALS[next(iter(places))]
        left = options[place : place + 1 or None]
    else:
        most = max(len(telling & option.words) for option in options)
        left = tuple(option for option in options if len(telling & option.words) == most)
        exact = tuple(option for option in left if option.words - _FILLING <= telling)
        left = exact or left
    return left[0].calls if len(left) == 1 else ()
