"""LiteRT-LM, Google's own engine, running the same file: what ours is compared with."""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_agent.model.types import ToolDeclaration

litert_lm = pytest.importorskip("litert_lm", reason="LiteRT-LM, the judge, is not installed")

GREEDY = litert_lm.SamplerConfig(top_k=1, temperature=0.0)


class LiteRtLm:
    """A model in LiteRT-LM. It gives text, one piece a token, where that is not broken UTF-8."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def tokenize(self, text: str) -> list[int]:
        return list(self.engine.tokenize(text))

    def go_on(self, prompt: str, budget: int) -> list[str]:
        """Continue `<bos>` and `prompt`, without a template."""
        session = self.engine.create_session(
            apply_prompt_template=False,
            sampler_config=GREEDY,
            max_output_tokens=budget,
        )
        with session:
            session.run_prefill([prompt])
            return [response.texts[0] for response in session.run_decode_async()]

    def answer(self, clip: Path, text: str, budget: int) -> tuple[str, str]:
        """Say a sound and a text; return the prompt as the file lays it out, and the reply."""
        conversation = self.engine.create_conversation(
            sampler_config=GREEDY, max_output_tokens=budget
        )
        parts = [{"type": "audio", "path": str(clip)}, {"type": "text", "text": text}]
        message = {"role": "user", "content": parts}
        with conversation:
            prompt = conversation.render_message_to_string(message)
            reply = conversation.send_message(message)
        return prompt, "".join(part["text"] for part in reply["content"])

    def look(self, content: Sequence[str | Path], budget: int, soft_tokens: int) -> tuple[str, str]:
        """Say texts and show pictures; return the prompt as the file lays it out, and the reply.

        `soft_tokens` is what a picture may take.
        """
        conversation = self.engine.create_conversation(
            sampler_config=GREEDY, max_output_tokens=budget
        )
        parts = [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {"type": "image", "path": str(part)}
            for part in content
        ]
        message = {"role": "user", "content": parts}
        with conversation:
            set_picture_budget(conversation, soft_tokens)
            prompt = conversation.render_message_to_string(message)
            reply = conversation.send_message(message)
        return prompt, "".join(part["text"] for part in reply["content"])

    def talk(self, system: str, tools: Sequence[ToolDeclaration], text: str, budget: int) -> str:
        """Open a conversation, say `text`, and return the reply."""
        conversation = self.engine.create_conversation(
            system_message=system,
            tools=list(map(_Declared, tools)),
            automatic_tool_calling=False,
            sampler_config=GREEDY,
            max_output_tokens=budget,
        )
        with conversation:
            reply = conversation.send_message({"role": "user", "content": text})
        return "".join(part["text"] for part in reply["content"])

    def write(self, text: str, pattern: str, budget: int) -> tuple[str, str]:
        """Say `text`; return the prompt, and a reply that the regular expression describes."""
        held = litert_lm.ConstrainedDecodingConfig(
            provider=litert_lm.LiteRtLmConstraintProviderType.LL_GUIDANCE
        )
        conversation = self.engine.create_conversation(
            sampler_config=GREEDY, max_output_tokens=budget, constrained_decoding_config=held
        )
        message = {"role": "user", "content": text}
        with conversation:
            prompt = conversation.render_message_to_string(message)
            shape = litert_lm.ResponseFormat.regex(pattern)
            reply = conversation.send_message(message, response_format=shape)
        return prompt, "".join(part["text"] for part in reply["content"])


def set_picture_budget(conversation: Any, soft_tokens: int) -> None:
    """Set what a picture may take: LiteRT-LM's C API has this, its Python API leaves it out."""
    create = conversation._create_optional_args

    def create_with_budget(*arguments: Any, **named: Any) -> Any:
        pointer = create(*arguments, **named)
        library = conversation._lib
        pointer = pointer or library.litert_lm_conversation_optional_args_create()
        set_budget = library.litert_lm_conversation_optional_args_set_visual_token_budget
        set_budget.argtypes, set_budget.restype = [ctypes.c_void_p, ctypes.c_int], None
        set_budget(pointer, soft_tokens)
        return pointer

    conversation._create_optional_args = create_with_budget


class _Declared(litert_lm.Tool):
    """A tool that is told of and never run."""

    def __init__(self, tool: ToolDeclaration) -> None:
        self._tool = tool

    def get_tool_description(self) -> dict[str, Any]:
        function = {
            "name": self._tool.name,
            "description": self._tool.description,
            "parameters": dict(self._tool.parameters),
        }
        return {"type": "function", "function": function}

    def execute(self, param: Any) -> Any:
        raise NotImplementedError


@contextmanager
def open_litert_lm(
    path: Path, cache: Path, context: int, *, audio: bool = False, vision: bool = False
) -> Iterator[LiteRtLm]:
    """Open `path` on two threads; `cache` is a folder that exists."""
    litert_lm.set_min_log_severity(litert_lm.LogSeverity.ERROR)
    cpu = litert_lm.Backend.CPU(thread_count=2)
    with litert_lm.Engine(
        str(path),
        backend=cpu,
        audio_backend=cpu if audio else None,
        vision_backend=cpu if vision else None,
        max_num_tokens=context,
        cache_dir=str(cache),
    ) as engine:
        yield LiteRtLm(engine)
