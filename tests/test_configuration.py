"""The settings of a file: what they become, and how a wrong one is told, with its line."""

import pytest

from edge_agent.configuration import ConfigurationError, load_configuration
from edge_agent.home.conventions import Places


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        file = tmp_path / "agent.yaml"
        file.write_text(text)
        return load_configuration(file)

    return loaded


def test_what_yaml_makes_of_words_is_taken_back(load):
    settings = load("microphone: off\nspeak: off\nloudspeaker: 2\n")
    assert (settings.microphone, settings.speak, settings.loudspeaker) == ("off", "off", "2")
    assert load("microphone: USB PnP\n").microphone == "USB PnP"
    assert load("wyoming: on\n").wyoming == "127.0.0.1:10300"


def test_files_of_sound_lie_beside_the_settings(load, tmp_path):
    settings = load("microphone: ./said.wav\nwake_words: [alexa, own.tflite]\n")
    assert settings.microphone == str(tmp_path / "said.wav")
    assert settings.wake_words == ("alexa", str(tmp_path / "own.tflite"))
    assert load("speak: piper\npiper_voice: amy.onnx").piper_voice == tmp_path / "amy.onnx"
    assert load("wake_words: hey_jarvis").wake_words == ("hey_jarvis",)


def test_a_clip_lies_beside_the_settings_and_a_device_does_not(load, tmp_path):
    assert load("camera: hall.mp4").camera == str(tmp_path / "hall.mp4")
    assert load("camera: ../clips").camera == str(tmp_path / "../clips")
    for device in ("camera", "camera 1", "csi", "csi 1", "/dev/video0", "rtsp://10.0.0.9/hall"):
        assert load(f"camera: {device}").camera == device
    assert load("camera: off").camera is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("node: n\nmicrofone: off\n", "line 2: there is no setting 'microfone'; there are .*node"),
        ("\nwake_words:\n- alexa\n- computer\n", "line 2: 'wake_words': there is no computer"),
        ("node: n\nspeak: piper\n", "line 2: 'speak': piper needs a voice"),
        ("speak: loudly\n", "line 1: 'speak': Input should be 'off'"),
        ("wyoming: here\n", "line 1: 'wyoming': here is no HOST:PORT"),
        ("\n\nbroker_tls:\n  ca: x\n  cert: y\n", "line 5: there is no setting 'broker_tls.cert'"),
        ("discovery:\n  homie: a/+\n", "line 2: 'discovery.homie': 'a/\\+' is no topic to look"),
        (
            "discovery:\n  zigbee2mqtt:\n  - zigbee2mqtt\n  - upstairs/\n",
            "line 2: 'discovery.zigbee2mqtt': 'upstairs/' is no topic",
        ),
        ("discovery: {tasmota: edge_agent/x}\n", "line 1: 'discovery.tasmota': .* is no topic"),
        ("discovery: {zigbee2mqtt: []}\n", "line 1: 'discovery.zigbee2mqtt': "),
        ("discovery: {shelly: x}\n", "line 1: there is no setting 'discovery.shelly'"),
        ("node: [a\n", "no YAML.* line 2"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(load, text, complaint):
    with pytest.raises(ConfigurationError, match=complaint):
        load(text)


def test_where_devices_announce_themselves(load):
    settings = load(
        "node: n\ndiscovery:\n  zigbee2mqtt: [zigbee2mqtt, up/zigbee]\n  home_assistant: ha\n"
        "  tasmota: found\n  homie: garden\n"
    )
    places = settings.discovery.places(settings.node)
    assert places == Places("n", ("zigbee2mqtt", "up/zigbee"), "ha", "found", "garden")
    one = load("discovery: {zigbee2mqtt: up}\n").discovery.places("n")
    assert one == Places("n", ("up",))


TOOLS = "tools:\n- {name: ring, description: Ring, publish: [{topic: a, payload: b}]}\n"
RULES = "policy:\n  rules:\n  - {permission: deny, do: lock}\n  - {permission: allow, do: [ring]}\n"


def test_the_policy_names_ones_own_tools(load, tmp_path):
    (tmp_path / "tools.yaml").write_text(TOOLS)
    rules = load(f"tools: tools.yaml\n{RULES}").policy.policy().rules
    assert rules[1].do == {"ring"}
    (tmp_path / "agent.yaml").write_text(RULES)
    assert load_configuration(tmp_path / "agent.yaml", tmp_path / "tools.yaml")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (RULES, "line 4: nothing is called 'ring'; there are .*unlock"),
        (f"tools: tools.yaml\n{RULES.replace('ring', 'rung')}", "line 5: .* 'rung'; .*ring"),
        (
            "policy:\n  quiet_hours:\n    from: '22:00'\n    to: '07:00'\n    do: sing\n",
            "line 5: nothing is called 'sing'",
        ),
        ("policy:\n  rules:\n  - {do: lock}\n", "line 3: 'policy.rules.0': a rule needs"),
        ("policy:\n  rules:\n  - {actions_a_minute: -1}\n", "line 3: .*actions_a_minute"),
    ],
)
def test_rules_about_nothing_are_told_with_their_line(load, tmp_path, text, complaint):
    (tmp_path / "tools.yaml").write_text(TOOLS)
    with pytest.raises(ConfigurationError, match=complaint):
        load(text)
