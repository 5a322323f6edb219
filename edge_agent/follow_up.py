"""Turns in a conversation: what refers to the request before is shown it, all else stands alone.

A request that says "it", or names nothing of the home, comes after the earlier one and its calls,
as turns of the model's conversation. The earlier one is written out anew, with what was done in the
place of what the model chose, so it costs its tokens. Sound that refers is heard first, and then
asked in the words that were heard: what a model does not write down cannot refer.

A request that speaks of a tool which people declared, or names a thing in full, while the model
called another, is asked again with that alone. Of a request for several things, a part that was
left out is asked by itself.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from edge_agent.home.types import State
from edge_agent.model.grammar import Mode
from edge_agent.model.session import DEFAULT_OPTIONS, Session, TurnOptions
from edge_agent.model.turn_grammar import Only
from edge_agent.model.types import Exchange, Part, Reply, ToolCall, ToolDeclaration
from edge_agent.tools.types import Call
from edge_agent.understanding.left_out import LeftOut, left_out
from edge_agent.understanding.meaning import calls_meant
from edge_agent.understanding.named_in_full import named_in_full
from edge_agent.understanding.names import Names, names_of
from edge_agent.understanding.other_one import about_the_other
from edge_agent.understanding.reference import refers_back
from edge_agent.understanding.relative import in_relation
from edge_agent.understanding.tool_words import tool_spoken_of


def turn_after(
    earlier: Exchange | None,
    session: Session,
    parts: Sequence[Part],
    names: Names,
    tools: Sequence[ToolDeclaration] = (),
    *,
    options: TurnOptions = DEFAULT_OPTIONS,
    cancel: threading.Event | None = None,
) -> Reply:
    """Say `parts` to the model, after `earlier` if they refer to it. Raises `ModelError`.

    The `thought` of the reply to a sound is what was heard, also where the words were asked again.
    So they are where they speak of another of the `tools` that people declared than was called, or
    name another thing in full. What they ask for that was left out is asked by itself.
    """
    reply = _turn_after(earlier, session, parts, names, options=options, cancel=cancel)
    said = _words_of(parts) if _are_typed(parts) else reply.thought
    if reply.finish == "cancelled":
        return reply
    only = _only_meant(said, reply.calls, names, tools)
    if only is not None:
        again = session.turn((said,), replace(options, only=only, mode=Mode.CALLS), cancel)
        return _asked_again(reply, replace(again, calls=again.calls[:1]))
    missing = left_out(said, reply.calls, names)
    return _with_the_rest(reply, missing, session, options, cancel) if missing else reply


def _with_the_rest(
    reply: Reply,
    missing: LeftOut,
    session: Session,
    options: TurnOptions,
    cancel: threading.Event | None,
) -> Reply:
    """Ask what the part that was left out asks for, and put it among the calls of `reply`."""
    only = replace(options, only=Only(about=missing.name))
    rest = session.turn((missing.words,), only, cancel)
    before, after = reply.calls[: missing.place], reply.calls[missing.place :]
    timings = reply.timings.before(rest.timings)
    return replace(reply, calls=(*before, *rest.calls[:1], *after), timings=timings)


def _only_meant(
    said: str, calls: Sequence[ToolCall], names: Names, tools: Sequence[ToolDeclaration]
) -> Only | None:
    """Return what alone can be meant, where `calls` are about something else."""
    if tool := tool_spoken_of(said, calls, names, tools):
        return Only(tool=tool)
    thing = named_in_full(said, calls, names)
    return Only(about=thing) if thing else None


def _turn_after(
    earlier: Exchange | None,
    session: Session,
    parts: Sequence[Part],
    names: Names,
    *,
    options: TurnOptions,
    cancel: threading.Event | None,
) -> Reply:
    words, typed = _words_of(parts), _are_typed(parts)
    after = options if earlier is None else replace(options, earlier=(earlier,))
    if typed and refers_back(words, names.values()):
        return session.turn(parts, after, cancel)
    heard = session.turn(parts, options, cancel)
    alone = typed or bool(words) or earlier is None or heard.finish == "cancelled"
    if alone or not refers_back(heard.thought, names.values()):
        return heard
    return _asked_again(heard, session.turn((heard.thought,), after, cancel))


def _words_of(parts: Sequence[Part]) -> str:
    return " ".join(part for part in parts if isinstance(part, str))


def _are_typed(parts: Sequence[Part]) -> bool:
    return all(isinstance(part, str) for part in parts)


def _asked_again(first: Reply, reply: Reply) -> Reply:
    return replace(reply, thought=first.thought, timings=first.timings.before(reply.timings))


def calls_after(
    earlier: Exchange | None,
    calls: Iterable[ToolCall],
    names: Names,
    said: str,
    state_of: Callable[[str], State],
    *,
    in_own_words: bool,
) -> tuple[Call, ...]:
    """Return what is to be done about the model's `calls` where `earlier` was spoken of before.

    What was asked by comparison is reckoned from the state that `state_of` tells of a device's id.
    """
    spoken_of = {str(call.arguments.get("device")) for call in earlier.calls} if earlier else set()
    asked = tuple(calls)
    if earlier:
        asked = about_the_other(asked, earlier.calls, said, names)
    meant = calls_meant(asked, names, said, in_own_words=in_own_words, spoken_of=spoken_of)
    return tuple(
        call if call.group or call.choice else _reckoned(call, names, said, state_of)
        for call in meant
    )


def _reckoned(call: Call, names: Names, said: str, state_of: Callable[[str], State]) -> Call:
    device = str(call.arguments.get("device", ""))
    return in_relation(call, said, state_of(device), names_of(device, names))
