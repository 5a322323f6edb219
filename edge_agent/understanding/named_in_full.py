"""Which thing a request names in full, where what a model made of it speaks of something else."""

from collections.abc import Sequence

from edge_agent.home.types import Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.tools.spoken_words import holds_run, words_in
from edge_agent.understanding.mention import is_about_nothing_said
from edge_agent.understanding.names import Named, Names

_ASKING = frozenset({
    "a", "activate", "begin", "bring", "can", "change", "could", "do", "for", "get", "give", "go",
    "have", "hey", "i", "into", "it's", "launch", "let", "let's", "lets", "like", "make", "me",
    "mode", "my", "now", "on", "our", "please", "put", "run", "scene", "set", "shall", "start",
    "switch", "the", "time", "to", "turn", "us", "want", "we", "will", "would", "you", "your",
})  # fmt: skip
"""Words that ask for a thing and say nothing else: "start the film night please"."""


def named_in_full(said: str, calls: Sequence[ToolCall], names: Names) -> str | None:
    """Return the name that was `said` in full and is meant rather than the only one of `calls`.

    That is where nothing speaks of what was called. Where nothing was called, a scene is meant if
    nothing but its name was said: there is one thing to do with it. None leaves it at what the
    model made of it.
    """
    if len(calls) > 1 or (calls and not is_about_nothing_said(said, calls[0], names)):
        return None
    words = words_in(said)
    lengths = {name: len(run) for name in names if holds_run(words, run := words_in(name))}
    longest = max(lengths.values(), default=0)
    meant = [name for name, length in lengths.items() if length == longest]
    if len(meant) != 1:
        return None
    (name,) = meant
    alone = {*words} - {*words_in(name)} <= _ASKING
    return name if calls or (alone and _is_scene(names[name])) else None


def _is_scene(thing: Named) -> bool:
    return isinstance(thing, Device) and thing.kind is Kind.SCENE
