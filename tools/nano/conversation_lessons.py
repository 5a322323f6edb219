"""Turns that come after another, as the agent lays them out: the earlier request and its calls."""

import random
from collections.abc import Callable
from dataclasses import replace

from edge_agent.home.types import Device
from edge_agent.model.types import Exchange
from tools.nano.follow_ups import FollowUpDrawer, training_follow_ups
from tools.nano.prompts import REPLY_START, TURN_START
from tools.nano.requests import Style
from tools.nano.turns import (
    NO_SUCH_DEVICE,
    NOT_FOR_ME,
    Turn,
    TurnWriter,
    action_of,
    as_typed,
    heard,
)

_FOLLOW_UPS, _AFTER_ANOTHER = 0.11, 0.06
"""The shares of turns that refer to an earlier one, and that merely come after one."""
_COMPARED, _MISFIT, _NOTHING_BEFORE = 0.2, 0.06, 0.04
_HEARD = 0.4
"""How many conversations are spoken: the agent goes on in the words that were heard."""


class ConversationLessons:
    """Draws turns of a conversation: such as refer to another, and such as merely come after one.

    What stands after another is in words, typed or heard: the agent asks a sound anew in its words.
    """

    def __init__(
        self,
        writer: TurnWriter,
        alone: Callable[[str, str], Turn],
        style: Style,
        chance: random.Random,
    ) -> None:
        """Draw by `chance`; `alone` writes words and their action as a turn of its own."""
        self._write, self._alone, self._style, self._chance = writer, alone, style, chance

    def turn(self, draw: Callable[[], Turn], home: list[Device]) -> Turn:
        """Return the turn that `draw` gives, at times after another; or one that refers back."""
        luck = self._chance.random()
        if luck < _FOLLOW_UPS:
            return self._follow_up(home)
        turn = draw()
        if luck > _FOLLOW_UPS + _AFTER_ANOTHER or turn.media:
            return turn
        was_heard = self._chance.random() < _HEARD
        earlier = self._drawer(was_heard=was_heard).draw_exchange(home)
        return self._after(earlier, turn, was_heard=was_heard)

    def _follow_up(self, home: list[Device]) -> Turn:
        chance = self._chance
        was_heard, luck = chance.random() < _HEARD, chance.random()
        drawer = self._drawer(was_heard=was_heard)
        if luck < _COMPARED and (asked := drawer.draw_comparison(home)):
            return self._alone(asked[0], action_of(asked[1]))
        if luck < _COMPARED + _NOTHING_BEFORE and len(home) > 1:
            return self._alone(drawer.draw_without_a_first(), NO_SUCH_DEVICE)
        if luck > 1 - _MISFIT and (misfit := drawer.draw_misfit(home)):
            (earlier, text), action = misfit, NO_SUCH_DEVICE
        else:
            found = drawer.draw(home)
            earlier, text = found.earlier, found.text
            action = action_of(found.calls) or NOT_FOR_ME
        turn = self._write.typed(self._written(text, was_heard=was_heard), action)
        return self._after(earlier, turn, was_heard=was_heard)

    def _drawer(self, *, was_heard: bool) -> FollowUpDrawer:
        digits = not was_heard and self._chance.random() < 0.6
        return FollowUpDrawer(training_follow_ups(), self._style, self._chance, digits=digits)

    def _after(self, earlier: Exchange, turn: Turn, *, was_heard: bool) -> Turn:
        said = self._written(earlier.said, was_heard=was_heard)
        return after(replace(earlier, said=said), turn, self._write)

    def _written(self, text: str, *, was_heard: bool) -> str:
        return heard(text) if was_heard else as_typed(text, self._chance)


def after(earlier: Exchange, turn: Turn, writer: TurnWriter) -> Turn:
    """Put an earlier exchange before `turn`, which holds words alone, as the agent does."""
    text = f"{TURN_START}{earlier.said}{REPLY_START}{action_of(earlier.calls)}<turn|>\n"
    return replace(turn, before=writer.tokens(text) + turn.before)
