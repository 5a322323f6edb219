"""The header of a `.litertlm` container: which sections a file has, and where they lie.

A file starts with `LITERTLM`, its version (three uint32), four unused bytes, and the offset at
which the header ends (uint64 at byte 24). From byte 32 on stands the header, a flatbuffer; the
sections follow, at multiples of 16 KiB in the files that LiteRT-LM's builder writes. Source: the
schema and the writer in `litert-lm-builder` 0.18.1.

The flatbuffer is read by offsets that a damaged file may set to anything, so every count and size
is bounded here and whatever else goes wrong becomes a `ModelFileError`.
"""

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Any

from edge_agent.model.errors import ModelFileError

MAGIC = b"LITERTLM"
_MAJOR_VERSION = 1
_PREAMBLE = struct.Struct("<8s3I4xQ")
_HEADER_AT_MOST = 1 << 20
_SECTIONS_AT_MOST = 256
_PROPERTIES_AT_MOST = 64
_TEXT_AT_MOST = 4096
_MODEL_ALIGNMENT = 16  # bytes; what TFLite asks of a flatbuffer with weights in it


class SectionKind(IntEnum):
    """What a section's bytes are: the numbers of `AnySectionDataType` that are used here."""

    GENERIC = 1
    TFLITE_MODEL = 3
    SENTENCEPIECE = 4
    LLM_METADATA = 5
    HF_TOKENIZER_ZLIB = 6
    TFLITE_WEIGHTS = 7


Property = str | int | float | bool


@dataclass(frozen=True)
class Section:
    """A part of the file: the bytes from `start` up to `stop`.

    `kind` is a `SectionKind`, or a number that is not known here. `model_type` is spelt as in
    `prefill_decode`: lower case, without the `tf_lite_` that some writers put in front.
    """

    kind: int
    model_type: str
    start: int
    stop: int
    properties: Mapping[str, Property] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return self.stop - self.start

    def __str__(self) -> str:
        """Return what a message calls it."""
        known = {kind.value: kind.name.lower() for kind in SectionKind}
        return f"section {self.model_type or known.get(self.kind) or f'of type {self.kind}'}"


def read_header(descriptor: int) -> bytes:
    """Return the flatbuffer of the open file's header; raises `ModelFileError`."""
    size = os.fstat(descriptor).st_size
    preamble = os.pread(descriptor, _PREAMBLE.size, 0)
    if not preamble.startswith(MAGIC):
        raise ModelFileError("it is not a .litertlm file: it does not start with LITERTLM")
    if len(preamble) < _PREAMBLE.size:
        raise ModelFileError("it is cut off inside its header")
    _, major, minor, _, end = _PREAMBLE.unpack(preamble)
    if major != _MAJOR_VERSION:
        raise ModelFileError(
            f"its format is version {major}.{minor}, and {_MAJOR_VERSION} is what can be read"
        )
    length = end - _PREAMBLE.size
    if not 0 < length <= _HEADER_AT_MOST:
        raise ModelFileError(f"its header has {length} bytes, which cannot be")
    if end > size:
        raise ModelFileError("it is cut off inside its header")
    return os.pread(descriptor, length, _PREAMBLE.size)


def parse_sections(header: bytes, file_size: int) -> tuple[Section, ...]:
    """Return the sections, in the file's order; raises `ModelFileError`.

    Each lies inside the file and behind the header, and no two overlap.
    """
    try:
        sections = tuple(_sections(header))
    except ModelFileError:
        raise
    except Exception as error:  # a flatbuffer with wrong offsets fails in many ways
        raise ModelFileError("its header is damaged") from error
    _check_places(sections, _PREAMBLE.size + len(header), file_size)
    return sections


def _check_places(sections: tuple[Section, ...], header_end: int, file_size: int) -> None:
    if not sections:
        raise ModelFileError("it has no sections")
    for section in sections:
        if section.start < header_end or section.stop <= section.start:
            raise ModelFileError(
                f"{section} lies from byte {section.start} to {section.stop}, which cannot be"
            )
        if section.stop > file_size:
            raise ModelFileError(
                f"{section} ends at byte {section.stop}, and the file has {file_size}:"
                " it is cut off, or its download is not finished"
            )
        if section.kind == SectionKind.TFLITE_MODEL and section.start % _MODEL_ALIGNMENT:
            raise ModelFileError(f"{section} starts at byte {section.start}, no multiple of 16")
    for before, after in pairwise(sorted(sections, key=lambda section: section.start)):
        if after.start < before.stop:
            raise ModelFileError(f"{before} and {after} overlap")


def _sections(header: bytes) -> Iterator[Section]:
    from litert_lm_builder import (  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy
        litertlm_header_schema_py_generated as schema,
    )

    metadata = schema.LiteRTLMMetaData.GetRootAs(header, 0).SectionMetadata()
    if metadata is None:
        return
    count = metadata.ObjectsLength()
    if count > _SECTIONS_AT_MOST:
        raise ModelFileError(f"its header tells of {count} sections, which cannot be")
    for index in range(count):
        yield _section(metadata.Objects(index), schema)


def _section(entry: Any, schema: Any) -> Section:  # noqa: ANN401 - generated, without types
    count = entry.ItemsLength()
    if count > _PROPERTIES_AT_MOST:
        raise ModelFileError(f"a section has {count} properties, which cannot be")
    properties = dict(_property(entry.Items(index), schema) for index in range(count))
    model_type = str(properties.get("model_type", "")).lower().removeprefix("tf_lite_")
    return Section(entry.DataType(), model_type, entry.BeginOffset(), entry.EndOffset(), properties)


def _property(item: Any, schema: Any) -> tuple[str, Property]:  # noqa: ANN401 - generated
    kind = item.ValueType()
    names = {number: name for name, number in vars(schema.VData).items() if number == kind}
    value = getattr(schema, names[kind])()
    value.Init(item.Value().Bytes, item.Value().Pos)
    content = value.Value()
    return _text(item.Key()), _text(content) if isinstance(content, bytes) else content


def _text(value: bytes) -> str:
    if len(value) > _TEXT_AT_MOST:
        raise ModelFileError(f"a name in its header has {len(value)} bytes, which cannot be")
    return value.decode("utf-8")
