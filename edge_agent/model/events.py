"""What a turn of the model gives off while it runs."""

from dataclasses import dataclass

from edge_agent.model.types import Reply, ToolCall


@dataclass(frozen=True)
class TextPiece:
    """The next characters of what the model says."""

    text: str


@dataclass(frozen=True)
class ThoughtPiece:
    """The next characters of what the model writes in its thought channel."""

    text: str


@dataclass(frozen=True)
class CallMade:
    """A tool call, complete."""

    call: ToolCall


@dataclass(frozen=True)
class Done:
    """The end of the turn: always the last event."""

    reply: Reply


Event = TextPiece | ThoughtPiece | CallMade | Done
