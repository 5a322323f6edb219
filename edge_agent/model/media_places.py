"""Puts sounds and pictures where a chat template has left a place for them.

A clip stands in the place of one picture: its frames, each behind its time, joined by spaces, as
transformers' `Gemma4Processor` lays out a video.
"""

import re
from collections.abc import Iterator, Sequence

from edge_agent.model.control_tokens import AUDIO_PLACEHOLDER, IMAGE_PLACEHOLDER
from edge_agent.model.errors import PromptError
from edge_agent.model.types import Audio, Clip, Image, Part

EncodedPart = str | Audio | Image
"""A piece of a prompt that the tokenizer, the ears or the eyes encode as it is."""

_PLACES = re.compile(f"({re.escape(AUDIO_PLACEHOLDER)}|{re.escape(IMAGE_PLACEHOLDER)})")


def kind_of(part: Part) -> str:
    """Return what a chat template calls a part: `text`, `audio` or `image`."""
    if isinstance(part, str):
        return "text"
    return "audio" if isinstance(part, Audio) else "image"


def fill_places(rendered: str, parts: Sequence[Part]) -> tuple[EncodedPart, ...]:
    """Return `rendered` with the sounds and pictures of `parts` in their places.

    Raises `PromptError` if the template has another number of places, or in another order.
    """
    media = [part for part in parts if not isinstance(part, str)]
    texts = _PLACES.split(rendered)
    places = texts[1::2]
    wanted = [f"<|{kind_of(part)}|>" for part in media]
    if places != wanted:
        raise PromptError(
            f"the chat template has the places {_named(places)} for {_named(wanted)}: this model is"
            " not made to take them"
        )
    pieces: list[EncodedPart] = [texts[0]]
    for part, following in zip(media, texts[2::2], strict=True):
        pieces += [*(_of_clip(part) if isinstance(part, Clip) else [part]), following]
    return tuple(_joined(pieces))


def time_stamp(seconds: float) -> str:
    """Return how the model is told the time of a frame: minutes and seconds, `MM:SS`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def _of_clip(clip: Clip) -> Iterator[EncodedPart]:
    for number, (seconds, image) in enumerate(clip.frames):
        yield f"{' ' if number else ''}{time_stamp(seconds)} "
        yield image


def _joined(pieces: Sequence[EncodedPart]) -> Iterator[EncodedPart]:
    """Yield the pieces with neighbouring texts made one: they are encoded together."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            yield text
        text = ""
        yield piece
    if text:
        yield text


def _named(places: Sequence[str]) -> str:
    return " ".join(places) or "(none)"
