"""Measure a model file on the held-out test, in the real runtime: `tools.nano.evaluate`.

Prints the table that the model card quotes. A reply is exact when what the agent makes of it is the
right calls, in the right order, with the right devices and arguments; where nothing is asked of the
house, when there is none. A question back ("the one in the hall or the one in the study?") is none,
and neither is a call about something that nobody spoke of, which the agent does not do unasked.
A request is refused where nothing is left to be done.
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import soundfile

from edge_agent.agent import each_once
from edge_agent.follow_up import calls_after, turn_after
from edge_agent.home.types import Capability, Device, Kind, State
from edge_agent.model import (
    Audio,
    Engine,
    Exchange,
    Part,
    Reply,
    Session,
    ToolCall,
    ToolDeclaration,
)
from edge_agent.system_prompt import SystemPrompt, build_system_prompt
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.types import Call
from edge_agent.understanding.names import Names, able, one_line
from tools.nano.own_tools_test import NO_HOME, own_tools_homes
from tools.nano.picture_evaluate import described, picture_table, run_pictures
from tools.nano.test_case import Case, NamedCall
from tools.nano.turns import heard
from tools.nano.word_errors import word_errors
from tools.nano.work import work_parser

_OWN = "typed, tools never seen in training"


@dataclass(frozen=True)
class Test:
    """The homes of the test, all that is asked in them, and the folder with its clips."""

    homes: list[list[Device]]
    cases: list[Case]
    folder: Path


@dataclass(frozen=True)
class Outcome:
    """What became of one request: the rows of the table it counts for, and whether it is right.

    `refused` tells that the agent does nothing about it unasked, and does not ask which is meant.
    """

    rows: tuple[str, ...]
    case: Case
    reply: Reply
    exact: bool
    refused: bool
    milliseconds: float


def main() -> None:
    """Run the whole test and print the table; `--wrong` names a file for what went wrong."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--homes", type=int, default=1_000, help="at most")
    parser.add_argument("--typed", action="store_true", help="only what is typed: no sound")
    parser.add_argument("--wrong", type=Path, help="write the wrong replies to this file")
    options = parser.parse_args()
    engine = Engine.open(options.model)
    test = read_test(options.work / "test")
    if options.typed:
        test = replace(test, cases=[case for case in test.cases if not case.voice])
    outcomes = list(run_test(engine, test, options.homes))
    outcomes += run_own_tools(engine, test, options.homes)
    print(table(outcomes))
    seen = list(run_pictures(engine)) if engine.can_see and not options.typed else []
    if seen:
        print(picture_table(seen))
    if options.wrong:
        lines = [_described(outcome) for outcome in outcomes if not outcome.exact]
        lines += [described(outcome) for outcome in seen if not outcome.exact]
        options.wrong.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run_test(engine: Engine, test: Test, homes: int) -> Iterator[Outcome]:
    """Ask `engine` all requests of the test, home by home."""
    for number, home in enumerate(test.homes[:homes]):
        prompt = build_system_prompt(home)
        session = engine.session(prompt.text, prompt.tools)
        for case in test.cases:
            if case.home == number:
                yield _outcome(session, case, test.folder, prompt)


def run_own_tools(engine: Engine, test: Test, homes: int) -> Iterator[Outcome]:
    """Ask `engine` for tools that training never met, in typed words and in the spoken ones."""
    spoken = [case for case in test.cases if case.home == NO_HOME]
    for home in islice(own_tools_homes(), homes):
        prompt = build_system_prompt(home.devices)
        session = engine.session(prompt.text, prompt.tools + home.tools)
        declared = {tool.name for tool in home.tools}
        typed = (
            Case(tool, NO_HOME, "new", "", said, "", [{"tool": tool, "arguments": arguments}], _OWN)
            for said, tool, arguments in home.asked
        )
        for case in (*typed, *(it for it in spoken if it.calls[0]["tool"] in declared)):
            yield _outcome(session, case, test.folder, prompt, home.tools)


def read_test(folder: Path) -> Test:
    """Read `test.json`."""
    content = json.loads((folder / "test.json").read_text(encoding="utf-8"))
    homes = [[device_of(row) for row in rows] for rows in content["homes"]]
    return Test(homes, [Case(**row) for row in content["cases"]], folder)


def device_of(row: dict[str, Any]) -> Device:
    """Read a device of the test."""
    can = frozenset(Capability(ability) for ability in row["can"])
    return Device(row["id"], row["name"], row["area"], Kind(row["kind"]), can)


def table(outcomes: list[Outcome]) -> str:
    """Return the shares of exact replies, and of refusals, as tables in Markdown."""
    lines = ["| | exact | of | share |", "|---|---|---|---|"]
    lines += [
        _line(row, [outcome.exact for outcome in outcomes if row in outcome.rows])
        for row in sorted({row for outcome in outcomes for row in outcome.rows})
    ]
    lines += ["", "| refused | | of | share |", "|---|---|---|---|"]
    asked = [(refusal_row(outcome.case), outcome) for outcome in outcomes]
    lines += [
        _line(row, [it.refused for its_row, it in asked if its_row == row])
        for row in sorted({row for row, _ in asked if row})
    ]
    spoken = [outcome for outcome in outcomes if outcome.rows[0].startswith("spoken by")]
    if spoken:
        wrong, words = _word_errors(spoken)
        lines.append(f"\nWord errors in what was heard: {wrong} of {words}, {wrong / words:.1%}.")
        took = median(outcome.milliseconds for outcome in spoken)
        lines.append(f"A spoken turn, median: {took:.0f} ms.")
    return "\n".join(lines)


def _line(row: str, counted: list[bool]) -> str:
    return f"| {row} | {sum(counted)} | {len(counted)} | {sum(counted) / len(counted):.1%} |"


def refusal_row(case: Case) -> str:
    """Return the row that a refusal counts for: "" for noise, noisy clips and thanks."""
    if case.voice == "noise" or case.noise or (case.earlier and not case.calls):
        return ""
    how = "spoken" if case.voice else "typed"
    if case.home == NO_HOME:
        return f"{how}, possible requests for tools never seen in training"
    return f"{how}, {'possible' if case.calls else 'impossible'} requests"


def _outcome(
    session: Session,
    case: Case,
    folder: Path,
    prompt: SystemPrompt,
    tools: Sequence[ToolDeclaration] = (),
) -> Outcome:
    """Ask as the agent does: after the earlier request, where there is one to refer to."""
    parts: list[Part] = [case.text]
    if case.voice:
        samples, _ = soundfile.read(folder / f"{case.id}.wav", dtype="float32")
        parts = [Audio(samples)]
    earlier = case.earlier and Exchange(case.earlier["said"], _calls(case.earlier["calls"]))
    began = time.perf_counter()
    reply = turn_after(earlier, session, parts, prompt.names, tools)
    took = (time.perf_counter() - began) * 1_000
    meant = _meant(reply, case, prompt, earlier)
    exact = meant == _wanted(case, prompt.names)
    return Outcome(_rows(case), case, reply, exact, not meant, took)


def _calls(rows: Iterable[NamedCall]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(row["tool"], row["arguments"]) for row in rows)


def _meant(reply: Reply, case: Case, prompt: SystemPrompt, earlier: Exchange | None) -> list[Call]:
    """Return the calls that the agent makes of `reply`, those that it does unasked."""
    typed = not case.voice
    said = case.text if typed else reply.thought
    calls, names = each_once(reply.calls), prompt.names
    ids = {name: thing.id for name, thing in names.items() if isinstance(thing, Device)}
    states = {ids.get(name, ""): state for name, state in case.states.items()}

    def state_of(device: str) -> State:
        return states.get(device, {})

    meant = calls_after(earlier, calls, names, said, state_of, in_own_words=typed)
    return [call for call in meant if call.sure]


def _wanted(case: Case, names: Names) -> list[Call]:
    """Return the calls that a case asks for, about each device of what it names."""
    wanted: list[Call] = []
    for call in _calls(case.calls):
        tool = TOOL_BY_NAME.get(call.name)
        if tool is None:
            wanted.append(Call(call.name, call.arguments))
            continue
        thing = names[one_line(str(call.arguments["device"]))]
        wanted += [Call(call.name, {**call.arguments, "device": it.id}) for it in able(tool, thing)]
    return wanted


def _rows(case: Case) -> tuple[str, ...]:
    if case.row:
        return (case.row,)
    voice = case.voice
    if voice == "noise":
        return ("silence or noise: no call",)
    how = "typed" if not voice else f"spoken by {'flite' if 'flite' in voice else 'neural voices'}"
    if not case.calls:
        return (f"{how}, not for the house: no call",)
    return (
        f"{how}, all",
        f"{how}, names of {case.words} words",
        f"{how}, {case.sentence} sentences",
    )


def _word_errors(outcomes: list[Outcome]) -> tuple[int, int]:
    """Count the words that were heard wrongly (changed, left out or added), and all words."""
    wrong = total = 0
    for outcome in outcomes:
        said, thought = (heard(text).split() for text in (outcome.case.text, outcome.reply.thought))
        wrong += word_errors(said, thought)
        total += len(said)
    return wrong, total


def _described(outcome: Outcome) -> str:
    case = outcome.case
    calls = [(call.name, dict(call.arguments)) for call in outcome.reply.calls]
    wanted = [(call["tool"], call["arguments"]) for call in case.calls]
    after = f" (after: {case.earlier['said']})" if case.earlier else ""
    return (
        f"{case.id} {case.voice}: {case.text}{after}\n"
        f"  heard: {outcome.reply.thought}\n  wanted: {wanted}\n  got: {calls} {outcome.reply.text}"
    )


if __name__ == "__main__":
    main()
