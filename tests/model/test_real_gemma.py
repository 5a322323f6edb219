"""Gemma 3 270M, with weights that Google trained, goes on as it does in LiteRT-LM.

`make test-real-gemma` makes its files and runs these; `REAL_GEMMA` names the folder.
"""

import os
import re
from pathlib import Path

import pytest
from litert_lm_judge import open_litert_lm
from llguidance import LLMatcher

from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.engine import Engine
from edge_agent.model.generation import Generation
from edge_agent.model.grammar import Grammar, Mode, Thought, _guidance_tokenizer
from edge_agent.model.loaded_model import EngineOptions, load_model
from edge_agent.model.prompt import Prompt
from edge_agent.model.sampling import Sampler, Sampling
from edge_agent.model.session import TurnOptions
from edge_agent.model.stop_tokens import stop_ids
from edge_agent.system_prompt import build_system_prompt

pytestmark = pytest.mark.real_gemma

CONTEXT = 2048
OPTIONS = EngineOptions(context=CONTEXT, threads=2)
REPLY = 32
PROMPTS = (
    "The capital of France is",
    "Water boils at a temperature of",
    "To turn off the kitchen light, you",
    "The three primary colors are",
    "Once upon a time, in a house at the edge of the forest,",
    "def fibonacci(n):\n    ",
    '{"device": "lamp", "state": "on"}\n{"device": "fan", "state":',
    "1, 2, 4, 8, 16, 32,",
    "Q: How many days has a week?\nA:",
    "La tour Eiffel se trouve",
    "Der schnellste Weg nach Köln führt",
    "El tiempo de mañana en Sevilla será",
    "東京は日本の",
    "Быстрая коричневая лиса",
    "<ul>\n  <li>bread</li>\n  <li>",
    "MQTT is a protocol that",
    "The Raspberry Pi 5 has",
    "Dear Sir or Madam,\n\nI am writing to",
    "She opened the door, looked at the thermostat and said: \"It is " * 4,
    " ".join(f"Sentence {n} says that lamp {n} hangs in room {n * 7}." for n in range(1, 30)),
)  # fmt: skip
REQUESTS = (
    "turn on the kitchen lamp",
    "it is too dark in the hall",
    "set the heater to 22 degrees",
    "lock the front door",
    "dim the kitchen lamp to 30 percent",
    "is the front door locked?",
    "switch everything off",
    "open the blinds halfway",
    "Éteins la lampe",
    'say "hello" to the heater',
)
PATTERN = (
    "(turn_on|turn_off|set_brightness|lock|unlock|get_state)"
    "[(](lamp|light|heater|door|blinds)(,[0-9]{1,2})?[)]"
)
ON_OFF = frozenset({Capability.ON_OFF})
DEVICES = (
    Device("a", "kitchen lamp", "kitchen", Kind.LIGHT, ON_OFF | {Capability.BRIGHTNESS}),
    Device("b", "hall light", "hall", Kind.LIGHT, ON_OFF),
    Device(
        "c",
        "Größe \N{SNOWMAN} heater",
        "bedroom",
        Kind.CLIMATE,
        frozenset({Capability.TEMPERATURE}),
    ),
    Device("d", "front door", "hall", Kind.LOCK, frozenset({Capability.LOCK})),
    Device("e", "blinds", "bedroom", Kind.COVER, frozenset({Capability.POSITION})),
)


@pytest.fixture(params=["gemma-3-270m", "gemma-3-270m-sentencepiece"])
def path(request: pytest.FixtureRequest) -> Path:
    if "REAL_GEMMA" not in os.environ:
        pytest.fail("REAL_GEMMA names no folder: run `make test-real-gemma`")
    return Path(os.environ["REAL_GEMMA"], f"{request.param}.litertlm")


def test_free_text_goes_on_as_in_litert_lm(path: Path, tmp_path: Path) -> None:
    model = load_model(path, OPTIONS)
    tokenizer = model.tokenizer
    assert tokenizer.vocabulary_size == 262_144
    stops = stop_ids(model.metadata, tokenizer)
    with Engine(model) as ours, open_litert_lm(path, tmp_path, CONTEXT) as judge:
        for prompt in PROMPTS:
            ids = tokenizer.encode(f"<bos>{prompt}", special=True)
            assert ids[1:] == judge.tokenize(prompt)
            reply = ours.complete(ids, budget=REPLY, stop_ids=stops)
            pieces = judge.go_on(prompt, REPLY)
            assert tokenizer.decode(reply) == "".join(pieces)
            if "".join(pieces).isascii():
                assert [tokenizer.decode([token]) for token in reply] == pieces


def test_held_to_a_pattern_it_writes_what_litert_lm_writes(path: Path, tmp_path: Path) -> None:
    """No spaces in the pattern: at one, llguidance panics inside LiteRT-LM 0.18.1."""
    model = load_model(path, OPTIONS)
    tokenizer, stops = model.tokenizer, stop_ids(model.metadata, model.tokenizer)
    end = " | ".join(f"<[{stop}]>" for stop in stops)
    start = LLMatcher(
        _guidance_tokenizer(tokenizer),
        LLMatcher.grammar_from_lark(f"start: /{PATTERN}/ ({end})"),
    )
    grammar = Grammar(start, tokenizer.vocabulary_size)
    replies = set()
    with Engine(model), open_litert_lm(path, tmp_path, CONTEXT) as judge:
        for request in REQUESTS:
            prompt, theirs = judge.write(request, PATTERN, REPLY)
            ids = tokenizer.encode(f"<bos>{prompt}", special=True)
            model.decoder.cache.rewind(0)
            greedy = Sampler(Sampling()).choose
            generation = Generation(model.decoder, greedy, grammar.matcher(), stops)
            for _ in generation.run(Prompt.of_ids(ids), REPLY):
                pass
            assert re.fullmatch(PATTERN, theirs)
            assert tokenizer.decode(generation.tokens) == theirs
            replies.add(theirs)
    assert len(replies) > 3


def test_calls_are_always_valid(path: Path) -> None:
    """Under the grammar, whatever a model would rather write that knows nothing of tools."""
    told = build_system_prompt(DEVICES)
    tools = {tool.name: tool for tool in told.tools}
    options = TurnOptions(mode=Mode.CALLS, thought=Thought.NONE, budget=400)
    made = []
    with Engine.open(path, OPTIONS) as engine:
        session = engine.session(told.text, told.tools)
        for request in REQUESTS:
            reply = session.turn([request], options)
            assert reply.finish == "stop"
            assert reply.calls
            for call in reply.calls:
                tool = tools[call.name]
                assert set(call.arguments) == set(tool.parameters["required"])
                assert call.arguments["device"] in tool.choices["device"]
                if "percent" in call.arguments:
                    assert call.arguments["percent"] in range(101)
            made += reply.calls
    assert len({call.name for call in made}) > 1
