"""What people call the things in their homes, and the homes themselves.

The words of `HELD_OUT` are in no training home and in no training sentence.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from edge_agent.home.types import Capability, Device, Kind

_ON_OFF, _STATE = Capability.ON_OFF, Capability.STATE


@dataclass(frozen=True)
class Words:
    """The words that device names are built from.

    `strange` words stand now and then where nobody would expect them, so that a name is copied
    whatever it is made of.
    """

    rooms: tuple[str, ...]
    owners: tuple[str, ...]
    qualities: tuple[str, ...]
    things: tuple[str, ...]
    kinds: Mapping[Kind, tuple[str, ...]]
    strange: tuple[str, ...] = ()

    def with_strange(self, found: Iterable[str]) -> "Words":
        """Return these words, and as strange ones all of `found` that no held-out name has."""
        held_out = " ".join(HELD_OUT.rooms + HELD_OUT.owners + HELD_OUT.qualities + HELD_OUT.things)
        return replace(self, strange=tuple(sorted({*found} - {*held_out.lower().split()})))


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(","))


_KINDS = {
    Kind.LIGHT: _words(
        "light, light, light, lights, lamp, lamp, lantern, spotlight, spotlights, "
        "strip light, led strip, chandelier, bulb, night light, ceiling light, floor lamp, "
        "table lamp, fairy lights, sconce, pendant, downlights, reading lamp, wall light, "
        "work light, string lights, main light"
    ),
    Kind.SWITCH: _words(
        "plug, outlet, socket, switch, pump, heater, coffee maker, coffee machine, kettle, "
        "toaster, printer, sprinkler, sprinklers, fountain, humidifier, dehumidifier, "
        "air purifier, charger, freezer, fridge, dishwasher, washing machine, dryer, router, "
        "screen, projector, boiler, aquarium filter, towel rail, electric blanket, "
        "water valve, siren, robot vacuum, power strip, water heater, oven, microwave, "
        "computer, monitor, doorbell"
    ),
    Kind.FAN: _words(
        "fan, fan, ceiling fan, extractor fan, ventilator, tower fan, exhaust fan, desk fan, vent"
    ),
    Kind.COVER: _words(
        "blinds, blind, curtains, curtain, shutter, shutters, shade, awning, garage door, "
        "gate, skylight, drapes, roller blind, window, door, roof window, sunshade"
    ),
    Kind.LOCK: _words(
        "lock, door, front door, front door lock, back door, gate lock, door lock, deadbolt, "
        "safe, cabinet lock, side door, smart lock, patio door, mailbox"
    ),
    Kind.CLIMATE: _words(
        "thermostat, heating, heating thermostat, air conditioner, air conditioning, "
        "radiator, floor heating, heat pump, heater, climate, ac"
    ),
    Kind.MEDIA_PLAYER: _words(
        "speaker, speakers, television, tv, radio, stereo, sound bar, music player, "
        "record player, music, smart speaker"
    ),
    Kind.SCENE: _words(
        "movie night, good morning, good night, dinner time, party mode, reading time, "
        "away mode, romantic evening, focus time, bath time, yoga, gaming, wake up, "
        "leaving home, rainy day, summer evening, study time, nap time, bedtime, relax, "
        "cleaning, work mode, holiday mode"
    ),
    Kind.SENSOR: _words(
        "temperature sensor, humidity sensor, motion sensor, smoke detector, door sensor, "
        "thermometer, window sensor, rain gauge, water meter, power meter, battery, "
        "soil sensor, leak sensor, air quality sensor, light sensor, temperature, humidity"
    ),
}

TRAINING = Words(
    rooms=_words(
        "kitchen, kitchen, living room, living room, bedroom, bedroom, bathroom, hallway, "
        "garage, garden, office, study, dining room, nursery, attic, basement, cellar, "
        "laundry room, guest room, playroom, porch, patio, balcony, terrace, workshop, shed, "
        "greenhouse, pantry, library, gym, sauna, conservatory, corridor, landing, stairs, "
        "utility room, lobby, media room, music room, den, loft, barn, stable, boathouse, "
        "pool house, driveway, courtyard, roof deck, server room, craft room, "
        "walk in closet, entrance, back yard, master bedroom, kids room, front yard, toilet, "
        "hall, studio, upstairs, downstairs, outside, guest bathroom, hobby room, bar, pool, "
        "carport, home office"
    ),
    owners=_words(
        "mom, dad, grandma, grandpa, Emma, Liam, Olivia, Noah, Ava, Lucas, Mia, Ethan, "
        "Sofia, James, Chloe, Henry, Zoe, Oscar, Lily, Jack, Nora, Felix, Ruby, Theo, Alice, "
        "Max, Clara, Hugo, Ivy, Sam, Priya, Ravi, Mei, Kenji, Fatima, Omar, Diego, Carmen, "
        "Pierre, Ingrid, Anna, Ben, Tom, Sarah, Peter, Laura, Daniel, Julia, David, Maria, "
        "Paul, Kate, Leo, Nina, Mark, Ella"
    ),
    qualities=_words(
        "big, small, old, new, red, blue, green, white, black, yellow, purple, orange, "
        "copper, brass, wooden, glass, round, square, tall, low, left, right, front, back, "
        "upper, lower, inner, outer, north, south, east, west, corner, center, main, second, "
        "third, spare, antique, modern, paper, crystal, marble, bamboo, velvet, rustic, "
        "tiny, giant, long, short, quiet, first, bright, little, middle, smart, ceiling, "
        "wall, silver, grey, top, bottom, side, rear, fancy, soft"
    ),
    things=_words(
        "sofa, desk, piano, window, mirror, bookshelf, fireplace, aquarium, couch, counter, "
        "island, sink, stove, bed, crib, bench, table, cabinet, closet, wardrobe, easel, "
        "chess table, reading chair, record player, wine rack, bar, fountain, pond, gazebo, "
        "pergola, hedge, oak tree, statue, gate, fence, path, steps, bike rack, tool bench, "
        "sewing machine, dollhouse, train set, telescope, globe, painting, plant, orchid, "
        "cactus, lemon tree, bird cage, dog house, chicken coop, bee hive, compost, "
        "rain barrel, ceiling, wall, floor, shelf, tv, computer, bedside, coffee table, "
        "tree, shower, bath, door, cupboard, drawer, fish tank, hammock, swing, grill"
    ),
    kinds=_KINDS,
)

HELD_OUT = Words(
    rooms=_words(
        "veranda, mudroom, cloakroom, foyer, sunroom, wine cellar, ballroom, kennel, "
        "tool shed, spare room, reading nook, lounge, tea room, storage room, changing room"
    ),
    owners=_words("Martin, Helen, Robert, Linda, Simon, Karen, Victor, Grace, Uncle Bob, Amy"),
    qualities=_words(
        "golden, oval, plastic, narrow, wide, vintage, striped, heavy, curved, frosted"
    ),
    things=_words(
        "dresser, armchair, bathtub, workbench, flower bed, pool table, trophy case, "
        "rocking chair, vanity, hat stand, terrarium, piano bench, letter box, windmill"
    ),
    kinds={
        **_KINDS,
        Kind.SCENE: _words(
            "film club, siesta, candlelight, tea time, late shift, story hour, aperitif, "
            "game day, snow day, quiet hours, houseguests, sunday lunch, thunderstorm"
        ),
    },
)

_CAN_ALWAYS: Mapping[Kind, tuple[Capability, ...]] = {
    Kind.LIGHT: (_ON_OFF,),
    Kind.SWITCH: (_ON_OFF,),
    Kind.FAN: (_ON_OFF,),
    Kind.COVER: (Capability.POSITION,),
    Kind.LOCK: (Capability.LOCK,),
    Kind.CLIMATE: (Capability.TEMPERATURE,),
    Kind.MEDIA_PLAYER: (Capability.PLAYBACK,),
    Kind.SCENE: (),
    Kind.SENSOR: (_STATE,),
}
_CAN_SOMETIMES: Mapping[Kind, tuple[Capability, ...]] = {
    Kind.LIGHT: (Capability.BRIGHTNESS, Capability.COLOR, _STATE),
    Kind.SWITCH: (_STATE,),
    Kind.FAN: (Capability.SPEED, _STATE),
    Kind.COVER: (_STATE,),
    Kind.LOCK: (_STATE,),
    Kind.CLIMATE: (_ON_OFF, _STATE),
    Kind.MEDIA_PLAYER: (Capability.VOLUME, _ON_OFF, _STATE),
    Kind.SCENE: (),
    Kind.SENSOR: (),
}
_KIND_WEIGHTS = {
    Kind.LIGHT: 26, Kind.SWITCH: 14, Kind.FAN: 8, Kind.COVER: 12, Kind.LOCK: 9, Kind.CLIMATE: 9,
    Kind.MEDIA_PLAYER: 10, Kind.SCENE: 6, Kind.SENSOR: 6,
}  # fmt: skip


_STRANGE = 0.35
"""The share of names with strange words, where there are any."""
_STRANGE_SCENE = 0.8
_SCENE_ENDS = ("time", "mode", "night", "evening", "morning", "party", "day", "hour", "mood")


def draw_kind(chance: random.Random) -> Kind:
    """Draw a kind of device, lights most often."""
    return chance.choices(list(_KIND_WEIGHTS), list(_KIND_WEIGHTS.values()))[0]


def draw_name(kind: Kind, words: Words, chance: random.Random) -> tuple[str, str]:
    """Return a name for a device of `kind`, and the area that it is in."""
    base, room = chance.choice(words.kinds[kind]), chance.choice(words.rooms)
    if kind is Kind.SCENE:
        return _scene_name(base, words, chance), room
    quality, thing = chance.choice(words.qualities), chance.choice(words.things)
    owner = chance.choice(words.owners)
    if words.strange and chance.random() < _STRANGE:
        room, quality, thing, owner = (chance.choice(words.strange) for _ in range(4))
    forms = {
        f"{room} {base}": 36,
        f"{quality} {base}": 14,
        f"{thing} {base}": 16,
        f"{owner}'s {base}": 10,
        f"{quality} {thing} {base}": 10,
        f"{room} {quality} {base}": 6,
        base: 8,
    }
    return chance.choices(list(forms), list(forms.values()))[0], room


def _scene_name(base: str, words: Words, chance: random.Random) -> str:
    if not words.strange or chance.random() > _STRANGE_SCENE:
        return base
    one, other = (chance.choice(words.strange) for _ in range(2))
    return chance.choice((one, f"{one} {other}", f"{one} {chance.choice(_SCENE_ENDS)}"))


def draw_device(
    name: str, area: str, kind: Kind, needs: frozenset[Capability], chance: random.Random
) -> Device:
    """Make a device that can do what it `needs`, what its kind always can, and more by chance."""
    can = set(needs) | set(_CAN_ALWAYS[kind])
    can |= {ability for ability in _CAN_SOMETIMES[kind] if chance.random() < 0.5}
    return Device(f"{chance.getrandbits(40):010x}", name, area, kind, frozenset(can))
