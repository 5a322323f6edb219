"""Measure a model file on the test of pictures, in the real runtime."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from edge_agent.agent import each_once
from edge_agent.eyes import SYSTEM_PROMPT
from edge_agent.model import Engine, Reply, Session
from edge_agent.model.types import Clip, Image, Part
from edge_agent.system_prompt import build_system_prompt
from tools.nano.lessons import as_prompted
from tools.nano.picture_lessons import SOFT_TOKENS
from tools.nano.picture_test import PictureCase, picture_cases


@dataclass(frozen=True, eq=False)
class PictureOutcome:
    """What became of a case."""

    case: PictureCase
    reply: Reply
    milliseconds: float

    @property
    def exact(self) -> bool:
        """Tell whether all calls are right, or the answer where there is nothing to do."""
        if self.case.calls or self.reply.calls:
            wanted = [as_prompted(call) for call in self.case.calls]
            return list(each_once(self.reply.calls)) == wanted
        return self.reply.text.strip() in self.case.answers


def run_pictures(engine: Engine) -> Iterator[PictureOutcome]:
    """Show `engine` all pictures of the test, and ask what is asked of them."""
    eyes = engine.session(SYSTEM_PROMPT)
    for case in picture_cases():
        session = eyes
        if case.home:
            prompt = build_system_prompt(case.home)
            session = engine.session(prompt.text, prompt.tools)
        yield _outcome(session, case)


def picture_table(outcomes: list[PictureOutcome]) -> str:
    """Return the shares of right replies as a table in Markdown."""
    lines = ["| | exact | of | share |", "|---|---|---|---|"]
    for row in dict.fromkeys(outcome.case.row for outcome in outcomes):
        exact = [outcome.exact for outcome in outcomes if outcome.case.row == row]
        lines.append(f"| {row} | {sum(exact)} | {len(exact)} | {sum(exact) / len(exact):.1%} |")
    single = sorted(
        it.milliseconds for it in outcomes if not it.case.frames[1:] and not it.case.home
    )
    lines.append(f"\nA question about a picture, median: {single[len(single) // 2]:.0f} ms.")
    return "\n".join(lines)


def described(outcome: PictureOutcome) -> str:
    """Return a case and what became of it, for people."""
    case, reply = outcome.case, outcome.reply
    return (
        f"{case.row}: {case.said}\n  wanted: {[*case.calls] or sorted(case.answers)}\n"
        f"  thought: {reply.thought}\n  got: {[*reply.calls]} {reply.text}"
    )


def _outcome(session: Session, case: PictureCase) -> PictureOutcome:
    images = [(float(at), Image(pixels, SOFT_TOKENS)) for at, pixels in case.frames]
    shown: list[Part] = [Clip(tuple(images))] if case.frames[1:] else [image for _, image in images]
    began = time.perf_counter()
    reply = session.turn([*shown, case.said])
    return PictureOutcome(case, reply, 1_000 * (time.perf_counter() - began))
