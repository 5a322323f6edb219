"""Homes to train in: devices of mixed kinds, some with names that are easily confused."""

import random

from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.tools.contract import TOOL_BY_NAME
from tools.nano.names import Words, draw_device, draw_kind, draw_name

_SIZES = (*range(1, 13), 14, 16, 18, 20, 25, 30)
_SIZE_WEIGHTS = (2, 5, 9, 12, 13, 12, 10, 9, 7, 6, 4, 4, 2, 2, 1, 1, 1, 1)


def draw_size(chance: random.Random) -> int:
    """Draw how many devices a home has: mostly 3 to 12, 30 at most."""
    return chance.choices(_SIZES, _SIZE_WEIGHTS)[0]


def fill_home(
    devices: list[Device], size: int, words: Words, chance: random.Random
) -> list[Device]:
    """Add devices up to `size`, half of them with words that the names already have."""
    home, taken = list(devices), {device.name.casefold() for device in devices}
    for _ in range(20 * size):
        if len(home) >= size:
            break
        kind = draw_kind(chance)
        name, area = draw_name(kind, words, chance)
        if home and kind is not Kind.SCENE and chance.random() < 0.4:
            like = chance.choice(home)
            area = like.area
            name = f"{' '.join(like.name.split()[:-1])} {chance.choice(words.kinds[kind])}".strip()
        if name.casefold() not in taken:
            taken.add(name.casefold())
            home.append(draw_device(name, area, kind, frozenset(), chance))
    return home


def device_for(name: str, area: str, kind: Kind, call: ToolCall, chance: random.Random) -> Device:
    """Make the device that a spoken request names, able to do what is asked."""
    capability = TOOL_BY_NAME[call.name].capability
    needs: frozenset[Capability] = frozenset() if capability is None else frozenset({capability})
    return draw_device(name, area, kind, needs, chance)
