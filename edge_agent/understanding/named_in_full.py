"""Which thing a request names in full, where what a model made of it speaks of something else."""

from collections.abc import Sequence

from edge_agent.home.types import Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.tools.spoken_words import words_in
from edge_agent.understanding.mention import speaks_of
from edge_agent.understanding.names import Named, Names

_ASKING = frozenset({
    "a", "activate", "bring", "change", "could", "do", "for", "go", "hey", "i", "let's", "like",
    "make", "me", "my", "now", "on", "our", "please", "put", "run", "scene", "set", "start",
    "switch", "the", "time", "to", "turn", "us", "want", "will", "would", "you", "your",
})  # fmt: skip
"""Words that ask for a thing and say nothing else: "start the film night please"."""


def named_in_full(said: str, calls: Sequence[ToolCall], names: Names) -> str | None:
    """Return the name that was `said` in full and is meant rather than the only one of `calls`.

    That is where nothing speaks of what was called. Where nothing was called, a scene is meant if
    nothing but its name was said: there is one thing to do with it. None leaves it at what the
    model made of it.
    """
    words = words_in(said)
    runs = {name: _run(words_in(name), words) for name in names}
    longest = max((len(run) for run in runs.values()), default=0)
    meant = [name for name, run in runs.items() if len(run) == longest > 0]
    if len(meant) != 1 or len(calls) > 1:
        return None
    if not calls:
        alone = {*words} - {*runs[meant[0]]} <= _ASKING
        return meant[0] if alone and _is_scene(names[meant[0]]) else None
    device = str(calls[0].arguments.get("device"))
    known = device in names and not speaks_of(said, calls[0], device, names[device])
    return meant[0] if known else None


def _is_scene(thing: Named) -> bool:
    return isinstance(thing, Device) and thing.kind is Kind.SCENE


def _run(name: Sequence[str], words: Sequence[str]) -> Sequence[str]:
    """Return the words of a name where they stand one after the other among `words`, else none."""
    places = range(len(words) - len(name) + 1)
    return name if any([*words[at : at + len(name)]] == [*name] for at in places) else ()
