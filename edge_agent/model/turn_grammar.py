"""What a turn may hold, for the tools of one session: grammars, compiled once each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge_agent.model.control_tokens import THOUGHT_END, THOUGHT_START
from edge_agent.model.grammar import (
    Grammar,
    GrammarOptions,
    Matcher,
    Mode,
    Thought,
    compile_grammar,
)
from edge_agent.model.tokenizer import Tokenizer
from edge_agent.model.types import ToolDeclaration


@dataclass(frozen=True)
class Only:
    """What alone may be called: the tool of that name, tools about the thing of that name."""

    tool: str | None = None
    about: str | None = None

    def of(self, tools: Sequence[ToolDeclaration]) -> list[ToolDeclaration]:
        """Return those of `tools` that may be called; of their choices, only `about` is left."""
        named = [tool for tool in tools if self.tool in (None, tool.name)]
        if self.about is None:
            return named
        return [
            replace(tool, choices=dict.fromkeys(tool.choices, (self.about,)))
            for tool in named
            if any(self.about in names for names in tool.choices.values())
        ]


ANY = Only()


class TurnGrammars:
    """The grammars of a session's turns."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        tools: Sequence[ToolDeclaration],
        stop_ids: tuple[int, ...],
        *,
        thinking: bool | None,
    ) -> None:
        """Compile the one that most turns need; raises `GrammarError`."""
        self._tokenizer, self._tools, self._stop_ids = tokenizer, tuple(tools), stop_ids
        channel = {THOUGHT_START, THOUGHT_END}
        self.may_think: bool = thinking is not False and channel <= tokenizer.special_tokens.keys()
        self._compiled: dict[tuple[Mode, Thought, Only], Grammar] = {}
        self.matcher(Mode.CALLS_OR_TEXT, Thought.ALLOWED)

    def matcher(self, mode: Mode, thought: Thought, only: Only = ANY) -> Matcher | None:
        """Return a matcher for a new turn; None leaves the model free, where there are no tools.

        A thought that is allowed is so where the model can think. `only` narrows what may be
        called. Raises `GrammarError`.
        """
        if not self._tools and mode is not Mode.CALLS:
            return None
        if thought is Thought.ALLOWED and not self.may_think:
            thought = Thought.NONE
        if (mode, thought, only) not in self._compiled:
            options = GrammarOptions(self._stop_ids, mode, thought)
            grammar = compile_grammar(self._tokenizer, only.of(self._tools), options)
            self._compiled[mode, thought, only] = grammar
        return self._compiled[mode, thought, only].matcher()
