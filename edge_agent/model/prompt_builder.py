"""From what is said, text and sound, to the tokens that the decoder is fed."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from edge_agent.model.errors import AudioError
from edge_agent.model.loaded_model import LoadedModel
from edge_agent.model.prompt import Prompt
from edge_agent.model.stop_tokens import token_ids
from edge_agent.model.types import Audio, Part

_AUDIO_END = "<audio|>"


@dataclass(frozen=True)
class BuiltPrompt:
    """A prompt, how many of its tokens are sound, and how long the ears took for them."""

    prompt: Prompt
    audio_tokens: int = 0
    audio_encode_ms: float = 0.0


class PromptBuilder:
    """Encodes the parts of a prompt with a model's tokenizer and ears."""

    def __init__(self, model: LoadedModel) -> None:
        """Use `model`'s tokenizer and ears."""
        self._model = model
        self._tokenizer = model.tokenizer

    def build(self, parts: Sequence[Part]) -> BuiltPrompt:
        """Encode `parts`, in which control tokens are control tokens.

        A sound becomes `<|audio>`, its soft tokens, and what ends it. Raises `AudioError` if the
        model cannot hear it, and `RunCancelledError` if the ears were stopped.
        """
        prompt, audio_tokens, encode_ms = Prompt(), 0, 0.0
        for part in parts:
            if isinstance(part, str):
                prompt += self._text(part)
                continue
            started = perf_counter()
            sound = self._sound(part)
            encode_ms += (perf_counter() - started) * 1000
            audio_tokens += len(sound)
            prompt += self._opening() + sound + self._closing()
        return BuiltPrompt(prompt, audio_tokens, encode_ms)

    def _text(self, text: str) -> Prompt:
        return Prompt.of_ids(self._tokenizer.encode(text, special=True))

    def _sound(self, audio: Audio) -> Prompt:
        ears = self._model.ears
        if ears is None:
            raise AudioError(
                f"this model cannot hear: {self._model.path} has no audio sections, or was loaded"
                " without them"
            )
        embeddings = ears.encode(audio.samples)
        if not len(embeddings):
            raise AudioError("the sound is empty, or too short to hear anything in it")
        return Prompt((embeddings,))

    def _opening(self) -> Prompt:
        name = self._model.metadata.audio_start
        return Prompt.of_ids(token_ids(name, self._tokenizer) if name else ())

    def _closing(self) -> Prompt:
        ears = self._model.ears
        if ears is not None and ears.end is not None:
            return Prompt((ears.end,))
        return Prompt.of_ids(self._tokenizer.encode(_AUDIO_END, special=True))
