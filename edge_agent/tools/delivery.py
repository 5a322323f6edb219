"""Carry allowed actions to their devices, and wait until the devices themselves confirm."""

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from edge_agent.bus.client import ACKNOWLEDGE_TIMEOUT_S, Bus
from edge_agent.bus.types import BusError, NotAllowedError, Receipt
from edge_agent.home.expectations import DeviceRefusedError, Expectation
from edge_agent.home.home import Home
from edge_agent.home.types import Kind
from edge_agent.tools import outcomes
from edge_agent.tools.journal import Journal, JournalError
from edge_agent.tools.types import Action, Outcome

_log = logging.getLogger(__name__)

DEFAULT_CONFIRM_S = 1.5
CONFIRM_S: Mapping[Kind, float] = {Kind.COVER: 30.0, Kind.LOCK: 15.0}
"""How long a device may take to confirm, where it is not `DEFAULT_CONFIRM_S`: motors are slow."""


@dataclass(frozen=True)
class _UnderWay:
    """An action on its way, `sent` at a moment of `time.monotonic`, s."""

    action: Action
    sent: float
    receipts: tuple[Future[Receipt], ...]
    expectation: Expectation

    def left_s(self, patience_s: float) -> float:
        return max(0.0, self.sent + patience_s - time.monotonic())


class Delivery:
    """Publishes actions in order and waits for all of them together."""

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
        """Store, publish and confirm `actions`; return an outcome for each, in order."""
        if not actions:
            return []
        self._journal.store(turn_id, actions, sending=True)
        published = [self._publish(action) for action in actions]
        return [it if isinstance(it, Outcome) else self._follow(it) for it in published]

    def _publish(self, action: Action) -> _UnderWay | Outcome:
        device = action.request.device
        left_s = action.expires_at - time.time()
        if left_s <= 0:
            return outcomes.not_done(action, "expired", "it took too long to come to it")
        if self._home.available(device.id) is False:
            return outcomes.not_done(action, "offline", "it is offline")
        # From before the command is out, or a quick device would answer unheard.
        expectation = self._home.expect(device.id, action.order.confirmed_by)
        sent = time.monotonic()
        receipts: tuple[Future[Receipt], ...] = ()
        try:
            for command in action.order.commands:
                sent_now = self._bus.send(
                    command.topic,
                    command.payload,
                    qos=command.qos,
                    expiry_s=left_s,
                    identity=action.id,
                )
                receipts = (*receipts, sent_now)
        except BusError as error:
            self._home.forget(expectation)
            if receipts:
                return outcomes.not_known(action, str(error))
            return outcomes.not_done(action, "broker", str(error))
        return _UnderWay(action, sent, receipts, expectation)

    def _follow(self, it: _UnderWay) -> Outcome:
        try:
            receipts = [one.result(it.left_s(ACKNOWLEDGE_TIMEOUT_S)) for one in it.receipts]
            self._note(it.action)
            if all(receipt.nobody_listens for receipt in receipts):
                return outcomes.not_done(it.action, "nobody_listens", "it is not on the broker")
            return self._confirm(it, 1000 * (max(one.at for one in receipts) - it.sent))
        except NotAllowedError as error:
            return outcomes.not_done(it.action, "not_allowed", str(error))
        except BusError as error:
            return outcomes.not_known(it.action, str(error))
        except TimeoutError:
            return outcomes.not_known(it.action, "the broker did not acknowledge it")
        finally:
            self._home.forget(it.expectation)

    def _note(self, action: Action) -> None:
        """Write down that it is published; it is, so that a full disk changes nothing more."""
        try:
            self._journal.acknowledge(action.id)
        except JournalError as error:
            _log.error("%s", error)

    def _confirm(self, it: _UnderWay, publish_ms: float) -> Outcome:
        device = it.action.request.device
        if not it.expectation.wanted:
            return outcomes.sent(it.action, publish_ms)
        patience_s = self._confirm_s.get(device.kind, DEFAULT_CONFIRM_S)
        try:
            confirmation = it.expectation.met.result(it.left_s(patience_s))
        except TimeoutError:
            return outcomes.unconfirmed(it.action, self._home.last(device.id), publish_ms)
        except DeviceRefusedError as error:
            return outcomes.device_refused(it.action, str(error), publish_ms)
        except BusError as error:
            return outcomes.not_known(it.action, str(error), publish_ms)
        took_ms = 1000 * (confirmation.at - it.sent)
        last = self._home.last(device.id)
        return outcomes.confirmed(it.action, confirmation, last, publish_ms, took_ms)
