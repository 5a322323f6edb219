"""A conversation's first turns are laid out and answered as LiteRT-LM does it.

LiteRT-LM computes the system text and the tools anew each time, with another implementation of
Jinja; a session computes them once and comes back to them. The tools' grammar is on, and allows
text: the test models never write a control token.
"""

from pathlib import Path

import pytest
from litert_lm_judge import open_litert_lm

from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.engine import Engine
from edge_agent.model.grammar import Thought
from edge_agent.model.loaded_model import EngineOptions
from edge_agent.model.session import TurnOptions
from edge_agent.system_prompt import build_system_prompt

MODELS = Path(__file__).parent.parent / "models"
CONTEXT = 1024
REPLY = 30
SYSTEM = "You run a home."
SAID = (
    "turn on the kitchen lamp",
    "it is too dark in the hall",
    "set the lamp to 22 percent, please!",
    "is the front door locked?",
    'say "Größe" {twice: [1, 2]}',
    "turn on the kitchen lamp",
)
LAMP = Device("a", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF, Capability.COLOR}))


@pytest.mark.parametrize("name", ["plain", "published"])
def test_turns_with_tools_are_answered_alike(name: str, tmp_path: Path) -> None:
    path = MODELS / f"{name}.litertlm"
    tools = build_system_prompt([LAMP]).tools
    options = TurnOptions(budget=REPLY, thought=Thought.NONE)
    replies = []
    with (
        Engine.open(path, EngineOptions(context=CONTEXT, threads=2)) as engine,
        open_litert_lm(path, tmp_path, CONTEXT) as judge,
    ):
        session = engine.session(SYSTEM, tools)
        assert session.prefix_tokens > 100
        for text in SAID:
            reply = session.turn([text], options)
            assert reply.text.strip() == judge.talk(SYSTEM, tools, text, REPLY).strip()
            replies.append(reply.text)
    assert len(set(replies)) == len(set(SAID))
