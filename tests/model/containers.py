"""Small `.litertlm` files, sound or broken on purpose, written with the format's own schema."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import flatbuffers
from litert_lm_builder import litertlm_header_schema_py_generated as schema

PREAMBLE = struct.Struct("<8s3I4xQ")
BLOCK = 16 * 1024


@dataclass(frozen=True)
class Part:
    """A section to write, and where the header says it lies, if elsewhere than it does."""

    kind: int
    content: bytes = b"content"
    properties: dict[str, str] = field(default_factory=dict)
    start: int | None = None
    stop: int | None = None


def model(model_type: str, content: bytes = b"content", **places: int) -> Part:
    return Part(
        schema.AnySectionDataType.TFLiteModel, content, {"model_type": model_type}, **places
    )


def write(path: Path, parts: list[Part]) -> Path:
    """Write `parts` one after the other, each at a multiple of 16 KiB."""
    starts, position = [], BLOCK
    for part in parts:
        starts.append(position)
        position += -(-max(len(part.content), 1) // BLOCK) * BLOCK
    header = _header(parts, starts)
    content = bytearray(position)
    content[: PREAMBLE.size] = PREAMBLE.pack(b"LITERTLM", 1, 7, 0, PREAMBLE.size + len(header))
    content[PREAMBLE.size : PREAMBLE.size + len(header)] = header
    for part, start in zip(parts, starts, strict=True):
        content[start : start + len(part.content)] = part.content
    path.write_bytes(content[: starts[-1] + len(parts[-1].content)] if parts else content)
    return path


def copy(bundle, path: Path, *, without: tuple[str, ...] = (), replacing=None) -> Path:
    """Write the sections of an open bundle again, some left out or with other bytes."""
    replacing = replacing or {}
    parts = []
    for section in bundle.sections:
        name = section.model_type or str(section.kind)
        if name not in without:
            content = replacing.get(name, bundle.read(section))
            parts.append(Part(section.kind, content, dict(section.properties)))
    return write(path, parts)


def _header(parts: list[Part], starts: list[int]) -> bytes:
    objects = []
    for part, start in zip(parts, starts, strict=True):
        items = [_item(key, value) for key, value in part.properties.items()]
        begin = start if part.start is None else part.start
        stop = start + len(part.content) if part.stop is None else part.stop
        objects.append(
            schema.SectionObjectT(
                items=items, beginOffset=begin, endOffset=stop, dataType=part.kind
            )
        )
    root = schema.LiteRTLMMetaDataT(sectionMetadata=schema.SectionMetadataT(objects=objects))
    builder = flatbuffers.Builder(1024)
    builder.Finish(root.Pack(builder))
    return bytes(builder.Output())


def _item(key: str, value: str):
    text = schema.StringValueT(value=value)
    return schema.KeyValuePairT(key=key, valueType=schema.VData.StringValue, value=text)
