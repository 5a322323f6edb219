"""Putting right what litert-torch writes into a file's LlmMetadata."""

from collections.abc import Sequence
from pathlib import Path

from litert_lm_builder.runtime.proto import llm_metadata_pb2


def set_stop_tokens(metadata: Path, tokens: Sequence[int]) -> None:
    """Replace the stop tokens by `tokens`, as the published files name them: by id.

    litert-torch guesses texts out of the chat template, in another order every time.
    """
    message = llm_metadata_pb2.LlmMetadata.FromString(metadata.read_bytes())
    del message.stop_tokens[:]
    for token in tokens:
        message.stop_tokens.add().token_ids.ids.append(token)
    metadata.write_bytes(message.SerializeToString())


def set_generic(metadata: Path) -> None:
    """Say that the model is none that LiteRT-LM knows.

    LiteRT-LM holds such a model to any pattern, a Gemma only by its own table of tool calls, which
    is made for the vocabularies of the published files and refuses others.
    """
    message = llm_metadata_pb2.LlmMetadata.FromString(metadata.read_bytes())
    message.llm_model_type.generic_model.SetInParent()
    metadata.write_bytes(message.SerializeToString())
