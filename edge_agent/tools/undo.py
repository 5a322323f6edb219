"""The opposite of what was done, as far as it is known how things were before."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from edge_agent.home.types import State
from edge_agent.home.wanted import COLOR_HEX, OFF, ON, WANTED, contradicts
from edge_agent.tools.journal_records import StoredAction, Turn
from edge_agent.tools.types import Call, Status

SOURCE = "undo"
"""The source of a turn that undoes another; `asked` is then the other's id."""

_DONE = {Status.CONFIRMED, Status.SENT, Status.UNCONFIRMED}
Step = tuple[str, Mapping[str, Any]]


def request_to_undo(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Return the turns of the latest request that did something and was not undone yet.

    `turns`, and what is returned, are oldest first; it is empty where there is none.
    """
    undone: set[str] = set()
    requests: dict[str, tuple[Turn, ...]] = {}
    for turn in filter(done_actions, turns):
        if turn.source == SOURCE:
            undone.add(turn.asked)
        else:
            request = turn.request or turn.id
            requests[request] = (*requests.pop(request, ()), turn)
    left = (it for it in reversed(requests.values()) if undone.isdisjoint(turn.id for turn in it))
    return next(left, ())


def ways_back(turns: Iterable[Turn]) -> tuple[Call, ...]:
    """Return the calls that bring back how it was before `turns` (oldest first), latest first.

    How a device was at first counts: what it was made in between is not gone back to.
    """
    back: list[Call] = []
    for action in (action for turn in turns for action in done_actions(turn)):
        call = opposite(action)
        if call is not None and not any(_is_settled_by(call, other) for other in back):
            back.append(call)
    return tuple(reversed(back))


def _is_settled_by(call: Call, other: Call) -> bool:
    """Tell whether `other` leaves nothing for `call` to do: they want the same, or opposites."""
    if call.arguments["device"] != other.arguments["device"]:
        return False
    wanted, settled = (WANTED[it.tool](it.arguments) for it in (call, other))
    return wanted == settled or contradicts(wanted, settled)


def done_actions(turn: Turn) -> tuple[StoredAction, ...]:
    """Return the actions of `turn` that were done, or may have been."""
    done = {it.get("action_id") for it in turn.outcomes if it["status"] in _DONE}
    return tuple(action for action in turn.actions if action.id in done)


def opposite(action: StoredAction) -> Call | None:
    """Return the call that brings back how it was; None if there is none, or it is not known."""
    step = _BACK[action.tool](action.before) if action.tool in _BACK else None
    if step is None:
        return None
    tool, given = step
    return Call(tool, {"device": action.device_id, **given})


def _switch(tool: str, was: str) -> Callable[[State], Step | None]:
    """Return how a switch is put back, unless it had been so already."""
    return lambda before: None if before.get("state") == was else (tool, {})


def _level(tool: str, name: str) -> Callable[[State], Step | None]:
    """Return how something that runs at a level is put back: off if it was off."""

    def back(before: State) -> Step | None:
        if before.get("state") == OFF:
            return "turn_off", {}
        return (tool, {"percent": round(float(before[name]))}) if name in before else None

    return back


def _color(before: State) -> Step | None:
    if before.get("state") == OFF:
        return "turn_off", {}
    named = {code: name for name, code in COLOR_HEX.items()}.get(str(before.get("color")))
    return ("set_color", {"color": named}) if named else None


def _position(otherwise: Step | None) -> Callable[[State], Step | None]:
    def back(before: State) -> Step | None:
        if "position" not in before:
            return otherwise
        ends: dict[float, Step] = {0: ("close", {}), 100: ("open", {})}
        percent = round(float(before["position"]))
        return ends.get(percent, ("set_position", {"percent": percent}))

    return back


def _value(tool: str, argument: str, name: str) -> Callable[[State], Step | None]:
    return lambda before: (tool, {argument: before[name]}) if name in before else None


def _word(tool: str, name: str, was: str) -> Callable[[State], Step | None]:
    return lambda before: None if before.get(name) == was else (tool, {})


_BACK: Mapping[str, Callable[[State], Step | None]] = {
    "turn_on": _switch("turn_off", ON),
    "turn_off": _switch("turn_on", OFF),
    "set_brightness": _level("set_brightness", "brightness"),
    "set_speed": _level("set_speed", "speed"),
    "set_color": _color,
    "open": _position(("close", {})),
    "close": _position(("open", {})),
    "set_position": _position(None),
    "lock": _word("unlock", "lock", "LOCKED"),
    "unlock": _word("lock", "lock", "UNLOCKED"),
    "set_temperature": _value("set_temperature", "celsius", "target_temperature"),
    "set_volume": _value("set_volume", "percent", "volume"),
    "play": _word("pause", "playback", "PLAYING"),
    "pause": _word("play", "playback", "PAUSED"),
}
