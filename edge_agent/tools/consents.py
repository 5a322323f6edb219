"""A person's yes: to one question, in the next turn, within a time, over the way it was asked."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge_agent.tools.open_question import OpenQuestion
from edge_agent.tools.spoken_words import words_in
from edge_agent.tools.types import Call

_YES = (
    "yes", "yes please", "yes do it", "yes do that", "yes go ahead", "yeah", "yep", "sure", "ok",
    "okay", "do it", "do that", "go ahead", "confirm", "confirmed", "of course", "please do",
)  # fmt: skip
_FILLING = frozenset({"please", "it", "do", "the", "yes", "now"})


@dataclass(frozen=True)
class Agreement:
    """What a person has agreed to: these calls, and nothing else."""

    calls: tuple[Call, ...]


@dataclass(frozen=True)
class _Question:
    calls: tuple[Call, ...]
    words: frozenset[str]


class Consents:
    """Takes the answer to "Shall I …?". Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without a question."""
        self._open: OpenQuestion[_Question] = OpenQuestion(clock)

    def ask(self, source: str, calls: Sequence[Call], question: str) -> None:
        """Remember that `question`, about `calls`, was put to whoever speaks over `source`."""
        words = frozenset(words_in(question))
        self._open.ask(source, _Question(tuple(calls), words))

    def is_asking(self, source: str) -> bool:
        """Tell whether whoever speaks over `source` was asked, and has not answered."""
        return self._open.is_open(source)

    def answered(self, source: str, said: str) -> Agreement | None:
        """Take the next thing that was `said`: an agreement if it is a yes to the open question."""
        question = self._open.take(source)
        if question is None or not _is_yes(said, question.words):
            return None
        return Agreement(question.calls)


def _is_yes(said: str, words: frozenset[str]) -> bool:
    """Tell whether somebody said yes, and nothing that the question was not about."""
    spoken = words_in(said)
    if " ".join(spoken) in _YES:
        return True
    starts = spoken[:1] in (["yes"], ["yeah"], ["yep"], ["okay"], ["ok"], ["sure"])
    return starts and set(spoken[1:]) <= words | _FILLING
