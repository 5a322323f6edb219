"""The outbox: actions are stored, then published, then confirmed by their devices.

Each has one effect. What certainly did not leave in time is dropped and said so; what may have left
is never sent again, and is confirmed by the device itself or told as not known.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from edge_agent.bus.client import ACKNOWLEDGE_TIMEOUT_S, Bus
from edge_agent.bus.types import BusError, NotAllowedError, Receipt
from edge_agent.home.expectations import Confirmation, DeviceRefusedError, Expectation
from edge_agent.home.home import Home
from edge_agent.home.types import Kind
from edge_agent.tools import outcomes
from edge_agent.tools.journal import Journal, JournalError
from edge_agent.tools.types import Action, Outcome

_log = logging.getLogger(__name__)

DEFAULT_CONFIRM_S = 1.5
CONFIRM_S: Mapping[Kind, float] = {Kind.COVER: 30.0, Kind.LOCK: 15.0}
"""How long a device may take to confirm, where it is not `DEFAULT_CONFIRM_S`: motors are slow."""

_READING_S = 5.0
"""How long what strangers publish may hold up the reading of what has arrived."""

DOUBT_S = 6.0
"""How long a device is waited for at least when the connection broke on the way to it: the broker
may have had the command, and tell what came of it when it is back."""


@dataclass(frozen=True)
class _UnderWay:
    """An action on its way, `sent` at a moment of `time.monotonic`, s."""

    action: Action
    sent: float
    receipts: tuple[Future[Receipt], ...]
    expectation: Expectation
    broken: str = ""
    """Why not all of its commands could be handed over."""

    def left_s(self, patience_s: float) -> float:
        return max(0.0, self.sent + patience_s - time.monotonic())


class Outbox:
    """Stores and publishes actions in order, and waits for all of them together.

    Threads may share it.
    """

    def __init__(
        self,
        bus: Bus,
        home: Home,
        journal: Journal,
        confirm_s: Mapping[Kind, float] = CONFIRM_S,
    ) -> None:
        """Take as long for a device to confirm as `confirm_s` has for its kind."""
        self._bus = bus
        self._home = home
        self._journal = journal
        self._confirm_s = confirm_s

    def deliver(self, turn_id: str, actions: Sequence[Action]) -> list[Outcome]:
        """Store, publish and confirm `actions`; return an outcome for each, in order.

        A broker that is away is waited for until they expire. Raises `JournalError`, with nothing
        published, if they cannot be stored.
        """
        if not actions:
            return []
        connected = self._bus.connected
        self._journal.store(turn_id, actions, sending=connected)
        if not connected and any(action.order.commands for action in actions):
            latest = max(action.expires_at for action in actions)
            self._bus.wait_connected(max(0.0, latest - time.time()))
        published = [self._begin(action, noted=connected) for action in actions]
        return [it if isinstance(it, Outcome) else self._follow(it) for it in published]

    def _begin(self, action: Action, *, noted: bool) -> _UnderWay | Outcome:
        own = action.request.own
        if own is not None and own.run is not None:
            return self._run(action, own.run)
        return self._publish(action, noted=noted)

    def _publish(self, action: Action, *, noted: bool) -> _UnderWay | Outcome:
        device = action.request.device
        left_s = action.expires_at - time.time()
        if left_s <= 0:
            why = "it took too long to come to it"
            if not self._bus.connected:
                why = f"there was no connection to the broker at {self._bus.address} in time"
            return outcomes.not_done(action, "expired", why)
        if self._home.available(device.id) is False:
            return outcomes.not_done(action, "offline", "it is offline")
        if not noted:
            try:
                self._journal.sending(action.id)
            except JournalError as error:
                return outcomes.not_done(action, "journal", str(error))
        # From before the command is out, or a quick device would answer unheard.
        expectation = self._home.expect(device.id, action.order.confirmed_by)
        sent = time.monotonic()
        receipts: tuple[Future[Receipt], ...] = ()
        try:
            for command in action.order.commands:
                receipt = self._bus.send(
                    command.topic,
                    command.payload,
                    qos=command.qos,
                    expiry_s=left_s,
                    identity=action.id,
                )
                receipts = (*receipts, receipt)
        except BusError as error:
            if receipts:
                return _UnderWay(action, sent, receipts, expectation, str(error))
            self._home.forget(expectation)
            return outcomes.not_done(action, "broker", str(error))
        return _UnderWay(action, sent, receipts, expectation)

    def _run(self, action: Action, run: Callable[[], str]) -> Outcome:
        """Run a tool that is written in Python: whatever it raises ends this action only."""
        began = time.monotonic()
        try:
            said = run()
        except Exception as error:
            _log.exception("The tool %s failed", action.request.tool)
            return outcomes.not_done(action, "tool", f"{type(error).__name__}: {error}")
        return outcomes.told(action, said, 1000 * (time.monotonic() - began))

    def _follow(self, it: _UnderWay) -> Outcome:
        doubt, publish_ms = it.broken, None
        try:
            receipts = [one.result(it.left_s(ACKNOWLEDGE_TIMEOUT_S)) for one in it.receipts]
            if all(receipt.nobody_listens for receipt in receipts):
                return outcomes.not_done(it.action, "nobody_listens", "it is not on the broker")
            publish_ms = 1000 * (max(one.at for one in receipts) - it.sent)
            self._note(it.action)
        except NotAllowedError as error:
            return outcomes.not_done(it.action, "not_allowed", str(error))
        except BusError as error:
            doubt = str(error)
        except TimeoutError:
            doubt = "the broker did not acknowledge it"
        try:
            return self._confirm(it, publish_ms, doubt)
        finally:
            self._home.forget(it.expectation)

    def _confirmation(self, expectation: Expectation, left_s: float) -> Confirmation:
        """Wait for what confirms; what has arrived by the end of the wait counts, once read."""
        try:
            return expectation.met.result(left_s)
        except TimeoutError:
            self._home.wait_read(_READING_S)
            return expectation.met.result(0)

    def _note(self, action: Action) -> None:
        """Write down that it is published; it is, so that a full disk changes nothing more."""
        try:
            self._journal.acknowledge(action.id)
        except JournalError as error:
            _log.error("%s", error)

    def _confirm(self, it: _UnderWay, publish_ms: float | None, doubt: str) -> Outcome:
        action, device = it.action, it.action.request.device
        if not it.expectation.wanted:
            return outcomes.not_known(action, doubt) if doubt else outcomes.sent(action, publish_ms)
        own = action.request.own
        usual_s = self._confirm_s.get(device.kind, DEFAULT_CONFIRM_S)
        patience_s = own.confirm_s if own else usual_s
        try:
            left_s = it.left_s(max(patience_s, DOUBT_S) if doubt else patience_s)
            confirmation = self._confirmation(it.expectation, left_s)
        except TimeoutError:
            if doubt:
                return outcomes.not_known(action, doubt, publish_ms)
            return outcomes.unconfirmed(action, self._home.last(device.id), publish_ms)
        except DeviceRefusedError as error:
            return outcomes.device_refused(action, str(error), publish_ms)
        took_ms = 1000 * (confirmation.at - it.sent)
        last = self._home.last(device.id)
        return outcomes.confirmed(action, confirmation, last, publish_ms, took_ms)
