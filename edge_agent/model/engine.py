"""A model in memory, and the conversations with it: what the rest of the program sees."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Self

from edge_agent.model.cancellation import flag_of
from edge_agent.model.chat import ChatTemplate
from edge_agent.model.errors import ModelFileError
from edge_agent.model.generation import Generation
from edge_agent.model.kv_cache import KVCache
from edge_agent.model.loaded_model import EngineOptions, LoadedModel, load_model
from edge_agent.model.prompt import Prompt
from edge_agent.model.sampling import Sampler, Sampling
from edge_agent.model.session import Session
from edge_agent.model.shared_decoder import SharedDecoder
from edge_agent.model.stop_tokens import token_ids
from edge_agent.model.types import ToolDeclaration


class Engine:
    """A loaded model. It holds memory until it is closed; sessions may not outlive it."""

    def __init__(self, model: LoadedModel) -> None:
        """Take over `model`; `open` is the way to get one."""
        self._model = model
        self._shared = SharedDecoder(model.decoder)

    @classmethod
    def open(cls, path: Path | str, options: EngineOptions | None = None) -> Self:
        """Load the `.litertlm` file at `path`; raises `ModelFileError`."""
        return cls(load_model(Path(path), options or EngineOptions()))

    @property
    def path(self) -> Path:
        """Return the model file's path."""
        return self._model.path

    @property
    def context(self) -> int:
        """Return how many tokens a conversation may have."""
        return self._model.decoder.cache.context

    @property
    def can_hear(self) -> bool:
        """Tell whether the model takes sound."""
        return self._model.ears is not None

    @property
    def can_see(self) -> bool:
        """Tell whether the model takes pictures."""
        return self._model.eyes is not None

    @property
    def picture_budgets(self) -> tuple[int, ...]:
        """Return how many tokens a picture may take, the fewest first; none if it cannot see."""
        return () if self._model.eyes is None else self._model.eyes.budgets

    def token_count(self, text: str) -> int:
        """Return how many tokens a text takes."""
        return len(self._model.tokenizer.encode(text, special=False))

    def session(
        self,
        system: str = "",
        tools: Sequence[ToolDeclaration] = (),
        *,
        thinking: bool | None = None,
    ) -> Session:
        """Prefill `system` and `tools`, once, and return a conversation that begins with them.

        `thinking` switches the thought channel on or off; None leaves that to the file's template.
        Raises `ModelFileError` for a file without a chat template, and `ModelError` if the prefix
        does not fit or a tool cannot be held to.
        """
        conversation = self._template().conversation(system, tools, thinking=thinking)
        return Session(self._model, self._shared, conversation, tools, thinking=thinking)

    def complete(
        self,
        ids: Iterable[int],
        *,
        budget: int,
        stop_ids: Collection[int] = (),
        sampling: Sampling | None = None,
    ) -> list[int]:
        """Continue plain tokens, without a template or a grammar; for tests and measurements.

        Returns at most `budget` ids, without the stop id. Raises `ModelError` if they do not fit.
        """
        prompt = Prompt.of_ids(ids)
        with self._shared.lend(_Passing()) as decoder:
            self._model.stop_on(flag_of(None))
            choose = Sampler(sampling or Sampling()).choose
            generation = Generation(decoder, choose, None, stop_ids)
            for _ in generation.run(prompt, budget):
                pass
        return generation.tokens

    def close(self) -> None:
        """Give all memory back, when no other thread has a turn; a second call does nothing."""
        self._shared.close()
        self._model.close()

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _template(self) -> ChatTemplate:
        metadata, tokenizer = self._model.metadata, self._model.tokenizer
        if metadata.template is None:
            raise ModelFileError(
                f"{self.path} has no chat template, so it cannot hold a conversation"
            )
        start = (metadata.start_tokens or ("",))[0]
        text = tokenizer.decode(token_ids(start, tokenizer), keep_special=True)
        return ChatTemplate(metadata.template, tokenizer.special_tokens, text)


class _Passing:
    """A conversation of one turn: it begins with an empty cache and keeps nothing."""

    def set_aside(self, cache: KVCache) -> None:
        """Keep nothing."""

    def bring_back(self, cache: KVCache) -> None:
        """Begin with an empty cache."""
        cache.rewind(0)
