"""Lays a conversation out as the model was trained to read it, by the file's own chat template.

What is said splits in two: a prefix that stays the same from turn to turn (the system text and
the tools), whose KV cache is primed once, and the turn that follows it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from edge_agent.model.calls import format_call, format_result
from edge_agent.model.control_tokens import AUDIO_PLACEHOLDER, IMAGE_PLACEHOLDER
from edge_agent.model.errors import PromptError
from edge_agent.model.media_places import EncodedPart, fill_places, kind_of
from edge_agent.model.template_sandbox import compile_template
from edge_agent.model.token_names import TokenNames
from edge_agent.model.types import Exchange, Part, ToolCall, ToolDeclaration, ToolResult
from edge_agent.model.untrusted_text import defuse, defuse_all

_PROBES = ("edge", "agent")
"""Two texts that share no beginning."""

Message = Mapping[str, Any]
"""A message as chat templates take it: `role`, and `content` as text or a list of parts."""


class ChatTemplate:
    """A model file's chat template, compiled."""

    def __init__(self, source: str, special_tokens: Iterable[str], start: str = "<bos>") -> None:
        """Compile `source`; `start` is the text of the token that begins every prompt.

        `special_tokens` are the names of the vocabulary's control tokens. Raises `PromptError`.
        """
        self._render = compile_template(source)
        self._special_names = TokenNames((*special_tokens, AUDIO_PLACEHOLDER, IMAGE_PLACEHOLDER))
        self._start = start

    def conversation(
        self, system: str, tools: Sequence[ToolDeclaration], *, thinking: bool | None = None
    ) -> "Conversation":
        """Begin a conversation; `system` is trusted, and may hold control tokens.

        `thinking` switches the thought channel on or off; None leaves that to the template.
        Raises `PromptError`.
        """
        return Conversation(self, system, tools, thinking=thinking)

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolDeclaration],
        *,
        thinking: bool | None,
    ) -> str:
        """Return `messages` laid out, up to where the model answers.

        It begins with the start token, also where the template leaves that to the runtime. Raises
        `PromptError`.
        """
        variables: dict[str, Any] = {
            "messages": messages,
            "tools": [self._declared(tool) for tool in tools] or None,
            "bos_token": self._start,
            "add_generation_prompt": True,
        }
        if thinking is not None:
            variables["enable_thinking"] = thinking
        rendered = self._render(variables)
        return rendered if rendered.startswith(self._start) else self._start + rendered

    def said(self, parts: Sequence[Part]) -> Message:
        """Return what a person says as a message, with its text defused."""
        if all(isinstance(part, str) for part in parts):
            text = "\n".join(part for part in parts if isinstance(part, str))
            return {"role": "user", "content": self.defused(text)}
        content = [
            {"type": "text", "text": self.defused(part)}
            if isinstance(part, str)
            else {"type": kind_of(part)}
            for part in parts
        ]
        return {"role": "user", "content": content}

    def defused(self, text: str) -> str:
        """Return `text` with the names of control tokens broken up."""
        return defuse(text, self._special_names)

    def calls(self, calls: Iterable[ToolCall]) -> str:
        """Return calls as the model writes them, with the texts in them defused."""
        return "".join(
            format_call(ToolCall(call.name, defuse_all(call.arguments, self._special_names)))
            for call in calls
        )

    def results(self, results: Iterable[ToolResult]) -> str:
        """Return what tools answered, defused."""
        return "".join(
            format_result(ToolResult(result.name, defuse_all(result.response, self._special_names)))
            for result in results
        )

    def last_token_start(self, text: str) -> int:
        """Return where the last control token of `text` begins; 0 if it has none."""
        return max((place for place, _ in self._special_names.all_in(text)), default=0)

    def _declared(self, tool: ToolDeclaration) -> Mapping[str, Any]:
        function = {
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        }
        return {"type": "function", "function": defuse_all(function, self._special_names)}


class Conversation:
    """The fixed beginning of a conversation, and how turns are laid out after it.

    What it returns is to be encoded with control tokens (`special=True`): text from outside (what
    is said, what tools answer) is defused here. An `Audio` in a turn stands for the token
    `<|audio>`, the soft tokens of the sound and the end-of-audio embedding, all three put there
    by the session; the template's own placeholder `<|audio|>` is gone. So it is with an `Image`.

    `prefix` is what every first turn begins with. It ends right before a control token, so its
    tokens do not depend on what follows. It is empty if the template's turns share no beginning:
    nothing can be primed then.
    """

    def __init__(
        self,
        template: ChatTemplate,
        system: str,
        tools: Sequence[ToolDeclaration],
        *,
        thinking: bool | None,
    ) -> None:
        """Find the prefix. Raises `PromptError` if the template does not render."""
        self._template = template
        self._tools = tuple(tools)
        self._thinking = thinking
        self._opening: list[Message] = [{"role": "system", "content": system}] if system else []
        one, other = (self._first_turn((text,)) for text in _PROBES)
        shared = _shared_beginning(one, other)
        self.prefix: str = shared[: template.last_token_start(shared)]

    def render_turn(
        self, parts: Sequence[Part], earlier: Sequence[Exchange] = ()
    ) -> tuple[EncodedPart, ...]:
        """Return what follows the prefix when `parts` are said, up to where the model answers.

        The `earlier` exchanges stand before, as turns of their own. Raises `PromptError` if the
        template does not begin this turn with the prefix, or has no place for a sound or a picture.
        """
        if not earlier:
            return self._after_prefix(parts)
        pieces = list(self._after_prefix((earlier[0].said,)))
        turns = [*((exchange.said,) for exchange in earlier[1:]), parts]
        for exchange, following in zip(earlier, turns, strict=True):
            pieces.append(self._template.calls(exchange.calls))
            pieces += self.render_next_turn(following)
        return tuple(pieces)

    def render_next_turn(self, parts: Sequence[Part]) -> tuple[EncodedPart, ...]:
        """Return what follows the model's last token, its stop token left out, for a next turn.

        It begins with what ends the model's turn. Raises `PromptError`.
        """
        question, answer = _PROBES
        messages = [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
            self._template.said(parts),
        ]
        rendered = self._template.render(messages, (), thinking=self._thinking)
        _, found, following = rendered.partition(answer)
        if not found:
            raise PromptError("the chat template leaves out what the model said before")
        return fill_places(following, parts)

    def render_results(self, results: Iterable[ToolResult]) -> str:
        """Return what tools answered; it follows the model's calls, and the model goes on.

        The form is Gemma 4's own, as documented: templates differ in how they take results.
        """
        return self._template.results(results)

    def _after_prefix(self, parts: Sequence[Part]) -> tuple[EncodedPart, ...]:
        rendered = self._first_turn(parts)
        if not rendered.startswith(self.prefix):
            raise PromptError("the chat template lays out the system text anew in each turn")
        return fill_places(rendered[len(self.prefix) :], parts)

    def _first_turn(self, parts: Sequence[Part]) -> str:
        messages = [*self._opening, self._template.said(parts)]
        return self._template.render(messages, self._tools, thinking=self._thinking)


def _shared_beginning(one: str, other: str) -> str:
    pairs = zip(one, other, strict=False)
    length = next(
        (place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other))
    )
    return one[:length]
