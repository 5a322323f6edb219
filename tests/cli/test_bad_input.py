"""Bad input: one clear sentence on standard error, the right exit code, and nothing half done."""

from pathlib import Path

import pytest

MODEL = Path(__file__).parent.parent / "models" / "plain.litertlm"
HOME = "devices:\n  - {id: lamp, name: lamp, area: study, kind: light, can: [on_off]}\n"


def assert_one_sentence(ended, code: int, *words: str) -> None:
    told = ended.stderr
    assert ended.returncode == code, told
    assert ended.stdout == ""
    assert "Traceback" not in told
    assert told.startswith("edge-agent: ")
    assert told.count("\n") == 1, told
    for word in words:
        assert word in told


def test_nothing_asked(edge_agent):
    assert_one_sentence(edge_agent("ask"), 2, "Nothing was asked")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.wav", b"", "is empty"),
        ("noise.wav", bytes(range(256)) * 8, "no sound file"),
        ("cut.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", "cut.wav"),
    ],
)
def test_sound_that_is_none(edge_agent, tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    assert_one_sentence(edge_agent("ask", "--audio", name, "--model", MODEL), 2, name, words)


def test_sound_that_is_missing(edge_agent):
    assert_one_sentence(edge_agent("ask", "--audio", "gone.wav"), 2, "There is no file gone.wav")


def test_one_bad_sound_stops_all_before_anything_is_done(edge_agent, tmp_path):
    ended = edge_agent("ask", "turn on the lamp", "--audio", "gone.wav", "--json")
    assert_one_sentence(ended, 2, "gone.wav")
    assert not (tmp_path / "STATE").exists()


def test_a_request_file_that_is_missing(edge_agent):
    assert_one_sentence(edge_agent("ask", "--text-file", "gone.txt"), 2, "gone.txt")


def test_a_request_file_that_is_no_text(edge_agent):
    ended = edge_agent("ask", "--text-file", "-", stdin=b"\xff\xfe\x00")
    assert_one_sentence(ended, 2, "no UTF-8 text")


def test_a_home_with_a_typo_names_the_line(edge_agent, tmp_path):
    (tmp_path / "home.yaml").write_text(HOME.replace("light", "ligth"))
    ended = edge_agent("ask", "hello", "--home", "home.yaml", "--model", MODEL)
    assert_one_sentence(ended, 2, "home.yaml", "line 2", "ligth", "light")


def test_a_model_that_is_missing(edge_agent):
    assert_one_sentence(edge_agent("ask", "hello", "--model", "gone.litertlm"), 4, "gone.litertlm")


def test_a_model_that_was_cut_off(edge_agent, tmp_path):
    (tmp_path / "cut.litertlm").write_bytes(MODEL.read_bytes()[:100_000])
    assert_one_sentence(edge_agent("ask", "hello", "--model", "cut.litertlm"), 4, "cut.litertlm")


def test_a_broker_that_is_not_there(edge_agent):
    ended = edge_agent("ask", "hello", "--model", MODEL, "--broker", "mqtt://127.0.0.1:1")
    assert_one_sentence(ended, 3, "127.0.0.1:1")


def test_a_broker_address_that_is_none(edge_agent):
    ended = edge_agent("ask", "hello", "--model", MODEL, "--broker", "http://127.0.0.1")
    assert_one_sentence(ended, 2, "mqtt://HOST:PORT")


def test_a_configuration_with_an_unknown_setting(edge_agent, tmp_path):
    (tmp_path / "agent.yaml").write_text("modell: x\n")
    assert_one_sentence(edge_agent("run", "-c", "agent.yaml"), 2, "modell", "model")


def test_an_option_that_does_not_exist(edge_agent):
    assert edge_agent("ask", "--colour").returncode == 2
