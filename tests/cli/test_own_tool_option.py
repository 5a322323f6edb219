"""`--tools FILE`: the model is told of tools of one's own, and a file that is wrong is told."""

from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_tools.yaml"


def test_other_requests_go_on_beside_ones_own_tools(edge_agent):
    ended = edge_agent("ask", "turn on the kitchen light", "--tools", EXAMPLE, "--dry-run")
    assert ended.returncode == 0, ended.stderr


def test_what_is_wrong_is_told_with_its_line(edge_agent):
    (edge_agent.folder / "tools.yaml").write_text("tools:\n- {name: ring}\n")
    ended = edge_agent("ask", "ring", "--tools", "tools.yaml")
    assert ended.returncode == 2
    assert ended.stderr == (
        "edge-agent: tools.yaml, line 2: this tool has no `description`: add `description: …`.\n"
    )
