"""All that knows a model file or a tensor.

`Engine.open(path)` loads a model, `engine.session(system, tools)` begins a conversation, and
`session.turn(parts)` says something in it. The names below are imported when they are first used:
the room's libraries take a while.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_agent.model.cancellation import Cancellation
    from edge_agent.model.engine import Engine
    from edge_agent.model.errors import (
        AudioError,
        ImageError,
        ModelError,
        ModelFileError,
        PromptError,
    )
    from edge_agent.model.events import CallMade, Done, Event, TextPiece, ThoughtPiece
    from edge_agent.model.grammar import Mode, Thought
    from edge_agent.model.loaded_model import EngineOptions
    from edge_agent.model.sampling import Sampling
    from edge_agent.model.session import Session, TurnOptions
    from edge_agent.model.types import (
        Audio,
        Clip,
        Exchange,
        Image,
        Part,
        Reply,
        Timings,
        ToolCall,
        ToolDeclaration,
        ToolResult,
    )

_MODULES = {
    "cancellation": ("Cancellation",),
    "engine": ("Engine",),
    "errors": ("AudioError", "ImageError", "ModelError", "ModelFileError", "PromptError"),
    "events": ("CallMade", "Done", "Event", "TextPiece", "ThoughtPiece"),
    "grammar": ("Mode", "Thought"),
    "loaded_model": ("EngineOptions",),
    "sampling": ("Sampling",),
    "session": ("Session", "TurnOptions"),
    "types": (
        "Audio",
        "Clip",
        "Exchange",
        "Image",
        "Part",
        "Reply",
        "Timings",
        "ToolCall",
        "ToolDeclaration",
        "ToolResult",
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Audio",
    "AudioError",
    "CallMade",
    "Cancellation",
    "Clip",
    "Done",
    "Engine",
    "EngineOptions",
    "Event",
    "Exchange",
    "Image",
    "ImageError",
    "Mode",
    "ModelError",
    "ModelFileError",
    "Part",
    "PromptError",
    "Reply",
    "Sampling",
    "Session",
    "TextPiece",
    "Thought",
    "ThoughtPiece",
    "Timings",
    "ToolCall",
    "ToolDeclaration",
    "ToolResult",
    "TurnOptions",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
