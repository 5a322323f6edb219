"""The two sides of the comparison, each able to do the same: a spoken turn, and plain tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import litert_lm

from edge_agent.home.types import Device
from edge_agent.model import Audio, Engine, EngineOptions
from edge_agent.model.types import ToolDeclaration
from edge_agent.senses.wav import read_wav
from edge_agent.system_prompt import build_system_prompt


@dataclass(frozen=True)
class Speed:
    """Tokens a second, taken in and written."""

    prefill: float
    decode: float


class Side(Protocol):
    """An engine with a home's prompt, ready for requests."""

    name: str
    load_ms: float

    def turn(self, sound: Path) -> tuple[float, list[str]]:
        """Hear a request; return milliseconds until the calls are decided, and the calls."""

    def speed(self, prefill: int, decode: int) -> Speed:
        """Take in and write so many plain tokens."""

    def close(self) -> None:
        """Give the memory back."""


class EdgeAgent:
    """The engine of edge-agent: the home's prompt is in the KV cache before anybody speaks."""

    name = "edge-agent"

    def __init__(self, model: Path, devices: Sequence[Device], threads: int, cache: Path) -> None:
        """Load the model and prime it with the home."""
        began = perf_counter()
        self._engine = Engine.open(model, EngineOptions(threads=threads, cache_folder=cache))
        prompt = build_system_prompt(devices)
        self._session = self._engine.session(prompt.text, prompt.tools)
        self.load_ms = (perf_counter() - began) * 1e3

    def turn(self, sound: Path) -> tuple[float, list[str]]:
        """Read the file and take a turn."""
        began = perf_counter()
        reply = self._session.turn([Audio(read_wav(sound).samples)])
        took = (perf_counter() - began) * 1e3
        return took, [_call(call.name, call.arguments) for call in reply.calls]

    def speed(self, prefill: int, decode: int) -> Speed:
        """Time a prompt with one token of reply, then the same with more."""
        prompt = [2 + i % 200 for i in range(prefill)]
        began = perf_counter()
        self._engine.complete(prompt, budget=1)
        first = perf_counter() - began
        began = perf_counter()
        self._engine.complete(prompt, budget=1 + decode)
        both = perf_counter() - began
        return Speed(prefill / first, decode / (both - first))

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


class LiteRTLM:
    """Google's LiteRT-LM through its conversation API, tools and all."""

    name = "LiteRT-LM"

    def __init__(self, model: Path, devices: Sequence[Device], threads: int, cache: Path) -> None:
        """Load the model."""
        litert_lm.set_min_log_severity(litert_lm.LogSeverity.ERROR)
        began = perf_counter()
        self._model, self._threads, self._cache = str(model), threads, str(cache)
        cpu = litert_lm.Backend.CPU(thread_count=threads)
        self._engine = litert_lm.Engine(
            self._model, backend=cpu, audio_backend=cpu, max_num_tokens=4096, cache_dir=self._cache
        )
        self._prompt = build_system_prompt(devices)
        self.load_ms = (perf_counter() - began) * 1e3

    def turn(self, sound: Path) -> tuple[float, list[str]]:
        """Open a conversation, as each fresh command needs one, and send the sound."""
        began = perf_counter()
        with self._engine.create_conversation(
            system_message=self._prompt.text,
            tools=[_Declared(tool) for tool in self._prompt.tools],
            automatic_tool_calling=False,
            sampler_config=litert_lm.SamplerConfig(top_k=1, temperature=0.0),
        ) as conversation:
            said = conversation.send_message(
                {"role": "user", "content": [{"type": "audio", "path": str(sound)}]}
            )
        took = (perf_counter() - began) * 1e3
        calls = [call["function"] for call in said.get("tool_calls") or ()]
        return took, [_call(call["name"], call["arguments"]) for call in calls]

    def speed(self, prefill: int, decode: int) -> Speed:
        """Run LiteRT-LM's own benchmark."""
        info = litert_lm.Benchmark(
            self._model,
            backend=litert_lm.Backend.CPU(thread_count=self._threads),
            prefill_tokens=prefill,
            decode_tokens=decode,
            max_num_tokens=4096,
            cache_dir=self._cache,
        ).run()
        return Speed(info.last_prefill_tokens_per_second, info.last_decode_tokens_per_second)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


class _Declared(litert_lm.Tool):
    """A tool as LiteRT-LM wants it described; it is never executed."""

    def __init__(self, tool: ToolDeclaration) -> None:
        self._tool = tool

    def get_tool_description(self) -> dict[str, Any]:
        """Return the declaration that the prompt shows."""
        return {
            "type": "function",
            "function": {
                "name": self._tool.name,
                "description": self._tool.description,
                "parameters": dict(self._tool.parameters),
            },
        }

    def execute(self, param: Mapping[str, Any]) -> None:
        """Do nothing: calls are compared, not carried out."""


def _call(name: str, arguments: Mapping[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={arguments[key]}' for key in sorted(arguments))})"
