"""`ask` and `demo` with the small model: from words and sound to what devices confirm."""

import json
import subprocess
from pathlib import Path

import numpy as np
import soundfile

from edge_agent.bus.client import Bus

DEMO_SOUND = Path(__file__).parents[2] / "edge_agent" / "cli" / "demo.wav"


def only_answer(ended: subprocess.CompletedProcess) -> dict:
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_the_demo_ends_with_a_confirmed_action(edge_agent):
    ended = edge_agent("demo")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for word in ("turn_on", "home/kitchen_light/set", "confirmed", "The kitchen light is on."):
        assert word in ended.stdout


def test_a_spoken_request_is_heard_and_done(edge_agent):
    answer = only_answer(edge_agent("ask", "--audio", DEMO_SOUND, "--json"))
    assert answer["calls"] == [{"tool": "turn_on", "arguments": {"device": "kitchen_light"}}]
    assert answer["outcomes"][0]["status"] == "confirmed"
    assert "kitchen light" in answer["heard"]
    timings = answer["timings"]
    assert timings["audio_encode_ms"] > 0
    assert timings["prompt_tokens"] > timings["audio_tokens"] > 0


def test_requests_of_a_file_are_answered_in_order_by_one_model(edge_agent):
    ended = edge_agent(
        "ask", "--text-file", "-", "--json",
        stdin=b"turn on the kitchen light\n\nset the living room lamp to 40 percent\n",
    )  # fmt: skip
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [answer["calls"] for answer in answers] == [
        [{"tool": "turn_on", "arguments": {"device": "kitchen_light"}}],
        [{"tool": "set_brightness", "arguments": {"device": "living_room_lamp", "percent": 40}}],
    ]


def test_a_dry_run_publishes_nothing(edge_agent, mosquitto):
    commands = []
    with Bus.connect(mosquitto.address) as listener:
        listener.subscribe("home/+/set", commands.append)
        broker = f"mqtt://{mosquitto.address}"
        options = ("--dry-run", "--json", "--simulate", "--broker", broker)
        answer = only_answer(edge_agent("ask", "turn on the kitchen light", *options))
    assert answer["outcomes"][0]["status"] == "dry-run"
    assert answer["calls"]
    assert commands == []


def test_a_real_broker_carries_the_demo(edge_agent, mosquitto):
    commands = []
    with Bus.connect(mosquitto.address) as listener:
        listener.subscribe("home/+/set", commands.append)
        ended = edge_agent("demo", "--broker", f"mqtt://{mosquitto.address}")
        assert ended.returncode == 0, ended.stdout + ended.stderr
    (command,) = commands
    assert (command.topic, json.loads(command.payload)) == (
        "home/kitchen_light/set",
        {"state": "ON"},
    )
    assert not command.retained


def test_silence_asks_for_nothing(edge_agent, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(32_000, np.float32), 16_000)
    answer = only_answer(edge_agent("ask", "--audio", "silence.wav", "--json"))
    assert answer["calls"] == []
    assert answer["outcomes"] == []
