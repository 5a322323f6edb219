"""Which thing "the other one" is: the only other of its sort that can do the same."""

from dataclasses import replace

from edge_agent.home.types import Device
from edge_agent.model.types import ToolCall
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.spoken_words import holds_run, words_in
from edge_agent.understanding.names import Names, names_of


def about_the_other(
    calls: tuple[ToolCall, ...], earlier: tuple[ToolCall, ...], said: str, names: Names
) -> tuple[ToolCall, ...]:
    """Return `calls` with what is meant by "the other one" in the place of what it is not.

    That is where the one call is about the very thing of the one `earlier` call. A small model
    knows what to do, and does it to the same again. Where several others could be meant, or a thing
    is named in full, the calls stay as they are.
    """
    words = words_in(said)
    speaks_of_it = holds_run(words, ("the", "other", "one")) or words[-2:] == ["the", "other"]
    if len(calls) != 1 or len(earlier) != 1 or not speaks_of_it:
        return calls
    (call,), (first,) = calls, earlier
    tool, name = TOOL_BY_NAME.get(call.name), str(call.arguments.get("device"))
    thing = names.get(name)
    if tool is None or not isinstance(thing, Device) or first.arguments.get("device") != name:
        return calls
    if any(holds_run(words, words_in(it)) for it in names):
        return calls
    others = {
        it.id
        for it in names.values()
        if isinstance(it, Device) and it != thing and it.kind is thing.kind and tool.fits(it)
    }
    if len(others) != 1:
        return calls
    other, *_ = names_of(others.pop(), names)
    return (replace(call, arguments={**call.arguments, "device": other}),)
