"""What crosses the door of the model room: what is said to a model, and what it says back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]
"""An argument of a tool call or a field of a tool's result."""


@dataclass(frozen=True)
class Audio:
    """Sound for the model to hear: float32 [samples], mono, 16 kHz, in -1...1."""

    samples: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Image:
    """A picture for the model to look at: uint8 [height, width, 3], red, green, blue.

    `budget` is how many soft tokens it may take; None is 280, or the most that the file has.
    """

    pixels: NDArray[np.uint8]
    budget: int | None = None


@dataclass(frozen=True, eq=False)
class Clip:
    """Pictures in the order of time: each with its seconds since the first one was taken.

    The model is shown each with its time, minutes and seconds; it was trained on one a second.
    """

    frames: tuple[tuple[float, Image], ...]


Part = str | Audio | Image | Clip
"""A piece of what the user says in one turn. All else goes before the text that asks about it."""


@dataclass(frozen=True)
class ToolDeclaration:
    """A tool as the model is told of it.

    `parameters` is the JSON schema that the prompt shows. `choices` narrows a string argument to
    values that the prompt lists elsewhere (the names of devices): the grammar offers only these,
    and the declaration need not repeat them for every tool.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ToolCall:
    """One call that the model made: `name` is a declared tool, `arguments` fit its schema."""

    name: str
    arguments: Mapping[str, Value]


@dataclass(frozen=True)
class Exchange:
    """A turn that is over: what somebody `said`, and the calls that were made of it."""

    said: str
    calls: tuple[ToolCall, ...]


@dataclass(frozen=True)
class ToolResult:
    """What a tool answered, for the model to read."""

    name: str
    response: Mapping[str, Value]


@dataclass(frozen=True)
class Timings:
    """Where a turn's time went: wall clock in milliseconds, and how many tokens each part had.

    `first_token_ms` runs from the start of the turn to the first token of the reply.
    `forced_tokens` are those of `reply_tokens` that the grammar left no choice about.
    """

    audio_encode_ms: float = 0.0
    image_encode_ms: float = 0.0
    prefill_ms: float = 0.0
    first_token_ms: float = 0.0
    decode_ms: float = 0.0
    audio_tokens: int = 0
    image_tokens: int = 0
    prompt_tokens: int = 0
    reply_tokens: int = 0
    forced_tokens: int = 0

    def before(self, other: "Timings") -> "Timings":
        """Return the times of the `other` turn, with this one counted in: it had to come before."""
        return replace(
            other,
            audio_encode_ms=self.audio_encode_ms + other.audio_encode_ms,
            image_encode_ms=self.image_encode_ms + other.image_encode_ms,
            prefill_ms=self.prefill_ms + other.prefill_ms,
            first_token_ms=self.first_token_ms + self.decode_ms + other.first_token_ms,
            audio_tokens=self.audio_tokens + other.audio_tokens,
            image_tokens=self.image_tokens + other.image_tokens,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
        )


Finish = Literal["stop", "budget", "cancelled"]


@dataclass(frozen=True)
class Reply:
    """A finished turn of the model.

    `thought` is what stands in the model's thought channel (with the small default model the words
    that it heard), `text` what it says to the person, `calls` what it wants done, in order.
    """

    text: str
    thought: str
    calls: tuple[ToolCall, ...]
    finish: Finish
    timings: Timings
    tokens: tuple[int, ...] = ()
