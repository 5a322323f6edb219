"""From the model's calls, which name things, to calls that are each about one device.

A group becomes its members. Where several things may be meant, a question comes of it.
"""

from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import replace

from edge_agent.home.groups import Group
from edge_agent.home.types import UNKNOWN_AREA, Device
from edge_agent.model.types import ToolCall
from edge_agent.tools.contract import TOOL_BY_NAME, HomeTool
from edge_agent.tools.types import Call, Choice, Option
from edge_agent.tools.words import sentence, the, with_article
from edge_agent.understanding.doubt import things_meant, words_of
from edge_agent.understanding.mention import speaks_of
from edge_agent.understanding.names import Named, Names, able, one_line
from edge_agent.understanding.sounding import renamed_by_sound

_NAMED_AT_MOST = 5
"""How many things a question lists."""


def calls_meant(
    calls: Iterable[ToolCall],
    names: Names,
    said: str,
    *,
    in_own_words: bool,
    spoken_of: Collection[str] = (),
) -> tuple[Call, ...]:
    """Return what is to be done about the calls of one reply to what was `said`.

    `in_own_words` tells that a person wrote it; otherwise a model wrote down what it heard.
    What was just `spoken_of` is meant where it is one of several that may be. A call about a thing
    that was not spoken of at all is not `sure`.
    """
    asked = tuple(calls)
    if not in_own_words:
        asked = _renamed_by_sound(asked, names, said, spoken_of)
    chosen = {name: names[name] for call in asked if (name := _name_in(call)) in names}
    single = {thing.id for thing in chosen.values() if isinstance(thing, Device)}
    meant: list[Call] = []
    for call in asked:
        tool, thing = TOOL_BY_NAME.get(call.name), chosen.get(_name_in(call))
        if tool is None or thing is None:
            meant.append(Call(call.name, dict(call.arguments)))
            continue
        others = (it for it in names.values() if it not in chosen.values() and able(tool, it))
        things = things_meant(thing, others, said, in_own_words=in_own_words)
        known = tuple(it for it in things if any(names[n] == it for n in names if n in spoken_of))
        things = known if len(known) == 1 else things
        if len(things) == 1:
            sure = speaks_of(said, call, _name_in(call), things[0], spoken_of)
            meant += _calls_on(tool, call, things[0], but=single, sure=sure)
        else:
            given = {key: value for key, value in call.arguments.items() if key != "device"}
            meant.append(Call(call.name, given, choice=_choice(tool, call, things, names)))
    return tuple(meant)


def _renamed_by_sound(
    calls: tuple[ToolCall, ...], names: Names, heard: str, spoken_of: Container[str]
) -> tuple[ToolCall, ...]:
    taken = {_name_in(call) for call in calls}
    return tuple(renamed_by_sound(call, names, heard, taken, spoken_of) for call in calls)


def _calls_on(
    tool: HomeTool,
    call: ToolCall,
    thing: Named,
    but: Collection[str] = (),
    *,
    sure: bool = True,
) -> Iterator[Call]:
    """Have a call for each device of a thing; members `but` those that are named by themselves."""
    group = thing if isinstance(thing, Group) else None
    devices = (thing,) if isinstance(thing, Device) else able(tool, thing)
    for device in devices:
        if group is None or device.id not in but:
            yield Call(call.name, {**call.arguments, "device": device.id}, group, sure=sure)


def _choice(tool: HomeTool, call: ToolCall, things: tuple[Named, ...], names: Names) -> Choice:
    options = tuple(Option(words_of(it), tuple(_calls_on(tool, call, it))) for it in things)
    return Choice(_question(things, names), options)


def _question(things: tuple[Named, ...], names: Names) -> str:
    """Ask which is meant: by their areas where only these differ."""
    listed = things[:_NAMED_AT_MOST]
    first, *others = listed
    areas = {it.area.casefold() for it in listed if it.area != UNKNOWN_AREA}
    if len({it.name.casefold() for it in listed}) == 1 and len(areas) == len(listed):
        called = [f"{_the(first, first.name)} in the {first.area}"]
        called += [f"the one in the {it.area}" for it in others]
    else:
        called = [_the(it, _name_of(it, names)) for it in listed]
    if len(things) > len(listed):
        called.append("another")
    return sentence(f"{', '.join(called[:-1])} or {called[-1]}?")


def _name_of(thing: Named, names: Names) -> str:
    """Return what a thing is called where nothing else is called so."""
    if names.get(one_line(thing.name)) == thing:
        return thing.name
    return next(name for name, it in names.items() if it == thing)


def _the(thing: Named, name: str) -> str:
    return the(replace(thing, name=name)) if isinstance(thing, Device) else with_article(name)


def _name_in(call: ToolCall) -> str:
    name = call.arguments.get("device")
    return name if isinstance(name, str) else ""
