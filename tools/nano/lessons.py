"""Homes with many turns each, drawn at random: what one step of training learns from."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from edge_agent.home.types import Device, Kind
from edge_agent.model.types import ToolCall
from tools.nano.clip_store import Clip, ClipStore
from tools.nano.homes import device_for, draw_size, fill_home
from tools.nano.prompts import prompt_of
from tools.nano.requests import TRAINING, ask_for, draw_nothing, draw_request
from tools.nano.turns import (
    HEARD_NOTHING,
    NO_SUCH_DEVICE,
    NOT_FOR_ME,
    WRITE_DOWN,
    Turn,
    TurnWriter,
    action_of,
    heard,
    typed_style,
)

_THINKS = 0.6
_TYPED_A_DEVICE = 0.7
_TYPED_FOR_NOTHING, _TYPED_ABSENT = 0.16, 0.07


@dataclass(frozen=True)
class Lesson:
    """A home's prompt, and turns that each follow it alone."""

    prompt: tuple[int, ...]
    turns: tuple[Turn, ...]


class LessonDrawer:
    """Draws lessons: clips in an order of its own, homes round the devices that they name."""

    def __init__(self, writer: TurnWriter, clips: ClipStore, chance: random.Random) -> None:
        """Draw from `clips` by `chance`."""
        self._write, self._clips, self._chance = writer, clips, chance

    def draw(self) -> Lesson:
        """Draw a home, and turns of every sort for it."""
        chance = self._chance
        size = draw_size(chance)
        devices: list[Device] = []
        actions: list[Clip] = []
        wanted = max(1, round(size * chance.uniform(0.6, 1.0)))
        while len(devices) < wanted:
            clip = self._clips.next_action()
            new = self._devices_of(clip)
            if not _share_a_name(new, devices):
                devices += new
                actions.append(clip)
        home = fill_home(devices, size, TRAINING.words, chance)
        chance.shuffle(home)
        turns = [self._action(clip) for clip in actions]
        turns += self._other_sounds(home)
        turns += self._typed(home)
        prompt = self._write.tokens(prompt_of(home))
        return Lesson(prompt, tuple(turns))

    def draw_typed(self, turns: int, *, examples: bool) -> Lesson:
        """Draw a home with turns of text alone, and a prompt with or without worked examples."""
        chance = self._chance
        home = fill_home([], draw_size(chance), TRAINING.words, chance)
        prompt = self._write.tokens(prompt_of(home, examples=examples))
        return Lesson(prompt, tuple(self._typed_turn(home) for _ in range(turns)))

    def _thinks(self) -> bool:
        return self._chance.random() < _THINKS

    def _devices_of(self, clip: Clip) -> list[Device]:
        return [
            device_for(row["name"], row["area"], Kind(row["kind"]), call, self._chance)
            for row, call in zip(clip.spoken.devices, clip.spoken.calls, strict=True)
        ]

    def _action(self, clip: Clip) -> Turn:
        action = action_of([as_prompted(call) for call in clip.spoken.calls])
        return self._spoken(clip, action)

    def _spoken(self, clip: Clip, action: str) -> Turn:
        words = heard(clip.spoken.text)
        return self._write.spoken(clip.sound, words, action, thinks=self._thinks())

    def _other_sounds(self, home: list[Device]) -> list[Turn]:
        """Give turns of sound that ask for nothing that the home has."""
        chance = self._chance
        turns = []
        for _ in range(chance.choice((0, 1, 1, 2))):
            absent = self._clips.next_action()
            if not any(_alike(row["name"], home) for row in absent.spoken.devices):
                turns.append(self._spoken(absent, NO_SUCH_DEVICE))
        others = [self._clips.next_nothing() for _ in range(chance.choice((0, 1, 1, 2)))]
        turns += [self._spoken(clip, NOT_FOR_ME) for clip in others]
        if chance.random() < 0.5:
            noise = self._clips.next_nonspeech()
            turns.append(self._write.spoken(noise, "", HEARD_NOTHING, thinks=self._thinks()))
        for _ in range(chance.choice((0, 1, 1))):
            clip = chance.choice((self._clips.next_action, self._clips.next_nothing))()
            words = heard(clip.spoken.text)
            turns.append(self._write.written_down(clip.sound, words, chance.choice(WRITE_DOWN)))
        return turns

    def _typed(self, home: list[Device]) -> list[Turn]:
        count = max(1, round(len(home) * _TYPED_A_DEVICE))
        return [self._typed_turn(home) for _ in range(count)]

    def _typed_turn(self, home: list[Device]) -> Turn:
        chance = self._chance
        luck = chance.random()
        if luck < _TYPED_FOR_NOTHING:
            text, action = draw_nothing(TRAINING, chance), NOT_FOR_ME
        elif luck < _TYPED_FOR_NOTHING + _TYPED_ABSENT:
            asked = draw_request(TRAINING, chance, nothing=0)
            if any(_alike(device.name, home) for device in asked.devices):
                return self._typed_turn(home)
            text, action = asked.text, NO_SUCH_DEVICE
        else:
            count = min(len(home), chance.choices((1, 2, 3), (80, 16, 4))[0])
            devices = tuple(chance.sample(home, count))
            asked = ask_for(devices, TRAINING, chance, digits=chance.random() < 0.6)
            text = asked.text
            action = action_of([as_prompted(call) for call in asked.calls])
        return self._write.typed(_typed_words(text, chance), action)


def _typed_words(text: str, chance: random.Random) -> str:
    if chance.random() < 0.3:
        text = text.replace(" percent", "%")
    return typed_style(text.lower() if chance.random() < 0.5 else text, chance)


def as_prompted(call: ToolCall) -> ToolCall:
    """Name the device of `call` as the system prompt does: in lower case."""
    name = str(call.arguments["device"]).lower()
    return replace(call, arguments={**call.arguments, "device": name})


def _share_a_name(new: Sequence[Device], devices: Iterable[Device]) -> bool:
    names = [device.name.casefold() for device in (*devices, *new)]
    return len(set(names)) < len(names)


def _alike(name: str, home: Iterable[Device]) -> bool:
    """Tell whether a device of `home` might be meant by `name`: one's words are all the other's."""
    words = set(name.casefold().split())
    others = [set(device.name.casefold().split()) for device in home]
    return any(words <= other or other <= words for other in others)
