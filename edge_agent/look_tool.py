"""The tool `look`: how the model sees, in the middle of a conversation about the home."""

import threading

from edge_agent.eyes import Eyes
from edge_agent.model.errors import ModelError
from edge_agent.model.types import ToolDeclaration
from edge_agent.senses.seeing.frame import SightError
from edge_agent.senses.seeing.ring import FRAMES
from edge_agent.tools.types import Call, Outcome, Status

LOOK = "look"

LOOK_TOOL = ToolDeclaration(
    LOOK,
    "Look through the camera, at now or back over the last seconds",
    {
        "type": "object",
        "properties": {
            "question": {"type": "string", "description": "what to find out"},
            "seconds": {"type": "integer", "minimum": 1, "maximum": FRAMES},
        },
        "required": ["question", "seconds"],
    },
)


def looked(
    eyes: Eyes | None, call: Call, share: float = 1.0, cancel: threading.Event | None = None
) -> Outcome:
    """Carry out a call of `look`; what goes wrong is told in the outcome, never raised.

    `share` (0...1) is how many of the frames may be shown to the model. `cancel` breaks it off.
    """
    question, seconds = call.arguments.get("question"), call.arguments.get("seconds")
    if eyes is None:
        return _outcome(Status.REFUSED, "I have no eyes.", "no_eyes")
    if not isinstance(question, str) or not question.strip():
        return _outcome(Status.REFUSED, "I do not know what to look for.", "no_question")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        return _outcome(Status.REFUSED, "I do not know how far to look back.", "no_time")
    if not share:
        return _outcome(Status.REFUSED, "I cannot look now: the machine is overtaxed.", "strained")
    return _seen(eyes, question, float(seconds), share, cancel)


def _seen(
    eyes: Eyes, question: str, seconds: float, share: float, cancel: threading.Event | None
) -> Outcome:
    try:
        sight = eyes.look(question, seconds, cancel, share)
    except (SightError, ModelError) as error:
        return _outcome(Status.FAILED, f"I could not look: {error}", "nothing_seen")
    if sight.reply.finish == "cancelled":
        return _outcome(Status.FAILED, "I was told to stop looking.", "cancelled")
    return _outcome(Status.CONFIRMED, sight.reply.text or "I cannot tell.")


def _outcome(status: Status, words: str, reason: str | None = None) -> Outcome:
    return Outcome(status, LOOK, words, reason=reason)
