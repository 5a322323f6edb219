"""The tokens that end a turn of the model."""

from edge_agent.model.control_tokens import RESPONSE_START
from edge_agent.model.errors import ModelFileError
from edge_agent.model.metadata import Metadata, TokenName
from edge_agent.model.tokenizer import Tokenizer


def token_ids(name: TokenName, tokenizer: Tokenizer) -> tuple[int, ...]:
    """Return the ids that a token of the metadata has: several if its text is several tokens."""
    return tuple(tokenizer.encode(name, special=True)) if isinstance(name, str) else name


def stop_ids(metadata: Metadata, tokenizer: Tokenizer) -> tuple[int, ...]:
    """Return the ids that end a turn, ascending.

    They are those that the file names, as far as each is one token, and `<|tool_response>`, whose
    text is the runtime's to give. Raises `ModelFileError` if the file names none.
    """
    named = (token_ids(name, tokenizer) for name in metadata.stop_tokens)
    found = {ids[0] for ids in named if len(ids) == 1}
    if not found:
        raise ModelFileError("the model file names no stop token, so a turn could never end")
    response = tokenizer.special_tokens.get(RESPONSE_START)
    return tuple(sorted(found | ({response} if response is not None else set())))
