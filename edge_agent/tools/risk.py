"""What is dangerous, in which direction: unlocking asks for a yes, locking does not.

It follows from what a thing is (its kind, and the class that its convention gives it) and from the
words of its name. A name is written by strangers: it can make a thing more dangerous, never less.
"""

import re

from edge_agent.home.types import Kind
from edge_agent.tools.types import Action

_ENTRANCES = {"garage", "door", "gate", "valve"}
_CLASSES_OF_SWITCHES = {"door", "gate", "lock", "valve", "oven", "alarm"}
_HEATS_OR_OPENS = {
    "door", "gate", "lock", "valve", "oven", "stove", "hob", "cooker", "grill",
}  # fmt: skip
_ALARMS = {"alarm", "siren"}
_WORD = re.compile(r"[a-z]+")


def is_risky(action: Action) -> bool:
    """Tell whether a person has to say yes to `action`, unless the policy says otherwise."""
    device, tool = action.request.device, action.request.tool
    words = set(_WORD.findall(" ".join(device.names).casefold())) | {action.device_class}
    match device.kind:
        case Kind.LOCK:
            return tool == "unlock"
        case Kind.COVER:
            return bool(words & _ENTRANCES) and _opens(action)
        case Kind.SWITCH | Kind.CLIMATE:
            if words & _ALARMS:
                return True
            return bool(words & (_HEATS_OR_OPENS | _CLASSES_OF_SWITCHES)) and tool != "turn_off"
        case Kind.SCENE:
            # One payload, or many: in which direction it goes is not known.
            return bool(words & (_HEATS_OR_OPENS | _ENTRANCES | _ALARMS))
    return bool(words & _ALARMS) and tool != "set_volume"


def _opens(action: Action) -> bool:
    """Tell whether it goes further open than it is, as far as that is known."""
    wanted, known = action.wanted.get("position"), action.before.get("position")
    if not isinstance(wanted, int | float):
        return True
    return wanted > (known if isinstance(known, int | float) else 0)
