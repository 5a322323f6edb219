"""`edge-agent ask --image`, `--video`, and `edge-agent watch`, as people run them."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from PIL import Image

from tests.senses.lamps import lamps_at, write_clip

MODELS = Path(__file__).parent.parent / "models"
SEEING = MODELS / "seeing.litertlm"
Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    Image.fromarray(lamps_at(10)).save(tmp_path / "lamp.png")
    return tmp_path / "lamp.png"


def test_pictures_are_asked_about(edge_agent: Command, lamp: Path) -> None:
    options = ("--model", SEEING, "--json")
    one = edge_agent("ask", "what is this?", "--image", lamp, *options)
    assert one.returncode == 0, one.stderr
    answer = json.loads(one.stdout)
    assert answer["timings"]["image_tokens"] == 266
    assert answer["reply"]
    two = edge_agent("ask", "what is this?", "--image", lamp, "--image", lamp, *options)
    assert json.loads(two.stdout)["timings"]["image_tokens"] == 2 * 266


def test_a_clip_is_asked_about(edge_agent: Command, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "lamps.mp4", 20)
    seen = edge_agent(
        "ask", "what happened?", "--video", clip, "--fps", 0.5, "--model", SEEING, "--json"
    )
    assert seen.returncode == 0, seen.stderr
    assert json.loads(seen.stdout)["timings"]["image_tokens"] == 10 * 130


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--image", "none.png"), "There is no file none.png: check the path."),
        (("--video", "words.png"), "words.png is no clip, or it is damaged: give an MP4 file."),
        (("--video", "long.mp4", "--image", "lamp.png"), "Give pictures or a clip"),
        (
            ("--image", "lamp.png", "--model", MODELS / "published.litertlm"),
            "this model cannot see: ",
        ),
        (
            (*("--image", "lamp.png") * 30, "--model", SEEING),
            "30 pictures are too many: ",
        ),
    ],
)
def test_what_cannot_be_looked_at_is_told_in_a_sentence(
    edge_agent: Command, lamp: Path, arguments: tuple[object, ...], complaint: str
) -> None:
    (lamp.parent / "words.png").write_text("these are words")
    (lamp.parent / "agent.yaml").write_text("context: 2048")
    ended = edge_agent("ask", "what is this?", *arguments, "-c", "agent.yaml")
    assert ended.returncode == 2
    assert complaint in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("edge-agent: ")
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_changes_are_watched_for(edge_agent: Command, tmp_path: Path) -> None:
    folder = tmp_path / "seen"
    folder.mkdir()
    Image.fromarray(lamps_at(0)).save(folder / "1.png")
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    for second in range(2, 9):
        Image.fromarray(255 - lamps_at(70) if second < 4 else noise).save(folder / f"{second}.png")
    watched = edge_agent(
        "watch", "what is there?", "--camera", folder, "--every", 1, "--times", 2, "--model", SEEING
    )
    assert watched.returncode == 0, watched.stderr
    assert len(set(watched.stdout.splitlines())) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ((), 2, "There is no camera: name one with --camera."),
        (("--camera", "nowhere.mp4", "--model", SEEING), 2, "There is no file nowhere.mp4"),
        (
            ("--camera", "lamp.png", "--model", MODELS / "published.litertlm"),
            4,
            "The model cannot see",
        ),
    ],
)
def test_what_cannot_be_watched_is_told(
    edge_agent: Command, lamp: Path, arguments: tuple[object, ...], code: int, complaint: str
) -> None:
    ended = edge_agent("watch", "what is there?", *arguments)
    assert ended.returncode == code
    assert f"edge-agent: {complaint}" in ended.stderr
    assert "Traceback" not in ended.stderr
