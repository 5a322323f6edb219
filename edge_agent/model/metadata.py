"""What a model file says of its model: the `LlmMetadata` protobuf of a `.litertlm` container.

Source: the protobufs in `litert-lm-builder` 0.18.1 (`runtime/proto`).
"""

from dataclasses import dataclass
from typing import Any

from edge_agent.model.bundle import Bundle
from edge_agent.model.bundle_header import SectionKind
from edge_agent.model.errors import ModelFileError

TokenName = str | tuple[int, ...]
"""A token as the metadata names it: its text, or its ids."""

_TEMPLATE_AT_MOST = 1 << 20


@dataclass(frozen=True)
class Metadata:
    """What the model is told apart by, and how its text begins, ends and is laid out.

    `family` is the model type, as `gemma4`. `template` is the Jinja chat template, None where the
    file has none. `max_tokens` is the longest conversation that the writer had in mind, 0 where it
    says nothing. `audio_start` opens a sound in the prompt, `image_start` a picture.
    """

    family: str
    start_tokens: tuple[TokenName, ...]
    stop_tokens: tuple[TokenName, ...]
    max_tokens: int
    template: str | None
    audio_start: TokenName | None
    image_start: TokenName | None


def read_metadata(bundle: Bundle) -> Metadata:
    """Read the metadata of `bundle`; raises `ModelFileError`."""
    section = bundle.of_kind(SectionKind.LLM_METADATA)
    if section is None:
        raise ModelFileError(
            f"{bundle.path} has no section of metadata: it holds no language model"
        )
    try:
        return parse_metadata(bundle.read(section))
    except ModelFileError as error:
        raise ModelFileError(f"{bundle.path}: {error}") from error


def parse_metadata(content: bytes) -> Metadata:
    """Read a serialised `LlmMetadata`; raises `ModelFileError`."""
    from google.protobuf.message import (  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy
        DecodeError,
    )
    from litert_lm_builder.runtime.proto import (  # type: ignore[import-untyped]  # noqa: PLC0415
        llm_metadata_pb2,
    )

    message = llm_metadata_pb2.LlmMetadata()
    try:
        message.ParseFromString(content)
        family = message.llm_model_type.WhichOneof("model_type") or "generic_model"
        details = getattr(message.llm_model_type, family)
        template = message.jinja_prompt_template
    except (DecodeError, UnicodeDecodeError) as error:
        raise ModelFileError(f"its metadata is damaged ({error})") from error
    if len(template) > _TEMPLATE_AT_MOST:
        raise ModelFileError(f"its chat template has {len(template)} characters, too many")
    return Metadata(
        family=family,
        start_tokens=_token_names([message.start_token]),
        stop_tokens=_token_names(message.stop_tokens),
        max_tokens=max(message.max_num_tokens, 0),
        template=template or None,
        audio_start=_opening(details, "start_of_audio_token"),
        image_start=_opening(details, "start_of_image_token"),
    )


def _opening(details: Any, field: str) -> TokenName | None:  # noqa: ANN401 - one of many messages
    names = _token_names([getattr(details, field, None)])
    return names[0] if names else None


def _token_names(tokens: Any) -> tuple[TokenName, ...]:  # noqa: ANN401 - protobuf's own containers
    names: list[TokenName] = []
    for token in tokens:
        if token is None:
            continue
        if token.WhichOneof("token_union") == "token_str" and token.token_str:
            names.append(token.token_str)
        elif token.token_ids.ids:
            names.append(tuple(token.token_ids.ids))
    return tuple(names)
