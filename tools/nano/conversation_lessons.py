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

FOLLOW_UPS, AFTER_ANOTHER = 0.11, 0.04
"""The shares of typed turns that refer to an earlier one, and that merely come after one."""
_COMPARED, _MISFIT, _NOTHING_BEFORE = 0.2, 0.06, 0.04
_HEARD = 0.4
"""How many conversations are spoken: the agent goes on in the words that were heard."""


def in_conversation(
    draw: Callable[[], Turn],
    home: list[Device],
    writer: TurnWriter,
    style: Style,
    chance: random.Random,
) -> Turn:
    """Return the turn that `draw` gives, at times after another; or one that refers to another."""
    luck = chance.random()
    if luck < FOLLOW_UPS:
        return _follow_up(home, writer, style, chance)
    turn = draw()
    if luck < FOLLOW_UPS + AFTER_ANOTHER:
        was_heard = chance.random() < _HEARD
        drawer = _drawer(style, chance, was_heard=was_heard)
        return after(_said(drawer.draw_exchange(home), chance, was_heard=was_heard), turn, writer)
    return turn


def after(earlier: Exchange, turn: Turn, writer: TurnWriter) -> Turn:
    """Put an earlier exchange before `turn`, as the agent does."""
    text = f"{TURN_START}{earlier.said}{REPLY_START}{action_of(earlier.calls)}<turn|>\n"
    first = writer.tokens(text)
    media = tuple(range(it.start + len(first), it.stop + len(first)) for it in turn.media)
    return replace(turn, before=first + turn.before, media=media)


def _follow_up(home: list[Device], writer: TurnWriter, style: Style, chance: random.Random) -> Turn:
    was_heard = chance.random() < _HEARD
    drawer = _drawer(style, chance, was_heard=was_heard)

    def typed(text: str, action: str) -> Turn:
        return writer.typed(_written(text, chance, was_heard=was_heard), action)

    luck = chance.random()
    if luck < _COMPARED and (asked := drawer.draw_comparison(home)):
        return typed(asked[0], action_of(asked[1]))
    if luck < _COMPARED + _NOTHING_BEFORE and len(home) > 1:
        return typed(drawer.draw_without_a_first(), NO_SUCH_DEVICE)
    if luck > 1 - _MISFIT and (misfit := drawer.draw_misfit(home)):
        earlier, text = misfit
        turn = typed(text, NO_SUCH_DEVICE)
    else:
        found = drawer.draw(home)
        earlier = found.earlier
        turn = typed(found.text, action_of(found.calls) or NOT_FOR_ME)
    return after(_said(earlier, chance, was_heard=was_heard), turn, writer)


def _drawer(style: Style, chance: random.Random, *, was_heard: bool) -> FollowUpDrawer:
    digits = not was_heard and chance.random() < 0.6
    return FollowUpDrawer(training_follow_ups(), style, chance, digits=digits)


def _said(earlier: Exchange, chance: random.Random, *, was_heard: bool) -> Exchange:
    return replace(earlier, said=_written(earlier.said, chance, was_heard=was_heard))


def _written(text: str, chance: random.Random, *, was_heard: bool) -> str:
    return heard(text) if was_heard else as_typed(text, chance)
