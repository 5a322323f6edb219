"""Measure a model file on the held-out test, in the real runtime: `tools.nano.evaluate`.

Prints the table that the model card quotes. A reply is exact when what the agent makes of it is the
right calls, in the right order, with the right devices and arguments; where nothing is asked of the
house, when there is none. A question back ("the one in the hall or the one in the study?") is none.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import soundfile

from edge_agent.agent import each_once
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model import Audio, Engine, Part, Reply, Session
from edge_agent.system_prompt import SystemPrompt, build_system_prompt
from edge_agent.tools.types import Call
from edge_agent.understanding.meaning import calls_meant
from tools.nano.own_tools_test import own_tools_homes
from tools.nano.turns import heard
from tools.nano.word_errors import word_errors
from tools.nano.work import work_parser


@dataclass(frozen=True)
class Outcome:
    """What became of one request: the rows of the table it counts for, and whether it is right."""

    rows: tuple[str, ...]
    case: dict[str, Any]
    reply: Reply
    exact: bool
    milliseconds: float


def main() -> None:
    """Run the whole test and print the table; `--wrong` names a file for what went wrong."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--homes", type=int, default=1_000, help="at most")
    parser.add_argument("--wrong", type=Path, help="write the wrong replies to this file")
    options = parser.parse_args()
    engine = Engine.open(options.model)
    outcomes = list(run_test(engine, options.work / "test", options.homes))
    outcomes += run_own_tools(engine)
    print(table(outcomes))
    if options.wrong:
        lines = [_described(outcome) for outcome in outcomes if not outcome.exact]
        options.wrong.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run_test(engine: Engine, folder: Path, homes: int) -> Iterator[Outcome]:
    """Ask `engine` all requests of the test in `folder`, home by home."""
    test = json.loads((folder / "test.json").read_text(encoding="utf-8"))
    for number, rows in enumerate(test["homes"][:homes]):
        home = [device_of(row) for row in rows]
        prompt = build_system_prompt(home)
        session = engine.session(prompt.text, prompt.tools)
        for case in test["cases"]:
            if case["home"] == number:
                reply, took = _ask(session, case, folder)
                exact = _meant(reply, case, prompt) == _wanted(case, home)
                yield Outcome(_rows(case), case, reply, exact, took)


def run_own_tools(engine: Engine) -> Iterator[Outcome]:
    """Ask `engine` for tools that training never met, in typed words."""
    for home in own_tools_homes():
        prompt = build_system_prompt(home.devices)
        session = engine.session(prompt.text, prompt.tools + home.tools)
        for said, tool, arguments in home.asked:
            calls = [{"tool": tool, "arguments": arguments}]
            case = {"id": tool, "voice": "", "text": said, "calls": calls}
            reply, took = _ask(session, case, Path())
            exact = _meant(reply, case, prompt) == [Call(tool, arguments)]
            yield Outcome(("typed, tools never seen in training",), case, reply, exact, took)


def device_of(row: dict[str, Any]) -> Device:
    """Read a device of the test."""
    can = frozenset(Capability(ability) for ability in row["can"])
    return Device(row["id"], row["name"], row["area"], Kind(row["kind"]), can)


def table(outcomes: list[Outcome]) -> str:
    """Return the shares of exact replies as a table in Markdown."""
    lines = ["| | exact | of | share |", "|---|---|---|---|"]
    for row in sorted({row for outcome in outcomes for row in outcome.rows}):
        exact = [outcome.exact for outcome in outcomes if row in outcome.rows]
        lines.append(f"| {row} | {sum(exact)} | {len(exact)} | {sum(exact) / len(exact):.1%} |")
    spoken = [outcome for outcome in outcomes if outcome.rows[0].startswith("spoken")]
    wrong, words = _word_errors(spoken)
    lines.append(f"\nWord errors in what was heard: {wrong} of {words}, {wrong / words:.1%}.")
    times = sorted(outcome.milliseconds for outcome in spoken)
    lines.append(f"A spoken turn, median: {times[len(times) // 2]:.0f} ms.")
    return "\n".join(lines)


def _ask(session: Session, case: dict[str, Any], folder: Path) -> tuple[Reply, float]:
    parts: list[Part] = [case["text"]]
    if case["voice"]:
        samples, _ = soundfile.read(folder / f"{case['id']}.wav", dtype="float32")
        parts = [Audio(samples)]
    began = time.perf_counter()
    reply = session.turn(parts)
    took = (time.perf_counter() - began) * 1_000
    return reply, took


def _meant(reply: Reply, case: dict[str, Any], prompt: SystemPrompt) -> list[Call]:
    """Return the calls that the agent makes of `reply`."""
    typed = not case["voice"]
    said = case["text"] if typed else reply.thought
    return list(calls_meant(each_once(reply.calls), prompt.names, said, in_own_words=typed))


def _wanted(case: dict[str, Any], home: Iterable[Device]) -> list[Call]:
    ids = {device.name: device.id for device in home}
    return [
        Call(call["tool"], call["arguments"] | {"device": ids[call["arguments"]["device"]]})
        for call in case["calls"]
    ]


def _rows(case: dict[str, Any]) -> tuple[str, ...]:
    voice = case["voice"]
    if voice == "noise":
        return ("silence or noise: no call",)
    how = "typed" if not voice else f"spoken by {'flite' if 'flite' in voice else 'neural voices'}"
    if not case["calls"]:
        return (f"{how}, not for the house: no call",)
    return (
        f"{how}, all",
        f"{how}, names of {case['words']} words",
        f"{how}, {case['sentence']} sentences",
    )


def _word_errors(outcomes: list[Outcome]) -> tuple[int, int]:
    """Count the words that were heard wrongly (changed, left out or added), and all words."""
    wrong = total = 0
    for outcome in outcomes:
        said, thought = heard(outcome.case["text"]).split(), outcome.reply.thought.split()
        wrong += word_errors(said, thought)
        total += len(said)
    return wrong, total


def _described(outcome: Outcome) -> str:
    calls = [(call.name, dict(call.arguments)) for call in outcome.reply.calls]
    wanted = [(call["tool"], call["arguments"]) for call in outcome.case["calls"]]
    return (
        f"{outcome.case['id']} {outcome.case['voice']}: {outcome.case['text']}\n"
        f"  heard: {outcome.reply.thought}\n  wanted: {wanted}\n  got: {calls} {outcome.reply.text}"
    )


if __name__ == "__main__":
    main()
