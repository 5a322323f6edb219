"""Whether what was said speaks of the thing that a model chose.

A small model that is asked for a treadmill, in a home without one, takes the lamp. Of 420 requests
that it understood, in words of test writers, typed or spoken by synthetic voices, all but 3 had
something in them that speaks of the thing; of 64 on which it should not have acted, 16 had.
"""

from collections.abc import Collection, Mapping

from edge_agent.home.groups import Group
from edge_agent.home.types import Kind
from edge_agent.model.types import ToolCall
from edge_agent.tools.spoken_words import words_in
from edge_agent.understanding.doubt import telling_words, words_of
from edge_agent.understanding.names import Named, Names, devices_of
from edge_agent.understanding.reference import says_it
from edge_agent.understanding.sounding import likeness

_ALIKE = 0.6
"""How alike a name has to be to what was heard, of 1, to have been said."""

_ENGLISH = frozenset({
    "the", "my", "our", "your", "turn", "switch", "set", "put", "make", "please", "off", "is",
    "are", "what", "how", "can", "could", "would", "lock", "unlock", "start", "stop", "close",
})  # fmt: skip
"""One of these is in nearly every English request; other languages have other words for things."""

_SORTS: Mapping[Kind, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        Kind.LIGHT: "light lights lighting lamp lamps bulb bulbs lantern lanterns lit dark darker"
        " darkness bright brighter brightness brighten dim dimmer gloomy glow shine",
        Kind.SWITCH: "plug plugs socket sockets outlet outlets",
        Kind.FAN: "fan fans air stuffy ventilation ventilate ventilator breeze draught",
        Kind.COVER: "blind blinds curtain curtains shutter shutters shade shades drape drapes door"
        " doors garage gate gates window windows valve awning skylight",
        Kind.LOCK: "door doors gate deadbolt latch",
        Kind.CLIMATE: "heating heat heater heaters thermostat temperature warm warmer hot hotter"
        " cold colder cool cooler freezing chilly radiator radiators air conditioning ac boiler",
        Kind.MEDIA_PLAYER: "music song songs tune playlist track radio tv telly television speaker"
        " speakers sound loud louder quiet quieter volume film movie podcast",
        Kind.SENSOR: "sensor sensors temperature humidity motion smoke reading warm cold hot",
        Kind.SCENE: "scene scenes mode mood",
    }.items()
}  # fmt: skip
_ALL = frozenset({
    "all", "every", "everything", "everywhere", "whole", "house", "home", "lot", "both",
})  # fmt: skip


def speaks_of(
    said: str, call: ToolCall, name: str, thing: Named, spoken_of: Collection[str] = ()
) -> bool:
    """Tell whether `said` speaks of `thing`, which `call` is about and which is called `name`.

    It does by a word of its names or its area, by what sounds like its name, by a word for its
    sort, or by "it" where something was `spoken_of`. What the tool itself is called is no name:
    "lock the shed" does not speak of a "hall lock". Nothing at all is evidence of nothing, and
    what is not English is taken to speak of it.
    """
    words = words_in(said)
    if _ENGLISH.isdisjoint(words) or name in spoken_of or (spoken_of and says_it(words)):
        return True
    named = [word for word in words if word not in {"all", *call.name.split("_")}]
    if telling_words(" ".join(named)) & words_of(thing) or not _sort_of(thing).isdisjoint(words):
        return True
    return likeness(name.removeprefix("all "), named, _ALIKE) > _ALIKE


def is_about_nothing_said(said: str, call: ToolCall, names: Names) -> bool:
    """Tell whether `call` is about something of the home that `said` does not speak of."""
    device = str(call.arguments.get("device"))
    return device in names and not speaks_of(said, call, device, names[device])


def _sort_of(thing: Named) -> frozenset[str]:
    """Return the words for the sort of a device, of a group of one sort, or for everything."""
    if isinstance(thing, Group) and "everything" in thing.name.split():
        return _ALL
    kinds = {it.kind for it in devices_of(thing)}
    return _SORTS.get(kinds.pop(), frozenset()) if len(kinds) == 1 else frozenset()
