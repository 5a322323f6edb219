"""No other code publishes commands: every way to a device leads through the gate."""

import ast
from pathlib import Path

import edge_agent

PACKAGE = Path(edge_agent.__file__).parent
MAY_PUBLISH = {
    "tools/outbox.py": "commands, which have crossed the gate",
    "home/discovery.py": "questions of the conventions, which change nothing",
    "home/simulated.py": "what simulated devices say of themselves",
    "asks.py": "answers to whoever asked",
    "presence.py": "what the agent says of itself",
    "camera_topics.py": "that the camera was looked through, and what was seen",
    "bus/client.py": "the bus itself",
    "bus/connection.py": "the bus itself",
}
MAY_DELIVER = {"tools/dispatcher.py"}


def callers(*methods: str) -> set[str]:
    """Return the files that call one of `methods` on something named bus, client or outbox."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value).rpartition(".")[2].strip("_()")
                named = any(word in owner for word in ("bus", "client", "outbox", "connection"))
                if node.func.attr in methods and named:
                    found.add(str(path.relative_to(PACKAGE)))
    return found


def test_only_these_publish() -> None:
    assert callers("publish", "send") <= MAY_PUBLISH.keys()
    assert "tools/outbox.py" in callers("publish", "send")


def test_only_the_dispatcher_hands_actions_to_the_outbox() -> None:
    assert callers("deliver") == MAY_DELIVER
    made = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "Outbox(" in path.read_text() and path.name != "outbox.py"
    }
    assert made == MAY_DELIVER


def test_the_dispatcher_delivers_only_what_has_crossed_the_gate() -> None:
    """`_act` is the only caller, and all that it delivers has had no refusal."""
    tree = ast.parse((PACKAGE / "tools" / "dispatcher.py").read_text())
    delivering = [
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and "outbox.deliver" in ast.unparse(function)
    ]
    assert delivering == ["_act"]
    (act,) = (f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.name == "_act")
    source = ast.unparse(act)
    assert source.index("self._gate.cross(") < source.index("self._outbox.deliver(")
    assert source.count("allowed[position] =") == 1


def test_only_the_outbox_and_the_bus_know_the_library() -> None:
    importing = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "import paho" in path.read_text() or "from paho" in path.read_text()
    }
    assert importing <= {"bus/opening.py", "bus/connection.py", "bus/packets.py"}
