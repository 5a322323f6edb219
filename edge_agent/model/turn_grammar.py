"""What a turn may hold, for the tools of one session: grammars, compiled once each."""

from collections.abc import Sequence

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
        self._compiled: dict[tuple[Mode, Thought, str | None], Grammar] = {}
        self.matcher(Mode.CALLS_OR_TEXT, Thought.ALLOWED)

    def matcher(self, mode: Mode, thought: Thought, only: str | None = None) -> Matcher | None:
        """Return a matcher for a new turn; None leaves the model free, where there are no tools.

        A thought that is allowed is so where the model can think. Of the tools, `only` that one may
        be called, if one is named. Raises `GrammarError`.
        """
        if not self._tools and mode is not Mode.CALLS:
            return None
        if thought is Thought.ALLOWED and not self.may_think:
            thought = Thought.NONE
        if (mode, thought, only) not in self._compiled:
            tools = [tool for tool in self._tools if only in (None, tool.name)]
            self._compiled[mode, thought, only] = compile_grammar(
                self._tokenizer, tools, GrammarOptions(self._stop_ids, mode, thought)
            )
        return self._compiled[mode, thought, only].matcher()
