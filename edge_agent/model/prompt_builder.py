"""From what is said and shown, text, sound and pictures, to the tokens that the decoder is fed."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.control_tokens import (
    AUDIO_END,
    IMAGE_END,
    THOUGHT_END,
    THOUGHT_NAME,
    THOUGHT_START,
)
from edge_agent.model.errors import AudioError, ImageError
from edge_agent.model.loaded_model import LoadedModel
from edge_agent.model.media_places import EncodedPart
from edge_agent.model.metadata import TokenName
from edge_agent.model.prompt import Prompt
from edge_agent.model.stop_tokens import token_ids
from edge_agent.model.types import Audio, Image


@dataclass(frozen=True)
class Encoded:
    """How many soft tokens the ears or the eyes made, and how long they took."""

    tokens: int = 0
    ms: float = 0.0

    def __add__(self, other: "Encoded") -> "Encoded":
        """Return both together."""
        return Encoded(self.tokens + other.tokens, self.ms + other.ms)


@dataclass(frozen=True)
class BuiltPrompt:
    """A prompt, and what of it is sound and pictures.

    `heard` are the words that were said in it, where the ears write them down.
    """

    prompt: Prompt
    sound: Encoded = Encoded()
    pictures: Encoded = Encoded()
    heard: str | None = None


class PromptBuilder:
    """Encodes the parts of a prompt with a model's tokenizer, ears and eyes."""

    def __init__(self, model: LoadedModel) -> None:
        """Use `model`'s tokenizer, ears and eyes."""
        self._model = model
        self._tokenizer = model.tokenizer

    def build(self, parts: Sequence[EncodedPart]) -> BuiltPrompt:
        """Encode `parts`, in which control tokens are control tokens.

        A sound becomes `<|audio>`, its soft tokens, and what ends it; a picture likewise. Raises
        `AudioError` or `ImageError` if the model cannot take it, and `RunCancelledError` if the
        ears or the eyes were stopped.
        """
        prompt, sound, pictures = Prompt(), Encoded(), Encoded()
        heard: str | None = None
        for part in parts:
            started = perf_counter()
            if isinstance(part, str):
                prompt += self.text(part)
            elif isinstance(part, Audio):
                piece, words = self._sound(part)
                prompt += piece
                if words is not None:
                    heard = f"{heard or ''} {words}".strip()
                sound += Encoded(_soft_tokens(piece), (perf_counter() - started) * 1000)
            else:
                piece = self._picture(part)
                prompt += piece
                pictures += Encoded(_soft_tokens(piece), (perf_counter() - started) * 1000)
        return BuiltPrompt(prompt, sound, pictures, heard)

    def text(self, text: str) -> Prompt:
        """Encode `text`, in which control tokens are control tokens."""
        return Prompt.of_ids(self._tokenizer.encode(text, special=True))

    def thought(self, words: str) -> tuple[int, ...]:
        """Return the tokens of a thought made of `words`; control tokens are text in these."""
        start, end = (self._tokenizer.special_tokens[name] for name in (THOUGHT_START, THOUGHT_END))
        return (start, *self._tokenizer.encode(f"{THOUGHT_NAME}{words}\n", special=False), end)

    def _sound(self, audio: Audio) -> tuple[Prompt, str | None]:
        ears = self._model.ears
        if ears is None:
            raise AudioError(
                f"this model cannot hear: {self._model.path} has no audio sections, or was loaded"
                " without them"
            )
        heard = ears.hear(audio.samples)
        if not len(heard.embeddings):
            raise AudioError("the sound is empty, or too short to hear anything in it")
        opening = self._model.metadata.audio_start
        words = None if heard.words is None else self._tokenizer.decode(heard.words).strip()
        return self._between(opening, heard.embeddings, ears.end, AUDIO_END), words

    def _picture(self, image: Image) -> Prompt:
        eyes = self._model.eyes
        if eyes is None:
            raise ImageError(
                f"this model cannot see: {self._model.path} has no vision sections, or was loaded"
                " without them"
            )
        embeddings = eyes.encode(image.pixels, image.budget)
        opening = self._model.metadata.image_start
        return self._between(opening, embeddings, eyes.end, IMAGE_END)

    def _between(
        self,
        opening: TokenName | None,
        embeddings: NDArray[np.float32],
        end: NDArray[np.float32] | None,
        end_token: str,
    ) -> Prompt:
        """Put `embeddings` between the token that opens them and what ends them."""
        before = Prompt.of_ids(token_ids(opening, self._tokenizer) if opening else ())
        after = self.text(end_token) if end is None else Prompt((end,))
        return before + Prompt((embeddings,)) + after


def _soft_tokens(piece: Prompt) -> int:
    """Return how many of the tokens of a sound or a picture lie between its two ends."""
    return len(piece.segments[1])
