"""From the model's calls to outcomes: check, gate, journal, publish, confirm, tell."""

import logging
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from edge_agent.bus.client import Bus
from edge_agent.home.conventions.types import Order
from edge_agent.home.home import Home
from edge_agent.home.types import Device, Kind, State
from edge_agent.home.wanted import WANTED
from edge_agent.tools import outcomes
from edge_agent.tools.choices import Choices
from edge_agent.tools.consents import Agreement, Consents
from edge_agent.tools.gate import NEEDS_YES, NOT_SPOKEN_OF, Gate
from edge_agent.tools.journal import Journal, JournalError
from edge_agent.tools.outbox import CONFIRM_S, Outbox
from edge_agent.tools.own.types import OwnTool, wish_of
from edge_agent.tools.policy import Policy
from edge_agent.tools.types import Action, Call, Outcome, Refusal, Request
from edge_agent.tools.validate import validate
from edge_agent.tools.words import infinitive

_log = logging.getLogger(__name__)

EXPIRES_AFTER_S = 10.0
"""A command that could not be given by then is not given any more."""

_FIRST_REPORT_S = 1.0
"""How long `get_state` waits for a device that has said nothing yet: right after connecting, the
broker may still be handing out what it had kept."""

_ASK_AGAIN = Refusal("ambiguous", "Ask me again for the rest.")
_NOT_SPOKEN_OF = Refusal("not_spoken_of", NOT_SPOKEN_OF)


class Dispatcher:
    """Carries out the calls of a reply on the devices of a home.

    With `dry_run` nothing is published: it says what it would do.
    """

    def __init__(
        self,
        bus: Bus,
        home: Home,
        journal: Journal,
        *,
        policy: Policy | None = None,
        own_tools: Iterable[OwnTool] = (),
        confirm_s: Mapping[Kind, float] = CONFIRM_S,
        dry_run: bool = False,
    ) -> None:
        """Act on the devices of `home`, over `bus`."""
        self._home = home
        self._journal = journal
        self._own_tools = {tool.name: tool for tool in own_tools}
        self._gate = Gate(policy or Policy())
        self._consents = Consents()
        self._choices = Choices()
        self._dry_run = dry_run
        self._outbox = Outbox(bus, home, journal, confirm_s)

    def agreement(self, source: str, said: str) -> Agreement | None:
        """Take what a person says next: an agreement if it is a yes to what was asked of them.

        Call it once a turn, with nothing but what they said or wrote themselves.
        """
        return self._consents.answered(source, said)

    def chosen(self, source: str, said: str) -> tuple[Call, ...]:
        """Take what a person says next: the calls that they choose, if they were asked which.

        As with `agreement`; nothing where it is no answer.
        """
        return self._choices.answered(source, said)

    def is_asking(self, source: str) -> bool:
        """Tell whether what is said next over `source` may be the answer to a question."""
        return self._consents.is_asking(source) or self._choices.is_asking(source)

    def are_harmless(self, calls: Iterable[Call], source: str) -> bool:
        """Tell whether `calls` may be done unasked, and nothing is lost if they were not meant."""
        devices = {device.id: device for device in self._home.devices}
        return all(self._is_harmless(call, devices, source) for call in calls)

    def state_of(self, device_id: str) -> State:
        """Return what a device last said of itself; empty where nothing is known."""
        listing = self._home.listing(device_id)
        return listing.state if listing else {}

    def dispatch(
        self,
        turn_id: str,
        calls: Sequence[Call],
        source: str = "text",
        agreement: Agreement | None = None,
    ) -> tuple[Outcome, ...]:
        """Carry out `calls` (with device ids) and return an outcome for each, in their order.

        `turn_id` is the journal's name for the turn, `source` the way by which it came. Blocks
        until every device has confirmed or has had its time; what concerns the network is told in
        the outcomes, never raised. Raises `JournalError`, with nothing published, if the actions
        cannot be written down first.
        """
        ended = self._ask_which(calls, source)
        actions: dict[int, Action] = {}
        questions: dict[int, Request] = {}
        devices = {device.id: device for device in self._home.devices} if calls else {}
        for position, call in enumerate(calls):
            if position in ended:
                continue
            if not call.sure and (call.group or call.tool not in WANTED):
                ended[position] = outcomes.refused(call, None, _NOT_SPOKEN_OF)
                continue
            own = self._own_tools.get(call.tool)
            checked = own.request(call) if own else validate(call, devices)
            if isinstance(checked, Request) and checked.tool not in WANTED and not own:
                questions[position] = checked
                continue
            action = action_for(checked, self._home) if isinstance(checked, Request) else checked
            if isinstance(action, Action):
                actions[position] = replace(action, sure=call.sure)
            else:
                ended[position] = outcomes.refused(call, _named(call, devices), action)
        ended |= self._act(turn_id, calls, actions, source, agreement)
        ended |= self._answer(questions)
        ordered = tuple(ended[position] for position in range(len(calls)))
        try:
            self._journal.conclude(turn_id, ordered)
        except JournalError as error:
            _log.error("%s", error)
        return ordered

    def _is_harmless(self, call: Call, devices: Mapping[str, Device], source: str) -> bool:
        checked = validate(call, devices)
        if call.choice or not call.sure or not isinstance(checked, Request):
            return False
        if checked.tool not in WANTED:
            return True
        action = action_for(checked, self._home)
        return isinstance(action, Action) and self._gate.is_harmless(action, source)

    def _ask_which(self, calls: Sequence[Call], source: str) -> dict[int, Outcome]:
        """Ask which thing is meant, once in a reply: a person can answer one question."""
        undecided = {n: call.choice for n, call in enumerate(calls) if call.choice}
        ended = {n: outcomes.refused(calls[n], None, _ASK_AGAIN) for n in undecided}
        for position, choice in list(undecided.items())[:1]:
            self._choices.ask(source, choice)
            ended[position] = outcomes.undecided(calls[position], choice.question)
        return ended

    def _act(
        self,
        turn_id: str,
        calls: Sequence[Call],
        actions: Mapping[int, Action],
        source: str,
        agreement: Agreement | None,
    ) -> dict[int, Outcome]:
        ended: dict[int, Outcome] = {}
        allowed: dict[int, Action] = {}
        questions: list[tuple[Call, str]] = []
        reply = tuple(actions.values())
        for position, action in actions.items():
            refusal = self._gate.cross(action, reply, source, agreement)
            if refusal is not None and refusal.reason == NEEDS_YES:
                questions.append((calls[position], refusal.words))
                ended[position] = outcomes.asked(action, refusal)
            elif refusal is not None:
                ended[position] = outcomes.held_back(action, refusal)
            elif self._dry_run:
                ended[position] = outcomes.rehearsed(action)
            else:
                allowed[position] = action
        if questions:
            asked, words = zip(*questions, strict=True)
            self._consents.ask(source, asked, " ".join(words))
        delivered = self._outbox.deliver(turn_id, tuple(allowed.values()))
        return ended | dict(zip(allowed, delivered, strict=True))

    def _answer(self, questions: Mapping[int, Request]) -> dict[int, Outcome]:
        if not questions:
            return {}
        self._home.wait_known({it.device.id for it in questions.values()}, _FIRST_REPORT_S)
        now = time.time()
        return {
            position: outcomes.answered(request, self._home.last(request.device.id), now)
            for position, request in questions.items()
        }


def _named(call: Call, devices: Mapping[str, Device]) -> Device | None:
    device_id = call.arguments.get("device")
    return devices.get(device_id) if isinstance(device_id, str) else None


def action_for(request: Request, home: Home) -> Action | Refusal:
    """Return what is to be published for `request`, with a new identity and its expiry.

    A `Refusal` if the device has no way to do it, or has just left.
    """
    if request.own is not None:
        wanted: State = wish_of(request)
    else:
        wanted = WANTED[request.tool](request.arguments)
    in_python = request.own is not None and request.own.run is not None
    order = Order(()) if in_python else home.order(request.device.id, wanted)
    if order is None:
        return Refusal("cannot", f"I cannot {infinitive(request)}: it has no way to be told.")
    listing = home.listing(request.device.id)
    now = time.time()
    return Action(
        id=str(uuid.uuid4()),
        request=request,
        wanted=wanted,
        order=order,
        before=listing.state if listing else {},
        device_class=listing.device_class if listing else "",
        created_at=now,
        expires_at=now + EXPIRES_AFTER_S,
    )
