"""The long-running loop: requests come from wherever they may, one thread answers them in turn."""

import logging
from collections.abc import Callable

from edge_agent.agent import Agent, Answer
from edge_agent.bus.types import BusError
from edge_agent.inbox import NO_HEARTBEAT, Heartbeat, Inbox, Letter
from edge_agent.model.errors import ModelError
from edge_agent.states import State, States
from edge_agent.strain import Allowance
from edge_agent.tools.journal import JournalError
from edge_agent.turn_watch import LONGEST_TURN_S, TurnUnderWay, TurnWatch

_log = logging.getLogger(__name__)

_SETTLED_WITHIN_S = 5.0
"""Half a second of sound decides; where that does not come, the microphone is gone."""


class Loop:
    """Answers letters one after another. The thread that calls `run` owns the model."""

    def __init__(
        self,
        agent: Agent,
        inbox: Inbox,
        states: States,
        *,
        heartbeat: Heartbeat = NO_HEARTBEAT,
        allowance: Callable[[], Allowance] = Allowance,
        longest_turn_s: float = LONGEST_TURN_S,
    ) -> None:
        """Answer what is in `inbox`, and say in `states` what is being done about it.

        `allowance` tells before each turn what it may take.
        """
        self._agent = agent
        self._inbox = inbox
        self._states = states
        self._heartbeat = heartbeat
        self._allowance = allowance
        self._watch = TurnWatch(longest_turn_s)

    def run(self) -> None:
        """Answer every letter until `stop`.

        A request that cannot be answered costs only itself: its error goes where its answer would.
        """
        with self._watch:
            for letter in self._inbox.letters(self._heartbeat):
                with self._watch.over(letter) as turn:
                    result = self._result(letter, turn)
                    if result is None:
                        continue
                    try:
                        turn.answer(result)
                    except BusError as error:
                        _log.warning("An answer could not be given: %s", error)

    def stop(self) -> None:
        """Take no more letters, and break off the thinking about the one at hand."""
        self._inbox.close()
        self._watch.break_off("The agent is stopping.")

    def cancel(self) -> None:
        """Break off the thinking about the letter at hand."""
        self._watch.break_off("I was told to stop thinking about that.")

    def _result(self, letter: Letter, turn: TurnUnderWay) -> Answer | Exception | None:
        """Return what came of a letter; None where it was taken back."""
        try:
            return self._answer(letter, turn)
        except (ModelError, JournalError) as error:
            _log.warning("A request could not be answered: %s", error)
            return error

    def _answer(self, letter: Letter, turn: TurnUnderWay) -> Answer | Exception | None:
        """Think about a letter, and act once it is settled, or at once where that is safe.

        What was done at once is told when it is settled. Who went on instead has the whole of it
        thought about in another letter, which the answer then is to.
        """
        self._states.begin(State.THINKING)
        try:
            if letter.cancel.is_set():
                return turn.broken_off
            decision = self._agent.decide(letter.asked, letter.cancel, self._allowance())
            letter.on_decision(decision)
            at_once = self._agent.may_act_at_once(decision) and not letter.cancel.is_set()
            if not at_once and not letter.settling.is_meant(_SETTLED_WITHIN_S):
                self._agent.leave(decision, str(turn.broken_off or ""))
                return turn.broken_off
            self._states.turn_into(State.THINKING, State.ACTING)
            answer = self._agent.act(decision, letter.cancel)
        finally:
            self._states.end(State.THINKING, State.ACTING)
        return answer if letter.settling.is_meant(_SETTLED_WITHIN_S) else turn.broken_off
