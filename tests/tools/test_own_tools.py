"""Tools of one's own: from YAML and from Python, through the same gate as all others."""

import json
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from edge_agent.bus.client import Bus
from edge_agent.home.home import Home
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal
from edge_agent.tools.own.convention import OwnTools
from edge_agent.tools.own.file import load_tools
from edge_agent.tools.own.python import tool_of
from edge_agent.tools.own.types import OwnToolError
from edge_agent.tools.policy import Permission, Policy, Rule
from edge_agent.tools.types import Call, Status

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_tools.yaml"
FREE = (Rule(Permission.ALLOW),)
PUMP, PRINTER = "shellypro1-garden", "voron"


class Bench:
    """A dispatcher with own tools, and somebody who plays the pump and the printer."""

    def __init__(self, open_: ExitStack, mosquitto, tools, policy: Policy) -> None:
        self.commands: list = []
        self.world = open_.enter_context(Bus.connect(mosquitto.address))
        self.world.subscribe(f"{PUMP}/rpc", self._pump)
        self.world.subscribe(f"{PRINTER}/moonraker/api/request", self._printer)
        bus = open_.enter_context(Bus.connect(mosquitto.address))
        self.journal = open_.enter_context(Journal(":memory:"))
        self.home = open_.enter_context(Home(bus, (), [OwnTools(tools)]))
        assert self.home.wait_settled(10)
        self.dispatcher = Dispatcher(bus, self.home, self.journal, own_tools=tools, policy=policy)

    def _pump(self, message) -> None:
        self.commands.append(message)
        on = json.loads(message.payload)["params"]["on"]
        self.world.send(f"{PUMP}/status/switch:0", json.dumps({"id": 0, "output": on}))

    def _printer(self, message) -> None:
        self.commands.append(message)
        method = json.loads(message.payload)["method"]
        state = {"printer.print.pause": "paused", "printer.print.resume": "printing"}[method]
        topic = f"{PRINTER}/klipper/state/print_stats/state"
        self.world.send(topic, json.dumps({"eventtime": 1.0, "value": state}))

    def do(self, *calls: Call, source: str = "text"):
        turn_id = self.journal.begin_turn(source, "x")
        return self.dispatcher.dispatch(turn_id, calls, source)


@contextmanager
def bench(mosquitto, tools=None, rules=FREE):
    with ExitStack() as open_:
        tools = load_tools(EXAMPLE) if tools is None else tools
        yield Bench(open_, mosquitto, tools, Policy(rules))


def test_the_pump_runs_for_its_time(mosquitto) -> None:
    with bench(mosquitto) as it:
        (outcome,) = it.do(Call("run_garden_pump", {"minutes": 5}))
        (turn,) = it.journal.turns()
    assert outcome.status is Status.CONFIRMED, outcome.words
    assert outcome.words == "The garden pump runs for 5 minutes."
    (command,) = it.commands
    params = json.loads(command.payload)["params"]
    assert (params["on"], params["toggle_after"]) == (True, 300)
    assert (command.identity, command.retained) == (outcome.action_id, False)
    assert turn.actions[0].commands[0].qos == 2


def test_a_print_is_paused_and_resumed(mosquitto) -> None:
    with bench(mosquitto) as it:
        paused, resumed = (it.do(Call(tool, {}))[0] for tool in ("pause_print", "resume_print"))
        both = it.do(Call("pause_print", {}), Call("resume_print", {}))
    assert (paused.words, resumed.words) == ("The print is paused.", "The print goes on.")
    assert {outcome.reason for outcome in both} == {"contradiction"}
    assert len(it.commands) == 2


def test_its_risk_asks_and_the_same_gate_decides(mosquitto) -> None:
    pump = Call("run_garden_pump", {"minutes": 5})
    with bench(mosquitto, rules=()) as it:
        (asked,) = it.do(pump)
        assert (asked.status, asked.words) == (
            Status.ASKED, "Shall I run the garden pump for 5 minutes?",
        )  # fmt: skip
        assert it.do(pump, source="mqtt")[0].reason == "denied"
        agreement = it.dispatcher.agreement("text", "yes")
        (done,) = it.dispatcher.dispatch(
            it.journal.begin_turn("text", "yes"), agreement.calls, "text", agreement
        )
    assert done.status is Status.CONFIRMED
    denied = (Rule(Permission.DENY, do=frozenset({"run_garden_pump"})),)
    with bench(mosquitto, rules=denied) as it:
        assert it.do(pump)[0].reason == "denied"
        assert it.commands == []


def test_rules_and_limits_name_them_as_any_other_tool(mosquitto) -> None:
    pump, pause = Call("run_garden_pump", {"minutes": 5}), Call("pause_print", {})
    do = frozenset({"run_garden_pump"})
    rules = (Rule(None, do=do, actions_a_minute=1), Rule(Permission.ALLOW, do=do))
    with bench(mosquitto, rules=rules) as it:
        first, second, other = (it.do(call)[0] for call in (pump, pump, pause))
    assert (first.status, second.reason, other.status) == (
        Status.CONFIRMED, "too_often", Status.CONFIRMED,
    )  # fmt: skip
    assert second.words == (
        "I did not run the garden pump for 5 minutes: it was told one thing in the last minute,"
        " and that is the most."
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "missing_argument"),
        ({"minutes": 0}, "bad_argument"),
        ({"minutes": 31}, "bad_argument"),
        ({"minutes": "5"}, "bad_argument"),
        ({"minutes": True}, "bad_argument"),
        ({"minutes": 5, "topic": "x"}, "unknown_argument"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(mosquitto, given, reason) -> None:
    with bench(mosquitto) as it:
        (outcome,) = it.do(Call("run_garden_pump", given))
    assert (outcome.status, outcome.reason, it.commands) == (Status.REFUSED, reason, [])


def test_old_news_and_another_state_do_not_confirm(mosquitto) -> None:
    pump, pause, _ = load_tools(EXAMPLE)
    confirmed_by = replace(pump.confirmed_by, within_s=0.5)
    deaf = replace(pump, publish=pause.publish, confirmed_by=confirmed_by)
    with Bus.connect(mosquitto.address) as earlier:
        earlier.publish(f"{PUMP}/status/switch:0", '{"output": true}', retain=True)
    with bench(mosquitto, [deaf]) as it:
        it.world.subscribe(
            f"{PRINTER}/moonraker/api/request",
            lambda _: it.world.send(f"{PUMP}/status/switch:0", '{"output": false}'),
        )
        (outcome,) = it.do(Call("run_garden_pump", {"minutes": 5}))
    assert outcome.status is Status.UNCONFIRMED


def garden_report(bed: Literal["roses", "herbs"], litres: float) -> str:
    """Write down how much a bed was given."""
    return f"{bed} had {litres:g} litres."


def broken_tool() -> str:
    """Fail."""
    raise ValueError("no water")


def test_a_typed_function_is_a_tool(mosquitto) -> None:
    tools = [tool_of(garden_report), tool_of(broken_tool)]
    assert tools[0].description == "Write down how much a bed was given."
    assert tools[0].parameters()["properties"] == {
        "bed": {"type": "string", "enum": ["roses", "herbs"]},
        "litres": {"type": "number"},
    }
    with bench(mosquitto, tools) as it:
        (done,) = it.do(Call("garden_report", {"bed": "roses", "litres": 3}))
        (failed,) = it.do(Call("broken_tool", {}))
        (wrong,) = it.do(Call("garden_report", {"bed": "lawn", "litres": 3}))
        turns = it.journal.turns()
    assert (done.status, done.words) == (Status.CONFIRMED, "roses had 3 litres.")
    assert failed.words == "I could not broken tool: ValueError: no water."
    assert wrong.reason == "bad_argument"
    assert turns[0].actions[0].tool == "garden_report"
    with bench(mosquitto, tools, rules=()) as it:
        assert it.do(Call("garden_report", {"bed": "roses", "litres": 3}))[0].status is Status.ASKED


def test_a_tool_in_python_runs_only_after_the_gate() -> None:
    ran = threading.Event()

    def press() -> str:
        """Press it."""
        ran.set()
        return "pressed"

    press.risk = "deny"
    tool = tool_of(press)
    assert tool.risk == "deny"
    request = tool.request(Call("press", {}))
    assert not ran.is_set()
    assert request.own.run() == "pressed"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda: "x", "has no docstring"),
        (type("turn_on", (), {"__call__": print, "__doc__": "x"}), "There is a tool turn_on"),
    ],
)
def test_a_function_that_is_no_tool_is_told(function, said: str) -> None:
    with pytest.raises(OwnToolError, match=said):
        tool_of(function)


GOOD = """tools:
- name: ring
  description: Ring the bell
  publish: [{topic: bell/set, payload: ring}]
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("  description: Ring the bell\n", ""), "line 2: this tool has no `description`"),
        (("name: ring", "name: turn_on"), "line 2: there is a tool `turn_on` already"),
        (("name: ring", "name: Ring!"), "line 2: `name` is 1 to 40 of a-z"),
        (("bell/set", "bell/+"), "line 4: no command can go to 'bell/\\+'"),
        (("bell/set", "edge_agent/agent/ask"), "line 4: no command can go to"),
        (("payload: ring", "payload: '{% for x in y %}'"), "line 4: `payload` holds a template"),
        (("payload: ring", "payload: ring, qos: 3"), "line 4: `qos` is 0, 1 or 2"),
        (("publish", "risk: maybe\n  publish"), "line 4: unknown risk `maybe`"),
        (("publish", "argument: {}\n  publish"), "did you mean `arguments`"),
        (("publish", "arguments: {n: {type: int}}\n  publish"), "line 4: `n` needs a `type`"),
        (
            ("publish", "arguments: {n: {type: integer, maxLength: 3}}\n  publish"),
            "line 4: `maxLength` is not known for a integer",
        ),
        (("publish", "confirmed_by: {topic: bell}\n  publish"), "line 4: `confirmed_by` has no"),
        (("tools:", "tool:"), "line 1: unknown key `tool`: did you mean `tools`"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(tmp_path, change, said) -> None:
    path = tmp_path / "tools.yaml"
    path.write_text(GOOD)
    (tool,) = load_tools(path)
    assert tool.risk == "ask"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(OwnToolError, match=said):
        load_tools(path)
