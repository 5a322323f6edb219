"""What became of actions that were under way when the agent was killed.

None of them is ever sent again. What had certainly not left has expired; of the rest nobody can
tell, since a state that is heard later may have another cause.
"""

from collections.abc import Mapping

from edge_agent.home.home import Home
from edge_agent.home.types import Device, Kind
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.journal import Journal
from edge_agent.tools.journal_records import StoredAction
from edge_agent.tools.types import Outcome, OwnRequest, Request, Status
from edge_agent.tools.words import infinitive, sentence


def report_interrupted(journal: Journal, home: Home) -> tuple[Outcome, ...]:
    """Write down and return how the actions ended whose process is there no more."""
    devices = {device.id: device for device in home.devices}
    ended = []
    for action in journal.abandoned():
        outcome = _outcome(action, devices)
        if journal.conclude_abandoned(action, outcome):
            ended.append(outcome)
    return tuple(ended)


def _outcome(action: StoredAction, devices: Mapping[str, Device]) -> Outcome:
    unknown = Device(action.device_id, action.device_id, "", Kind.SWITCH, frozenset())
    device = devices.get(action.device_id, unknown)
    own = OwnRequest(action.tool.replace("_", " "), "", "", 0.0)
    known = action.tool in TOOL_BY_NAME
    wish = infinitive(Request(action.tool, device, action.arguments, None if known else own))
    if action.sent_at is None:
        reason, words = "expired", f"I was interrupted before I could {wish}, and did not"
    else:
        reason = "interrupted"
        words = f"I was interrupted when I was to {wish}, and do not know whether it happened"
    return Outcome(
        Status.FAILED,
        action.tool,
        sentence(words),
        device.id,
        device.name,
        reason,
        action_id=action.id,
        commands=action.commands,
    )
