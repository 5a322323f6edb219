"""A conversation with a model: what never changes is prefilled once, each turn goes on from there.

The system text and the tools are the prefix. A turn forks from it, or follows the turn before. The
cache holds the rows of one session at a time; another session's are copied out and in.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from edge_agent.model.answer import Answer
from edge_agent.model.cancellation import flag_of
from edge_agent.model.chat import Conversation
from edge_agent.model.compiled_model import RunCancelledError
from edge_agent.model.decoder import Decoder
from edge_agent.model.errors import ModelError
from edge_agent.model.events import Done, Event
from edge_agent.model.generation import Generation
from edge_agent.model.grammar import Mode, Thought
from edge_agent.model.kv_cache import CacheRows, KVCache
from edge_agent.model.loaded_model import LoadedModel
from edge_agent.model.media_places import EncodedPart
from edge_agent.model.prompt import Prompt
from edge_agent.model.prompt_builder import BuiltPrompt, PromptBuilder
from edge_agent.model.reply_reader import ReplyReader
from edge_agent.model.sampling import Sampler, Sampling
from edge_agent.model.shared_decoder import SharedDecoder
from edge_agent.model.stop_tokens import stop_ids
from edge_agent.model.turn_grammar import ANY, Only, TurnGrammars
from edge_agent.model.types import (
    Audio,
    Exchange,
    Part,
    Reply,
    Timings,
    ToolDeclaration,
    ToolResult,
)


@dataclass(frozen=True)
class TurnOptions:
    """How one turn of the model goes.

    `budget` is how many tokens the reply may have. `mode` says whether it may be calls, text or
    both, and `only` what alone may be called; `thought` whether it may or must begin with a
    thought. With `follow`, the turn goes on after the one before; without, that one is forgotten,
    and the turn comes after the `earlier` exchanges alone.
    """

    budget: int = 256
    sampling: Sampling = field(default_factory=Sampling)
    mode: Mode = Mode.CALLS_OR_TEXT
    only: Only = ANY
    thought: Thought = Thought.ALLOWED
    follow: bool = False
    earlier: tuple[Exchange, ...] = ()


DEFAULT_OPTIONS = TurnOptions()


@dataclass(frozen=True)
class _Request:
    options: TurnOptions
    cancel: threading.Event | None
    started: float
    same_turn: bool = False
    only_sound: bool = False


class Session:
    """A conversation. One thread at a time takes turns in it."""

    def __init__(
        self,
        model: LoadedModel,
        shared: SharedDecoder,
        conversation: Conversation,
        tools: Sequence[ToolDeclaration],
        *,
        thinking: bool | None,
    ) -> None:
        """Prefill the prefix of `conversation`; `Engine.session` is the way to get one."""
        self._model, self._shared, self._conversation = model, shared, conversation
        self._builder = PromptBuilder(model)
        self._stop_ids = stop_ids(model.metadata, model.tokenizer)
        self._grammars = TurnGrammars(model.tokenizer, tools, self._stop_ids, thinking=thinking)
        self._answer: Answer | None = None
        self._prefix = self._kept = CacheRows(0, {})
        prefix = self._builder.build([conversation.prefix])
        with shared.lend(self) as decoder:
            model.stop_on(flag_of(None))
            decoder.prefill(prefix.prompt)
            self._prefix = decoder.cache.save()

    @property
    def prefix_tokens(self) -> int:
        """Return how many tokens the system text and the tools take."""
        return self._prefix.length

    @property
    def room(self) -> int:
        """Return how many tokens a first turn may have, its reply among them."""
        return self._shared.context - self._prefix.length

    def turn(
        self,
        parts: Sequence[Part],
        options: TurnOptions = DEFAULT_OPTIONS,
        cancel: threading.Event | None = None,
    ) -> Reply:
        """Say `parts` to the model and return its whole reply; see `stream`."""
        return _last_reply(self.stream(parts, options, cancel))

    def stream(
        self,
        parts: Sequence[Part],
        options: TurnOptions = DEFAULT_OPTIONS,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Say `parts` to the model and yield what it answers, piece by piece, `Done` at the end.

        Where nothing but sound is said to ears that write, what they wrote is the model's thought,
        and costs no decoding. `cancel` breaks the turn off once it is set; its reply ends as
        `cancelled`. A `Cancellation` does so in the middle of a run, any other event between two.
        The decoder is held until the stream is at its end or closed. Raises `ModelError`: the
        conversation is too long, a sound or a picture cannot be taken, or the model wrote a broken
        call.
        """
        started = perf_counter()
        with self._shared.lend(self) as decoder:
            if options.follow and self._answer is not None:
                self._forget_thought(decoder.cache)
                said = self._conversation.render_next_turn(parts)
            else:
                self._answer = None
                decoder.cache.rewind(self._prefix.length)
                said = self._conversation.render_turn(parts, options.earlier)
            only_sound = all(isinstance(part, Audio) for part in parts)
            request = _Request(options, cancel, started, only_sound=only_sound)
            yield from self._run(decoder, said, request)

    def respond(
        self,
        results: Sequence[ToolResult],
        options: TurnOptions = DEFAULT_OPTIONS,
        cancel: threading.Event | None = None,
    ) -> Reply:
        """Tell the model what its tools answered and return how it goes on; see `stream`."""
        return _last_reply(self.stream_response(results, options, cancel))

    def stream_response(
        self,
        results: Sequence[ToolResult],
        options: TurnOptions = DEFAULT_OPTIONS,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Tell the model what its tools answered, and yield how it goes on in the same turn.

        Raises `ModelError` as `stream` does, and if there is no turn to go on with.
        """
        started = perf_counter()
        with self._shared.lend(self) as decoder:
            if self._answer is None:
                raise ModelError("there is no turn of the model that these results belong to")
            said = [self._conversation.render_results(results)]
            request = _Request(options, cancel, started, same_turn=True)
            yield from self._run(decoder, said, request)

    def set_aside(self, cache: KVCache) -> None:
        """Copy the rows of a turn that may be followed; the prefix is copied already."""
        self._kept = self._prefix if self._answer is None else cache.save()

    def bring_back(self, cache: KVCache) -> None:
        """Put the rows back."""
        cache.restore(self._kept)
        self._kept = self._prefix

    def _run(
        self, decoder: Decoder, said: Sequence[EncodedPart], request: _Request
    ) -> Iterator[Event]:
        """Feed what the cache lacks of the answer before, then `said`, and yield the reply."""
        cache, before = decoder.cache, self._answer
        self._model.stop_on(flag_of(request.cancel))
        try:
            built = self._builder.build(said)
        except RunCancelledError:
            yield Done(_CANCELLED)
            return
        missing = () if before is None else before.missing_from(cache.length)
        prompt = Prompt.of_ids(missing) + built.prompt
        start = cache.length + len(prompt)
        heard = self._thought_of(built, request)
        generation = self._generation(decoder, request, has_thought=bool(heard))
        reader = ReplyReader(self._model.tokenizer)
        build_ms = (perf_counter() - request.started) * 1000
        self._answer = None
        try:
            yield from reader.push(heard)
            for ids in generation.run(prompt + Prompt.of_ids(heard), request.options.budget):
                yield from reader.push(ids)
            yield from reader.finish()
            if generation.tokens or generation.finish != "cancelled":
                answered = Answer(start, (*heard, *generation.tokens), reader.kept)
                if before is not None and request.same_turn:
                    answered = before.followed_by(built.prompt.ids(), answered)
                self._answer = answered
        finally:
            if self._answer is None:  # as if this turn had not been
                self._answer = before
                cache.rewind(min(cache.length, before.stop if before else self._prefix.length))
        yield Done(_reply(reader, generation, built, build_ms))

    def _thought_of(self, built: BuiltPrompt, request: _Request) -> tuple[int, ...]:
        """Return the thought that the model need not write, since its ears have: its tokens."""
        allowed = request.options.thought is not Thought.NONE and self._grammars.may_think
        if built.heard is None or not request.only_sound or not allowed:
            return ()
        return self._builder.thought(built.heard)

    def _generation(self, decoder: Decoder, request: _Request, *, has_thought: bool) -> Generation:
        options = request.options
        thought = Thought.NONE if has_thought else options.thought
        generation = Generation(
            decoder,
            Sampler(options.sampling).choose,
            self._grammars.matcher(options.mode, thought, options.only),
            self._stop_ids,
            request.cancel,
        )
        generation.greedy = options.sampling.temperature == 0
        return generation

    def _forget_thought(self, cache: KVCache) -> None:
        """Take the thought out of the last answer, and out of the cache the rows from there on."""
        if self._answer is not None:
            shown = self._answer.without_thought()
            if shown != self._answer:
                cache.rewind(min(cache.length, shown.start))
            self._answer = shown


_CANCELLED = Reply("", "", (), "cancelled", Timings())


def _reply(
    reader: ReplyReader, generation: Generation, built: BuiltPrompt, build_ms: float
) -> Reply:
    timings = Timings(
        audio_encode_ms=built.sound.ms,
        image_encode_ms=built.pictures.ms,
        prefill_ms=generation.prefill_ms,
        first_token_ms=build_ms + generation.first_token_ms,
        decode_ms=generation.total_ms - generation.first_token_ms,
        audio_tokens=built.sound.tokens,
        image_tokens=built.pictures.tokens,
        prompt_tokens=len(built.prompt),
        reply_tokens=len(generation.tokens),
        forced_tokens=generation.forced,
    )
    return Reply(
        reader.text,
        reader.thought,
        reader.calls,
        generation.finish,
        timings,
        tuple(generation.tokens),
    )


def _last_reply(events: Iterator[Event]) -> Reply:
    *_, last = events
    if not isinstance(last, Done):
        raise TypeError("a stream ends with Done")
    return last.reply
