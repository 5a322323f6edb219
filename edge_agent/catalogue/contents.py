"""What a `.litertlm` file holds and can do, read without loading it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_agent.model.bundle import Bundle
from edge_agent.model.bundle_header import Section, SectionKind
from edge_agent.model.errors import ModelFileError
from edge_agent.model.litert import Environment, Model
from edge_agent.model.litert_library import LiteRtError
from edge_agent.model.magic_numbers import context_placeholder
from edge_agent.model.metadata import read_metadata
from edge_agent.model.signatures import DecoderLayout, read_layout

_TOKENIZERS = {
    SectionKind.SENTENCEPIECE: "SentencePiece",
    SectionKind.HF_TOKENIZER_ZLIB: "Hugging Face JSON",
}


@dataclass(frozen=True)
class SectionContents:
    """A section: what it is, its bytes, and, of a model, its signatures' names."""

    name: str
    bytes: int
    signatures: tuple[str, ...]


@dataclass(frozen=True)
class FileContents:
    """A model file.

    `context` is in tokens, the longest there is; `context_is_free` tells whether a shorter one may
    be chosen. `able` says what it takes and does: `text`, `audio`, `image`, `chat`,
    `speculative decoding`. `trouble` says why it cannot run here, None where it can.
    """

    path: Path
    bytes: int
    family: str
    tokenizer: str | None
    context: int
    context_is_free: bool
    cache_bytes_per_token: int
    prefill_lengths: tuple[int, ...]
    able: tuple[str, ...]
    sections: tuple[SectionContents, ...]
    trouble: str | None


def read_contents(path: Path) -> FileContents:
    """Read the header, the metadata and the signatures; raises `ModelFileError`."""
    with Bundle.open(path) as bundle, Environment() as environment:
        metadata = read_metadata(bundle)
        signatures = [(it, _signatures(bundle, it, environment)) for it in bundle.sections]
        layout, trouble = _decoder(bundle, environment)
        free = layout is not None and context_placeholder(layout) is not None
        kinds = (name for kind, name in _TOKENIZERS.items() if bundle.of_kind(kind))
        return FileContents(
            path=path,
            bytes=path.stat().st_size,
            family=metadata.family,
            tokenizer=next(kinds, None),
            context=layout.context if layout else 0,
            context_is_free=free,
            cache_bytes_per_token=layout.bytes_per_position if layout else 0,
            prefill_lengths=_prefill_lengths(layout),
            able=_abilities(bundle, has_template=metadata.template is not None),
            sections=_described(signatures),
            trouble=trouble,
        )


def _signatures(bundle: Bundle, section: Section, environment: Environment) -> tuple[str, ...]:
    if section.kind != SectionKind.TFLITE_MODEL:
        return ()
    try:
        with Model(environment, bundle.map(section)) as model:
            return tuple(model.signatures())
    except LiteRtError:
        return ("cannot be read",)


def _decoder(bundle: Bundle, environment: Environment) -> tuple[DecoderLayout | None, str | None]:
    """Return how the decoder is built, or why it cannot be run."""
    if bundle.model("aux") is not None:
        return None, "it is made for an NPU: take the file for the CPU"
    section = bundle.model("prefill_decode")
    if section is None:
        return None, "it has no section prefill_decode: it holds no language model"
    try:
        with Model(environment, bundle.map(section)) as model:
            return read_layout(model.signatures()), None
    except (LiteRtError, ModelFileError) as error:
        return None, str(error)


def _prefill_lengths(layout: DecoderLayout | None) -> tuple[int, ...]:
    if layout is None:
        return ()
    return tuple(step.length for step in layout.steps if step.key.startswith("prefill"))


def _abilities(bundle: Bundle, *, has_template: bool) -> tuple[str, ...]:
    found = {
        "text": bundle.model("prefill_decode") is not None,
        "audio": all(map(bundle.model, ("audio_encoder_hw", "audio_adapter"))),
        "image": all(map(bundle.model, ("vision_encoder", "vision_adapter"))),
        "chat": has_template,
        "speculative decoding": bundle.model("mtp_drafter") is not None,
    }
    return tuple(name for name, there in found.items() if there)


def _described(
    signatures: Sequence[tuple[Section, tuple[str, ...]]],
) -> tuple[SectionContents, ...]:
    """Name the sections as the file does, numbered where a name comes twice."""
    names = [str(section).removeprefix("section ") for section, _ in signatures]
    often, seen = Counter(names), Counter[str]()
    described = []
    for name, (section, keys) in zip(names, signatures, strict=True):
        seen[name] += 1
        shown = f"{name} {seen[name]}" if often[name] > 1 else name
        described.append(SectionContents(shown, section.size, keys))
    return tuple(described)
