"""LiteRT-LM runs the small model's file as it is, and makes the same call of the same sound."""

from pathlib import Path

from edge_agent.assembly import demo_home
from edge_agent.configuration import default_model
from edge_agent.home.home_file import load_home
from tools.bench.sides import EdgeAgent, LiteRTLM

DEMO_SOUND = Path(__file__).parents[2] / "edge_agent" / "cli" / "demo.wav"


def test_both_engines_hear_the_same_request(tmp_path):
    devices = load_home(demo_home()).devices
    calls = []
    for kind in (EdgeAgent, LiteRTLM):
        side = kind(default_model(), devices, 2, tmp_path)
        calls.append(side.turn(DEMO_SOUND)[1])
        side.close()
    assert calls[0] == ["turn_on(device=kitchen light)"]
    assert calls[1] == calls[0]
