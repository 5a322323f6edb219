"""Opens a model file: from its sections to a decoder, a tokenizer, ears and eyes, ready to use."""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from edge_agent.model.audio_tower import AudioSections, AudioTower
from edge_agent.model.bundle import Bundle
from edge_agent.model.bundle_header import SectionKind
from edge_agent.model.compiled_model import CancelFlag, CompiledModel
from edge_agent.model.context_length import affordable_context
from edge_agent.model.decoder import Decoder
from edge_agent.model.embedder import Embedder
from edge_agent.model.errors import ModelError, ModelFileError
from edge_agent.model.litert import Environment, MagicNumber, Model
from edge_agent.model.litert_library import LiteRtError
from edge_agent.model.magic_numbers import context_placeholder, fitting_context, magic_numbers
from edge_agent.model.metadata import Metadata, read_metadata
from edge_agent.model.signatures import DecoderLayout, read_layout
from edge_agent.model.tokenizer import Tokenizer, TokenizerKind, load_tokenizer
from edge_agent.model.vision_tower import VisionSections, VisionTower
from edge_agent.model.weight_cache import WeightCache

_CONTEXT_AT_LEAST = 64
_WORTH_THREADS = (
    "prefill_decode",
    "audio_encoder_hw",
    "audio_adapter",
    "vision_encoder",
    "vision_adapter",
)
"""The rest is so short that threads of its own, which spin for a while, would be in the way."""
_THREADS_AT_MOST = 4  # the cores of a Pi 5; decoding is bound by memory beyond that


@dataclass(frozen=True)
class EngineOptions:
    """How a model is loaded.

    `context` is how many tokens a conversation may have, where the file leaves that open; None is
    4,096, or less where memory is short. `threads` None is the number of cores, 4 at most.
    `cache_folder` is where packed weights are kept between starts: without it a large model takes
    seconds longer to load, and twice the memory. `audio` False leaves the ears out, `vision` False
    the eyes: where nobody will look, they need not lie in memory.
    """

    context: int | None = None
    threads: int | None = None
    cache_folder: Path | None = None
    audio: bool = True
    vision: bool = True


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory. `ears` and `eyes` are None for a file without their sections."""

    path: Path
    metadata: Metadata
    tokenizer: Tokenizer
    decoder: Decoder
    ears: AudioTower | None
    eyes: VisionTower | None
    _resources: ExitStack

    def stop_on(self, flag: CancelFlag) -> None:
        """Break off every run, of the decoder, the ears and the eyes, when `flag` is set."""
        for part in (self.decoder, self.ears, self.eyes):
            if part is not None:
                part.stop_on(flag)

    def close(self) -> None:
        """Give everything back, in the reverse order of its making."""
        self._resources.close()


def load_model(path: Path, options: EngineOptions) -> LoadedModel:
    """Load the model in `path`; raises `ModelFileError`, or `ModelError` for odd options."""
    if options.context is not None and options.context < _CONTEXT_AT_LEAST:
        raise ModelError(f"a context of {options.context} tokens is too short to say anything in")
    if options.threads is not None and options.threads < 1:
        raise ModelError(f"a model cannot run on {options.threads} threads")
    with ExitStack() as resources:
        bundle = resources.enter_context(Bundle.open(path))
        metadata = read_metadata(bundle)
        tokenizer = _tokenizer(bundle)
        try:
            loader = _Loader(bundle, options, resources)
            decoder = loader.decoder()
            ears = loader.ears() if options.audio else None
            eyes = loader.eyes() if options.vision else None
        except LiteRtError as error:
            raise ModelFileError(f"{path} cannot be run: {error}") from error
        except ModelFileError as error:
            raise ModelFileError(f"{path} cannot be used: {error}") from error
        return LoadedModel(path, metadata, tokenizer, decoder, ears, eyes, resources.pop_all())


class _Loader:
    """Compiles the sections of one file; `resources` closes what it makes."""

    def __init__(self, bundle: Bundle, options: EngineOptions, resources: ExitStack) -> None:
        self._bundle, self._resources = bundle, resources
        self._threads = options.threads or min(_THREADS_AT_MOST, len(os.sched_getaffinity(0)))
        if bundle.model("aux") is not None:
            raise ModelFileError("it is made for an NPU: take the file for the CPU")
        self._plain = resources.enter_context(Environment())
        context, numbers = self._plan(options.context)
        self._decoder_environment = (
            resources.enter_context(Environment(numbers)) if numbers else self._plain
        )
        self._cache = WeightCache(options.cache_folder, bundle.fingerprint(), context)

    def decoder(self) -> Decoder:
        model = self._compile("prefill_decode", self._decoder_environment)
        decoder = Decoder(
            model,
            read_layout(model.signatures),
            self._embedder("embedder"),
            self._embedder("per_layer_embedder"),
        )
        self._resources.callback(decoder.close)
        return decoder

    def ears(self) -> AudioTower | None:
        if not all(map(self._bundle.model, ("audio_encoder_hw", "audio_adapter"))):
            return None
        has_end = self._bundle.model("end_of_audio") is not None
        sections = AudioSections(
            self._compile("audio_encoder_hw", self._plain),
            self._compile("audio_adapter", self._plain),
            self._compile("end_of_audio", self._plain) if has_end else None,
        )
        tower = AudioTower(sections)
        self._resources.callback(tower.close)
        return tower

    def eyes(self) -> VisionTower | None:
        if not all(map(self._bundle.model, ("vision_encoder", "vision_adapter"))):
            return None
        has_end = self._bundle.model("end_of_vision") is not None
        sections = VisionSections(
            self._compile("vision_encoder", self._plain),
            self._compile("vision_adapter", self._plain),
            self._compile("end_of_vision", self._plain) if has_end else None,
        )
        tower = VisionTower(sections)
        self._resources.callback(tower.close)
        return tower

    def _plan(self, wanted: int | None) -> tuple[int, tuple[MagicNumber, ...]]:
        """Return the context to run with, and what makes the decoder have it."""
        layout = self._uncompiled_layout()
        placeholder = context_placeholder(layout)
        if placeholder is None:
            return layout.context, magic_numbers(layout, layout.context)
        if wanted is None:
            wanted = affordable_context(layout.bytes_per_position)
        context = fitting_context(wanted, placeholder)
        return context, magic_numbers(layout, context)

    def _uncompiled_layout(self) -> DecoderLayout:
        section = self._bundle.model("prefill_decode")
        if section is None:
            raise ModelFileError("it has no section prefill_decode: it holds no language model")
        with Model(self._plain, self._bundle.map(section)) as model:
            return read_layout(model.signatures())

    def _embedder(self, name: str) -> Embedder | None:
        if self._bundle.model(name) is None:
            return None
        embedder = Embedder(self._compile(name, self._plain), name)
        self._resources.callback(embedder.close)
        return embedder

    def _compile(self, name: str, environment: Environment) -> CompiledModel:
        section = self._bundle.model(name)
        if section is None:
            raise ModelFileError(f"it has no section {name}")
        content = self._bundle.map(section, writable=environment is not self._plain)
        threads = self._threads if name in _WORTH_THREADS else 1
        model = self._cache.compile(environment, name, content, threads)
        return self._resources.enter_context(model)


def _tokenizer(bundle: Bundle) -> Tokenizer:
    kinds: dict[SectionKind, TokenizerKind] = {
        SectionKind.SENTENCEPIECE: "sentencepiece",
        SectionKind.HF_TOKENIZER_ZLIB: "hf-json-zlib",
    }
    for kind, name in kinds.items():
        section = bundle.of_kind(kind)
        if section is not None:
            content = bundle.read(section)
            return load_tokenizer("hf-json" if content.startswith(b"{") else name, content)
    raise ModelFileError(f"{bundle.path} has no tokenizer that is known here")
