"""From the eyes' maps to words, inside the graph: the tokens of `scene_words.describe`.

Things are the peaks of the maps; in a row they are read from left to right, and from top to bottom
where they stand upright. Every place of a description is chosen from a short list of words, and
what is chosen is moved together. All is sums and comparisons of numbers, without a branch.
"""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.nano.eyes import (
    BAR_POINTS,
    CLASSES,
    DIGIT_CLASSES,
    DOOR_CLASSES,
    GAUGE_CLASSES,
    KINDS,
    LABEL_CLASSES,
    LAMP_CLASSES,
    LAMP_STATES,
    PERCENTS,
    SIGNS,
    EyeMaps,
)
from tools.nano.scene_words import BETWEEN_LAMPS, NOTHING, counted, place_names
from tools.nano.scenes import DIGITS_AT_MOST, LABELS, LAMPS_AT_MOST, THINGS, THINGS_AT_MOST

Tokens = Callable[[str], Sequence[int]]
"""What gives the token ids of a text."""

SEEN_FROM = -0.8
"""The logit from which on a peak counts as a thing."""
LABEL_FROM = -3.0
"""The same for a label, where another one counts: mostly all lamps of a panel have some."""
_NEVER = -30.0
_APART = 1e-5


class EyeWords(nn.Module):
    """Reads words off maps of `cells` x `cells` cells.

    Gives token ids, float32 [N, places]: those of the description, and 0 in all that follow.
    """

    def __init__(self, tokens: Tokens, cells: int, places: int) -> None:
        """Write with the vocabulary of `tokens`, into so many places."""
        super().__init__()
        self._places = places
        self._cells = cells
        percents = [f"{percent} percent" for percent in PERCENTS]
        gauge, bar = ([tokens(f"{noun} {said}") for said in percents] for noun in GAUGE_CLASSES)
        self._phrases("gauge_words", gauge)
        self._phrases("bar_words", bar)
        counts = range(1, THINGS_AT_MOST + 1)
        self._phrases(
            "thing_words", [tokens(counted(count, sort)) for sort in THINGS for count in counts]
        )
        self._phrases("door_words", [tokens(name) for name in DOOR_CLASSES])
        self._phrases("room_words", [tokens(f"room {state}") for state in ("lit", "dark")])
        self._phrases("nothing_words", [tokens(NOTHING)])
        self._phrases("display_word", [tokens("display ")])
        self._phrases("digit_words", [tokens(str(digit)) for digit in range(10)])
        self._phrases("sign_words", [tokens(sign) for sign in SIGNS])
        names = [
            f"{name} lamp ".lstrip() if number < count else ""
            for upright in (False, True)
            for count in range(1, LAMPS_AT_MOST + 1)
            for number, name in enumerate((*place_names(count, upright=upright), *("",) * 4)[:4])
        ]
        self._phrases("place_words", [tokens(name) for name in names])
        self._phrases("label_words", [tokens(f"{label} ") for label in LABELS])
        self._phrases("state_words", [tokens(state) for state in LAMP_STATES])
        self._phrases("comma", [tokens(BETWEEN_LAMPS)])
        self._fixed("triangle", torch.tril(torch.ones(cells, cells)).T)
        self._fixed("cell_numbers", torch.arange(cells, dtype=torch.float32))
        row = torch.arange(cells, dtype=torch.float32)
        self._fixed("middles", torch.stack([row.repeat(cells), row.repeat_interleave(cells)])[None])
        self._fixed("percents", torch.tensor(PERCENTS, dtype=torch.float32))
        self._fixed("ranks", torch.arange(1, 6, dtype=torch.float32))

    def forward(self, maps: EyeMaps, inside: Tensor) -> Tensor:
        """Read `maps` of pictures; `inside` [N, 1, H, W] is 1 in the cells of the picture."""
        things = maps.things * inside + _NEVER * (1 - inside)
        kinds = _chosen(maps.kinds)
        written = {
            "lamps": self._lamps(things),
            "gauge": self._gauge(things, maps.percents),
            "bar": self._bar(things, maps.offsets),
            "display": self._display(things, maps.signs),
            "things": self._things(things),
            "nothing": self.nothing_words[:1].expand(len(kinds), -1),
        }
        for number, words in enumerate(self.door_words):
            written[DOOR_CLASSES[number]] = words[None].expand(len(kinds), -1)
        for number, words in enumerate(self.room_words):
            written[("room lit", "room dark")[number]] = words[None].expand(len(kinds), -1)
        longest = max(words.shape[1] for words in written.values())
        chosen = sum(
            functional.pad(written[kind], (0, longest - written[kind].shape[1]))
            * kinds[:, at, None]
            for at, kind in enumerate(KINDS)
        )
        return self._moved_together(chosen)

    def _lamps(self, things: Tensor) -> Tensor:
        """Write down the lamps, of whichever way they stand."""
        lamps, labels = _of(things, LAMP_CLASSES), _of(things, LABEL_CLASSES)
        across, down = self._row(lamps.amax(2)), self._row(lamps.amax(3))
        upright = (self._extent(down) > self._extent(across)).float()[:, None, None]
        row = _either(upright, down, across)[:, :LAMPS_AT_MOST]
        there = row.sum(2, keepdim=True)
        states = _chosen(row @ _either(upright, lamps.amax(3), lamps.amax(2)).transpose(1, 2))
        named = self._labels(row, _either(upright, labels.amax(3), labels.amax(2)))
        count = there.sum((1, 2)).clamp(min=1)
        counts = (count[:, None] == self.ranks[None, :LAMPS_AT_MOST]).float()
        ways = torch.cat([(1 - upright[..., 0]) * counts, upright[..., 0] * counts], 1)
        places = torch.einsum(
            "nw,wlr->nlr", ways, self.place_words.reshape(2 * LAMPS_AT_MOST, LAMPS_AT_MOST, -1)
        )
        others_follow = (self.ranks[None, :LAMPS_AT_MOST] < count[:, None]).float()[..., None]
        words = [
            places,
            named * there @ self.label_words,
            states * there @ self.state_words,
            others_follow * self.comma[0],
        ]
        return torch.cat(words, 2).flatten(1)

    def _labels(self, row: Tensor, profile: Tensor) -> Tensor:
        """Return which label is nearest to each lamp of a `row`: [N, 4, labels], 0 without any.

        `profile` [N, labels, cells] are the logits along the row.
        """
        missing = 1 - row.sum(2, keepdim=True)
        apart = (self.cell_numbers - (row @ self.cell_numbers)[..., None]) ** 2
        nearest = _chosen(-(apart - _NEVER * self._cells**2 * missing).transpose(1, 2))
        far = 1 - nearest.transpose(1, 2)[:, :, None]
        found = (profile[:, None] * (1 - far) + _NEVER * far).amax(3)
        any_there = (profile.amax((1, 2)) > SEEN_FROM).float()[:, None, None]
        likely = (found.amax(2, keepdim=True) > LABEL_FROM).float()
        return _chosen(found) * any_there * likely

    def _display(self, things: Tensor, signs: Tensor) -> Tensor:
        digits = _of(things, DIGIT_CLASSES)
        profile = digits.amax(2)
        row = self._row(profile)[:, :DIGITS_AT_MOST]
        shown = _chosen(row @ profile.transpose(1, 2)) * row.sum(2, keepdim=True)
        best = digits.amax(1, keepdim=True)
        highest = (best >= best.amax(2, keepdim=True)).float()
        follows = (signs * highest).sum(2) / highest.sum(2)
        following = _chosen(row @ follows.transpose(1, 2)) * row.sum(2, keepdim=True)
        words = torch.cat([shown @ self.digit_words, following @ self.sign_words], 2).flatten(1)
        return torch.cat([self.display_word.expand(len(words), -1), words], 1)

    def _gauge(self, things: Tensor, percents: Tensor) -> Tensor:
        """Write down the percentage in the cell that is most likely the middle of a gauge."""
        heat = _of(things, GAUGE_CLASSES)[:, 0].flatten(1)
        share = _chosen(torch.einsum("nc,npc->np", _chosen(heat), percents.flatten(2)))
        return share @ self.gauge_words

    def _bar(self, things: Tensor, offsets: Tensor) -> Tensor:
        """Write down how far the level of a bar is on the way from its start to its end."""
        cells = _chosen(_of(things, BAR_POINTS).flatten(2))
        points = torch.einsum("npc,nxc->npx", cells, self.middles + offsets.flatten(2))
        start, level, end = points[:, 0], points[:, 1], points[:, 2]
        whole = end - start
        share = ((level - start) * whole).sum(1) / (whole * whole).sum(1).clamp(min=1)
        return _chosen(-((100 * share[:, None] - self.percents) ** 2)) @ self.bar_words

    def _things(self, things: Tensor) -> Tensor:
        """Count the peaks of the sort of things that there is most of."""
        maps = _of(things, THINGS)
        peaks = _peaks(maps.amax(1, keepdim=True))
        sorts = _chosen((torch.sigmoid(maps) * peaks).sum((2, 3)))
        count = peaks.sum((1, 2, 3)).clamp(min=1, max=THINGS_AT_MOST)
        counts = (count[:, None] == self.ranks[None]).float()
        both = (sorts[:, :, None] * counts[:, None, :]).flatten(1)
        return both @ self.thing_words

    def _row(self, profile: Tensor) -> Tensor:
        """Return which cell along a row holds the first peak, the second, and so on: [N, 5, cells].

        `profile` [N, classes, cells] are the logits along the row.
        """
        best = profile.amax(1)
        peaks = _peaks(best[:, None, None])[:, 0, 0]
        rank = peaks @ self.triangle
        return (rank[:, None] == self.ranks[None, :, None]).float() * peaks[:, None]

    def _extent(self, row: Tensor) -> Tensor:
        """Return how many cells lie between the first and the last peak of a row: [N]."""
        there = row.sum(1)
        from_start = (self.cell_numbers * there).amax(1)
        from_end = ((self._cells - self.cell_numbers) * there).amax(1)
        return from_start + from_end

    def _moved_together(self, tokens: Tensor) -> Tensor:
        """Move token ids [N, many] to the front, and leave 0 for the rest: [N, places]."""
        there = (tokens > 0).float()
        many = tokens.shape[1]
        earlier = torch.tril(torch.ones(many, many)).T
        target = there @ earlier
        wanted = torch.arange(1, self._places + 1, dtype=torch.float32)
        moves = (target[:, None] == wanted[None, :, None]).float() * there[:, None]
        return (moves * tokens[:, None]).sum(2)

    def _phrases(self, name: str, phrases: Iterable[Sequence[int]]) -> None:
        """Keep the tokens of phrases as a table [phrases, longest], filled with 0."""
        rows = [torch.tensor(list(phrase), dtype=torch.float32) for phrase in phrases]
        self._fixed(name, nn.utils.rnn.pad_sequence(rows, batch_first=True))

    def _fixed(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value, persistent=False)


def _of(maps: Tensor, names: Sequence[str]) -> Tensor:
    first = CLASSES.index(names[0])
    return maps[:, first : first + len(names)]


def _peaks(maps: Tensor) -> Tensor:
    """Return 1 where a cell of maps [N, 1, H, W] is a thing, and higher than its neighbours."""
    vertical = 3 if maps.shape[2] > 1 else 1
    around = functional.max_pool2d(maps, (vertical, 3), 1, (vertical // 2, 1))
    return ((maps >= around) & (maps > SEEN_FROM)).float()


def _either(way: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """Return `one` where `way` is 1, and `other` where it is 0."""
    return way * one + (1 - way) * other


def _chosen(logits: Tensor) -> Tensor:
    """Return 1 for the highest of logits [..., choices], 0 for the others."""
    # Of equal ones, the first: two words in one place would add up to a third.
    slope = _APART * torch.arange(logits.shape[-1], dtype=torch.float32)
    apart = logits - slope
    return (apart >= apart.amax(-1, keepdim=True)).float()
