"""Homes with many turns each, drawn at random: what one step of training learns from."""

import random
from collections.abc import Iterable, Sequence
from functools import partial

from edge_agent.home.types import Device, Kind
from tools.nano.conversation_lessons import ConversationLessons
from tools.nano.group_requests import ask_for_group, askable_groups, draw_group
from tools.nano.heard_clips import Clip, HeardClips
from tools.nano.hearing import Hearing
from tools.nano.homes import device_for, draw_size, fill_home
from tools.nano.names import draw_device, draw_name
from tools.nano.own_tool_types import OwnTool
from tools.nano.own_tools import ask_for_tool, draw_absent_tool, draw_own_tools
from tools.nano.picture_lessons import PictureLessons
from tools.nano.prompts import prompt_of
from tools.nano.requests import Request, Style, as_prompted, ask_for, draw_nothing, draw_request
from tools.nano.sentences import followed_by
from tools.nano.turns import (
    HEARD_NOTHING,
    NO_SUCH_DEVICE,
    NOT_FOR_ME,
    WRITE_DOWN,
    Lesson,
    Turn,
    TurnWriter,
    action_of,
    as_typed,
)

_THINKS = 0.7
_AS_HEARD = 0.5
"""The share of what no clip says that is heard all the same, and not typed."""
_PICTURES_AT_HOME = (1, 2, 4, 6)
_WITHOUT_CLIPS_A_DEVICE = 0.7
_FOR_NOTHING, _ABSENT = 0.22, 0.1
_GROUP_ASKED = 0.15
_WITH_A_SCENE, _SCENE_ASKED = 0.5, 0.15
"""The share of homes of typed lessons that surely have a scene, and of requests to homes that have
some which are for one of these: a scene can be called anything."""
_WITH_OWN_TOOLS = 0.4
"""The share of the homes of typed lessons in which people have declared tools themselves."""
_OWN_TOOL_ASKED, _OWN_TOOL_ABSENT, _AND_A_DEVICE = 0.5, 0.08, 0.15


class LessonDrawer:
    """Draws lessons: clips in an order of its own, homes round the devices that they name."""

    def __init__(
        self,
        writer: TurnWriter,
        clips: HeardClips,
        hearing: Hearing,
        style: Style,
        chance: random.Random,
    ) -> None:
        """Draw from `clips`, and in `style` what is typed or, as by `hearing`, heard."""
        self._write, self._clips, self._hearing = writer, clips, hearing
        self._style, self._chance = style, chance
        self._pictures = PictureLessons(writer, style, chance)
        self._conversations = ConversationLessons(writer, self._said, style, chance)

    def draw(self) -> Lesson:
        """Draw a home, and turns of every sort for it."""
        chance = self._chance
        size = draw_size(chance)
        devices: list[Device] = []
        actions: list[Clip] = []
        wanted = max(1, round(size * chance.uniform(0.6, 1.0)))
        for _ in range(2 * wanted):
            clip = self._clips.next_action()
            new = self._devices_of(clip)
            if len(devices) < wanted and not _share_a_name(new, devices):
                devices += new
                actions.append(clip)
        home = fill_home(devices, size, self._style.words, chance)
        chance.shuffle(home)
        turns = [self._action(clip) for clip in actions]
        turns += self._other_sounds(home)
        turns += self._without_clips(home)
        pictures = chance.choice(_PICTURES_AT_HOME)
        turns += [self._pictures.turn_at_home(home) for _ in range(pictures)]
        prompt = self._write.tokens(prompt_of(home))
        return Lesson(prompt, tuple(turns))

    def draw_typed(self, turns: int, *, examples: bool, shown: int = 0) -> Lesson:
        """Draw a home with turns without clips, and a prompt with or without worked examples.

        So many more turns have something `shown` to them.
        """
        chance = self._chance
        scene = [self._scene()] if chance.random() < _WITH_A_SCENE else []
        home = fill_home(scene, draw_size(chance), self._style.words, chance)
        chance.shuffle(home)
        tools = self._own_tools()
        declared = [tool.declaration for tool in tools]
        prompt = self._write.tokens(prompt_of(home, declared, examples=examples))
        typed = [self._alone_or_later(home, tools) for _ in range(turns)]
        pictured = [self._pictures.turn_at_home(home) for _ in range(shown)]
        return Lesson(prompt, (*typed, *pictured))

    def draw_pictures(self, turns: int) -> Lesson:
        """Draw questions about pictures and clips, for the eyes' own prompt."""
        return self._pictures.draw(turns)

    def _scene(self) -> Device:
        name, area = draw_name(Kind.SCENE, self._style.words, self._chance)
        return draw_device(name, area, Kind.SCENE, frozenset(), self._chance)

    def _own_tools(self) -> list[OwnTool]:
        """Draw tools that somebody has declared in this home; mostly none."""
        chance, words = self._chance, self._style.words.strange
        if not words or chance.random() > _WITH_OWN_TOOLS:
            return []
        return draw_own_tools(chance.randint(1, 4), words, chance)

    def _alone_or_later(self, home: list[Device], tools: list[OwnTool]) -> Turn:
        """Draw a turn without a clip, alone or in a conversation."""
        draw = partial(self._turn_for, home, tools)
        return self._conversations.turn(draw, home)

    def _turn_for(self, home: list[Device], tools: list[OwnTool]) -> Turn:
        """Draw a turn for one of `tools`, for one that is not there, or for a device of `home`."""
        chance, words = self._chance, self._style.words.strange
        luck = chance.random()
        if not tools or luck > _OWN_TOOL_ASKED + _OWN_TOOL_ABSENT:
            return self._turn_at(home)
        digits = chance.random() < 0.6
        if luck > _OWN_TOOL_ASKED:
            absent = draw_absent_tool(tools, words, chance)
            said, _ = ask_for_tool(absent, words, chance, digits=digits, ways=self._style.ways)
            return self._said(said, NOT_FOR_ME, erring=False)
        tool = chance.choice(tools)
        said, call = ask_for_tool(tool, words, chance, digits=digits, ways=self._style.ways)
        calls = [call]
        if chance.random() < _AND_A_DEVICE:
            more = ask_for((chance.choice(home),), self._style, chance, digits=digits)
            said = followed_by(said, more.text, chance)
            calls += map(as_prompted, more.calls)
        return self._said(said, action_of(calls), erring=False)

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
        return self._write.spoken(clip.pieces, action, thinks=self._thinks())

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
            turns.append(self._write.spoken(noise, HEARD_NOTHING, thinks=self._thinks()))
        for _ in range(chance.choice((0, 1, 1))):
            clip = chance.choice((self._clips.next_action, self._clips.next_nothing))()
            turns.append(self._write.written_down(clip.pieces, chance.choice(WRITE_DOWN)))
        return turns

    def _without_clips(self, home: list[Device]) -> list[Turn]:
        count = max(1, round(len(home) * _WITHOUT_CLIPS_A_DEVICE))
        return [self._alone_or_later(home, []) for _ in range(count)]

    def _said(self, text: str, action: str, *, erring: bool = True) -> Turn:
        """Write a turn that is typed, or heard as if somebody had said it."""
        chance = self._chance
        if chance.random() > _AS_HEARD:
            return self._write.typed(as_typed(text, chance), action)
        pieces = self._hearing.imagined(text, chance, erring=erring)
        return self._write.spoken(pieces, action, thinks=self._thinks())

    def _turn_at(self, home: list[Device]) -> Turn:
        chance = self._chance
        luck = chance.random()
        if luck < _FOR_NOTHING:
            text, action = draw_nothing(self._style, chance), NOT_FOR_ME
        elif luck < _FOR_NOTHING + _ABSENT:
            asked = draw_request(self._style, chance, nothing=0)
            if any(_alike(device.name, home) for device in asked.devices):
                return self._turn_at(home)
            text, action = asked.text, NO_SUCH_DEVICE
        else:
            asked = self._asked_of(home, digits=chance.random() < 0.6)
            text = asked.text
            action = action_of([as_prompted(call) for call in asked.calls])
        return self._said(text, action)

    def _asked_of(self, home: list[Device], *, digits: bool) -> Request:
        """Ask something of one to three devices of `home`, or of a group."""
        chance = self._chance
        if chance.random() < _GROUP_ASKED and (groups := askable_groups(home)):
            return ask_for_group(draw_group(groups, chance), self._style, chance, digits=digits)
        scenes = [device for device in home if device.kind is Kind.SCENE]
        if scenes and chance.random() < _SCENE_ASKED:
            return ask_for((chance.choice(scenes),), self._style, chance, digits=digits)
        count = min(len(home), chance.choices((1, 2, 3), (74, 21, 5))[0])
        devices = tuple(chance.sample(home, count))
        return ask_for(devices, self._style, chance, digits=digits)


def _share_a_name(new: Sequence[Device], devices: Iterable[Device]) -> bool:
    names = [device.name.casefold() for device in (*devices, *new)]
    return len(set(names)) < len(names)


def _alike(name: str, home: Iterable[Device]) -> bool:
    """Tell whether a device of `home` might be meant by `name`: one's words are all the other's."""
    words = set(name.casefold().split())
    others = [set(device.name.casefold().split()) for device in home]
    return any(words <= other or other <= words for other in others)
