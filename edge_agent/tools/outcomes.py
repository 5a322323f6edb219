"""The ways in which a call can end, each with its sentence."""

from edge_agent.home.expectations import Confirmation
from edge_agent.home.states import Report
from edge_agent.home.types import Device, State
from edge_agent.tools.types import Action, Call, Outcome, Refusal, Request, Status
from edge_agent.tools.words import ago, done, infinitive, sentence, state_of, the

_LONGEST_SAYING = 500
_WORTH_SAYING_S = 60.0
"""A state that is older is told with its age."""


def refused(call: Call, device: Device | None, refusal: Refusal) -> Outcome:
    """Return the end of a call that made no sense."""
    return Outcome(
        Status.REFUSED,
        call.tool,
        refusal.words,
        device.id if device else None,
        device.name if device else None,
        refusal.reason,
    )


def held_back(action: Action, refusal: Refusal) -> Outcome:
    """Return the end of an action that the gate did not let pass."""
    return _of(action, Status.REFUSED, refusal.words, reason=refusal.reason)


def asked(action: Action, question: Refusal) -> Outcome:
    """Return the end of an action that a person has to say yes to first."""
    return _of(action, Status.ASKED, question.words, reason=question.reason)


def undecided(call: Call, question: str) -> Outcome:
    """Return the end of a call of which it has to be said first what it is about."""
    return Outcome(Status.ASKED, call.tool, question, reason="ambiguous")


def rehearsed(action: Action) -> Outcome:
    """Return the end of an action in a dry run."""
    return _of(action, Status.DRY_RUN, sentence(f"I would {infinitive(action.request)}"))


def not_done(action: Action, reason: str, why: str) -> Outcome:
    """Return the end of an action that the device never got."""
    text = sentence(f"I could not {infinitive(action.request)}: {_inside(why)}")
    return _of(action, Status.FAILED, text, reason=reason)


def not_known(action: Action, why: str, publish_ms: float | None = None) -> Outcome:
    """Return the end of an action of which nobody can tell whether the device got it."""
    wish = infinitive(action.request)
    text = sentence(f"I tried to {wish} and do not know whether it worked: {_inside(why)}")
    return _of(action, Status.FAILED, text, reason="broker", publish_ms=publish_ms)


def device_refused(action: Action, answer: str, publish_ms: float | None) -> Outcome:
    """Return the end of an action that the device itself did not want, or could not do."""
    text = sentence(f"I could not {infinitive(action.request)}: it answered '{answer}'")
    return _of(action, Status.FAILED, text, reason="device_refused", publish_ms=publish_ms)


def sent(action: Action, publish_ms: float | None) -> Outcome:
    """Return the end of an action on a device that never tells what it does."""
    text = sentence(f"I asked to {infinitive(action.request)}; it does not say whether it did")
    return _of(action, Status.SENT, text, reason="never_tells", publish_ms=publish_ms)


def unconfirmed(action: Action, last: Report | None, publish_ms: float | None) -> Outcome:
    """Return the end of an action that the device did not confirm in time."""
    device = action.request.device
    text = f"I asked to {infinitive(action.request)}, but {the(device)} has not confirmed it"
    if last is not None:
        text += f"; the last I heard, {state_of(device, last.state)}"
    return _of(
        action,
        Status.UNCONFIRMED,
        sentence(text),
        reason="no_answer",
        state=last.state if last else None,
        publish_ms=publish_ms,
    )


def confirmed(
    action: Action,
    confirmation: Confirmation,
    last: Report | None,
    publish_ms: float | None,
    confirm_ms: float,
) -> Outcome:
    """Return the end of an action that the device has confirmed."""
    return _of(
        action,
        Status.CONFIRMED,
        done(action.request),
        state=last.state if last else confirmation.said,
        confirmed_on=confirmation.topic,
        publish_ms=publish_ms,
        confirm_ms=confirm_ms,
    )


def told(action: Action, said: str, took_ms: float) -> Outcome:
    """Return the end of a tool that is written in Python: what it has to say."""
    words = " ".join(said.split())[:_LONGEST_SAYING] or sentence(
        f"done: {infinitive(action.request)}"
    )
    return _of(action, Status.CONFIRMED, words, confirm_ms=took_ms)


def answered(request: Request, report: Report | None, now: float) -> Outcome:
    """Return the answer to `get_state` at `now` (`time.time`): how the device is."""
    device = request.device
    if report is None:
        text = sentence(f"{the(device)} has not said how it is")
        return Outcome(
            Status.UNCONFIRMED, request.tool, text, device.id, device.name, "never_heard"
        )
    text = sentence(state_of(device, report.state))
    age_s = report.age_s(now)
    if age_s is not None and age_s >= _WORTH_SAYING_S:
        text += f" It said so {ago(age_s)}."
    return Outcome(Status.CONFIRMED, request.tool, text, device.id, device.name, state=report.state)


def _of(
    action: Action,
    status: Status,
    words: str,
    *,
    reason: str | None = None,
    state: State | None = None,
    confirmed_on: str | None = None,
    publish_ms: float | None = None,
    confirm_ms: float | None = None,
) -> Outcome:
    return Outcome(
        status,
        action.request.tool,
        words,
        action.request.device.id,
        action.request.device.name,
        reason,
        state,
        action.id,
        action.order.commands,
        confirmed_on,
        _rounded(publish_ms),
        _rounded(confirm_ms),
    )


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 2)


def _inside(why: str) -> str:
    """Fit a whole sentence in behind a colon."""
    return why[:1].lower() + why[1:] if why.startswith(("The ", "There ")) else why
