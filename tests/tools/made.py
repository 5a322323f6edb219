"""Actions without a broker."""

import uuid

from edge_agent.home.conventions.plain import Plain
from edge_agent.home.types import State
from edge_agent.home.wanted import WANTED
from edge_agent.tools.types import Action, Request


def made_action(request: Request, before: State | None = None, device_class: str = "") -> Action:
    """Return an action on a device of the plain convention."""
    wanted = WANTED[request.tool](request.arguments)
    order = Plain([request.device]).order(f"plain:{request.device.id}", wanted)
    now = 1_000.0
    return Action(
        str(uuid.uuid4()), request, wanted, order, before or {}, now, now + 10, device_class
    )
