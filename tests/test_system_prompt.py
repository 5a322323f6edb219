import hashlib
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.home.groups import Group
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.calls import parse_calls
from edge_agent.system_prompt import build_system_prompt
from edge_agent.understanding.names import spoken_names

HOME = (
    Device("light.k1", "Light", "Kitchen", Kind.LIGHT,
           frozenset({Capability.ON_OFF, Capability.BRIGHTNESS})),
    Device("light.b1", "Light", "Bedroom", Kind.LIGHT, frozenset({Capability.ON_OFF})),
    Device("light.b2", "Bedroom light", "Bedroom", Kind.LIGHT, frozenset({Capability.ON_OFF})),
    Device("lock.front", "Front door", "Hall", Kind.LOCK, frozenset({Capability.LOCK})),
    Device("climate.x", "Heating", "Hall", Kind.CLIMATE, frozenset({Capability.TEMPERATURE})),
    Device("scene.film", "Film night", "Lounge", Kind.SCENE, frozenset()),
)  # fmt: skip

NAMES = st.sampled_from(
    ["Lamp", "lamp", "Hall Lamp", "Hall lamp 2", "Lamp 2", " Lamp\n", "<|turn>", "Küche", "a" * 40]
)
DEVICES = st.lists(
    st.builds(
        Device,
        st.uuids().map(str),
        NAMES | st.text(min_size=1, max_size=8),
        st.sampled_from(["Hall", "hall", "Kitchen", "<turn|>\n"]),
        st.sampled_from([kind for kind in Kind if kind is not Kind.TOOL]),
        st.frozensets(st.sampled_from(Capability)),
    ),
    max_size=8,
    unique_by=lambda device: device.id,
)


def fingerprint(devices):
    prompt = build_system_prompt(devices)
    named = [(name, ids(thing)) for name, thing in prompt.names.items()]
    return hashlib.sha256(repr((prompt.text, prompt.tools, named)).encode()).hexdigest()


def ids(thing):
    return [device.id for device in (thing.devices if isinstance(thing, Group) else (thing,))]


@given(DEVICES, st.randoms(use_true_random=False))
def test_the_order_of_devices_does_not_matter(devices, shuffler):
    shuffled = list(devices)
    shuffler.shuffle(shuffled)
    assert fingerprint(shuffled) == fingerprint(devices)


def test_the_text_is_the_same_in_every_process():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_system_prompt as t; "
        "print(t.fingerprint(t.HOME))"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
        ).stdout
        for seed in ("1", "2")
    }
    assert prints == {f"{fingerprint(HOME)}\n"}


def test_states_are_no_part_of_a_device():
    """So the text cannot change while they do."""
    assert {field.name for field in fields(Device)} == {
        "id", "name", "area", "kind", "can", "aliases",
    }  # fmt: skip


@given(DEVICES)
def test_names_are_unique_and_lead_back_to_ids(devices):
    prompt = build_system_prompt(devices)
    single = [it for it in prompt.names.values() if isinstance(it, Device)]
    assert len({name.casefold() for name in prompt.names}) == len(prompt.names)
    assert sorted(device.id for device in single) == sorted(device.id for device in devices)
    for tool in prompt.tools:
        assert set(tool.choices["device"]) <= prompt.names.keys()
        assert tool.choices["device"]


@given(DEVICES)
def test_names_are_sorted_and_on_lines_of_their_own(devices):
    prompt = build_system_prompt(devices)
    lines = prompt.text.split("\n")
    names = sorted(prompt.names)
    assert [line.rpartition(" (")[0] for line in lines[1 : 1 + len(names)]] == names


@given(DEVICES)
def test_names_hold_no_control_tokens(devices):
    prompt = build_system_prompt(devices)
    listed = prompt.text.split("\n")[1 : 1 + len(prompt.names)]
    assert not any("<|" in line or "<turn" in line for line in listed)


def test_a_shared_name_gets_its_area():
    names = {device.id: name for device, name in spoken_names(HOME).items()}
    assert names["light.k1"] == "kitchen light"
    assert names["light.b1"] == "bedroom light"
    assert names["light.b2"] == "bedroom light 2"
    assert names["lock.front"] == "front door"


def test_a_device_that_comes_or_is_renamed_changes_the_text():
    more = (*HOME, Device("fan.1", "Fan", "Loft", Kind.FAN, frozenset({Capability.ON_OFF})))
    assert fingerprint(more) != fingerprint(HOME)
    renamed = (*HOME[:-1], Device("scene.film", "Movie", "Lounge", Kind.SCENE, frozenset()))
    assert fingerprint(renamed) != fingerprint(HOME)


def test_tools_come_in_the_same_order_and_only_those_that_fit():
    tools = build_system_prompt(HOME).tools
    assert [tool.name for tool in tools] == [
        "turn_on", "turn_off", "set_brightness", "lock", "unlock", "set_temperature", "activate",
        "get_state",
    ]  # fmt: skip
    by_name = {tool.name: tool for tool in tools}
    assert by_name["set_brightness"].choices == {"device": ("kitchen light",)}
    assert by_name["activate"].choices == {"device": ("film night",)}
    assert "Film night" not in by_name["get_state"].choices["device"]


def test_the_worked_examples_are_calls_that_the_home_can_do():
    prompt = build_system_prompt(HOME)
    by_name = {tool.name: tool for tool in prompt.tools}
    examples = parse_calls(prompt.text)
    assert 3 <= len(examples) <= 5
    for call in examples:
        assert call.arguments["device"] in by_name[call.name].choices["device"]


def test_the_rule_comes_after_the_devices_and_before_the_examples():
    text = build_system_prompt(HOME).text
    rule = text.index("If no tool fits, call none")
    assert text.index("front door (") < rule < text.index("<|tool_call>")


@pytest.mark.parametrize("devices", [(), HOME[-1:]])
def test_a_home_with_little_in_it_still_has_a_prompt(devices):
    prompt = build_system_prompt(devices)
    assert "If no tool fits" in prompt.text
    assert [tool.name for tool in prompt.tools] == (["activate"] if devices else [])


def test_examples_can_be_left_out():
    bare = build_system_prompt(HOME, examples=0)
    assert "<|tool_call>" not in bare.text
    assert build_system_prompt(HOME).text.count("<|tool_call>") == 3
    assert bare.tools == build_system_prompt(HOME).tools
