"""Tools composed of a verb and a thing, and how they are asked for.

The model is to read what a tool is for in its declaration: no two homes share these tools, and
many of their words are drawn from all of English.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any

from edge_agent.model.types import ToolDeclaration
from tools.nano.own_tool_types import OwnTool, WayToAsk


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.replace("_", " ") for word in text.split()))


_VERBS = _listed(
    """start stop run begin pause resume launch clean fill empty water feed order print record
    send show hide announce mix brew heat cool boil bake roast wash rinse dry spin empty charge
    arm disarm test reset restart calibrate move rotate tilt lift lower raise push pull press
    release spray mist mow vacuum mop sweep polish scan copy save delete publish post share call
    ring page notify remind schedule skip repeat shuffle mute reboot ping wake check measure weigh
    count log sync back_up update refresh upload download connect disconnect pair forget add
    remove book reserve cancel prepare cook grill toast freeze defrost ventilate filter drain
    flush purge prime inflate deflate extend retract fold unfold park summon dock undock steer
    deploy eject load unload sort stack find track guard patrol follow greet tell read translate
    convert roll flip shake stir pour dose dispense serve crush grind slice cut trim dig plant
    harvest collect"""
)
THINGS = _listed(
    """pump printer robot mower vacuum fountain pool sauna hot_tub aquarium fish_tank terrarium
    coop barn stable greenhouse garden lawn hedge sprinkler compost well tank cistern boiler
    furnace stove kiln forge oven grill smoker fryer kettle teapot espresso coffee tea juice
    bread dough yogurt beer wine cider dishwasher washer dryer laundry iron bed crib cradle swing
    hammock chair desk table shelf cabinet safe vault mailbox doorbell intercom camera telescope
    microscope scale thermometer barometer compass clock alarm timer calendar shopping_list
    to_do_list playlist album podcast audiobook story newsletter message note reminder photo video
    slideshow poster label receipt ticket parcel drone car truck van bike scooter boat kayak
    charger battery solar_panel wind_turbine generator inverter router server backup firewall
    printer scanner plotter laser lathe mill saw drill press conveyor crane elevator hoist winch
    ramp bridge gate barrier turnstile feeder bowl litter_box cage kennel hive nest incubator dog
    cat bird horse chicken fish train carousel piano drum organ bell gong siren horn fog_machine
    stage curtain screen projector karaoke arcade dartboard pinball treadmill rower massage_chair
    bathtub shower towel_warmer humidifier diffuser heater cooler ice_maker freezer wine_cellar
    elevator skylight chimney fireplace damper valve faucet hydrant sump drain gutter"""
)
_TAILS = (
    "", "", "", "", "in the garden", "in the house", "downstairs", "at home", "for the family",
    "in the workshop", "of the neighbours", "in the yard", "on the roof", "by the road",
)  # fmt: skip
_PLACES = ("kitchen", "garden", "garage", "cellar", "attic", "office", "hall", "barn")
_NUMBERS: Mapping[str, tuple[int, int, tuple[str, ...]]] = {
    "minutes": (1, 90, ("for {v} minutes", "for {v} minutes", "{v} minutes long")),
    "seconds": (1, 60, ("for {v} seconds", "{v} seconds long")),
    "hours": (1, 24, ("for {v} hours", "for the next {v} hours")),
    "days": (1, 30, ("for {v} days",)),
    "percent": (0, 100, ("to {v} percent", "at {v} percent")),
    "degrees": (0, 99, ("to {v} degrees", "at {v} degrees", "by {v} degrees")),
    "celsius": (20, 100, ("at {v} degrees", "to {v} degrees")),
    "level": (1, 10, ("to level {v}", "at level {v}", "on level {v}")),
    "times": (1, 20, ("{v} times",)),
    "count": (1, 50, ("{v} times", "{v} of them")),
    "grams": (5, 100, ("with {v} grams", "{v} grams")),
    "liters": (1, 100, ("with {v} liters", "{v} liters")),
    "cups": (1, 12, ("with {v} cups", "{v} cups", "for {v} cups")),
    "meters": (1, 100, ("by {v} meters", "{v} meters")),
    "volume": (0, 100, ("at volume {v}", "with volume {v}")),
    "speed": (1, 100, ("at speed {v}", "with speed {v}")),
    "number": (1, 99, ("number {v}", "with number {v}")),
    "channel": (1, 99, ("on channel {v}", "channel {v}")),
    "zone": (1, 12, ("in zone {v}", "zone {v}")),
    "copies": (1, 30, ("{v} copies", "with {v} copies")),
    "people": (1, 12, ("for {v} people",)),
}
_CHOICES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mode": (
        ("eco", "boost", "quiet", "turbo", "auto", "manual", "night", "day", "sport", "comfort"),
        ("in {v} mode", "in {v} mode", "on {v}", "{v} mode"),
    ),
    "program": (
        ("cotton", "wool", "quick", "intensive", "delicate", "mixed", "short", "long"),
        ("with the {v} program", "on the {v} program", "program {v}"),
    ),
    "size": (("small", "medium", "large", "tiny", "huge"), ("in {v}", "size {v}", "{v} size")),
    "strength": (("mild", "normal", "strong", "extra strong"), ("{v}", "as {v}", "{v} strength")),
    "direction": (
        ("left", "right", "up", "down", "forward", "backward", "north", "south"),
        ("to the {v}", "{v}", "in the direction {v}"),
    ),
    "place": (_PLACES, ("in the {v}", "to the {v}", "at the {v}")),
    "person": (
        ("anna", "ben", "mom", "dad", "grandma", "tom", "laura", "paul"),
        ("for {v}", "to {v}", "with {v}"),
    ),
    "day": (
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("on {v}", "for {v}", "next {v}"),
    ),
    "pattern": ((), ("in the {v} pattern", "as {v}", "pattern {v}")),
    "flavor": ((), ("with {v} flavor", "with {v}", "{v} flavor")),
    "kind": ((), ("kind {v}", "of the kind {v}", "the {v} kind")),
    "name": ((), ("called {v}", "named {v}", "with the name {v}", "{v}")),
    "target": ((), ("on {v}", "to {v}", "for {v}")),
    "color": (("red", "green", "blue", "white", "black", "yellow"), ("in {v}", "{v}")),
}
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "text": ("saying {v}", "that says {v}", "with the text {v}", "{v}"),
    "message": ("saying {v}", "with the message {v}", "that {v}"),
    "title": ("called {v}", "with the title {v}"),
    "item": ("with {v}", "and add {v}"),
}
_SYNONYMS: Mapping[str, str] = {
    "start": "begin", "stop": "end", "run": "operate", "clean": "clean up", "fill": "fill up",
    "send": "send off", "show": "display", "print": "print out", "call": "phone", "tell": "inform",
    "check": "look at", "move": "shift", "wash": "do", "record": "tape", "order": "buy",
}  # fmt: skip


_STRANGE = 0.35
"""The share of things that are any word of English."""
_WAYS = 4
"""How many ways to ask for a tool are drawn; some are the same."""


def compose_tool(words: tuple[str, ...], chance: random.Random) -> OwnTool:
    """Compose a tool; its words are in part any of `words`."""

    def any_of(known: tuple[str, ...]) -> str:
        return chance.choice(words if chance.random() < _STRANGE else known)

    verb, thing = chance.choice(_VERBS), any_of(THINGS)
    if chance.random() < 0.3:
        thing = f"{any_of(THINGS)} {thing}"
    tail = chance.choice(_TAILS)
    said_verb = _SYNONYMS.get(verb, verb) if chance.random() < 0.2 else verb
    article = chance.choice(("the", "the", "the", "a", "my", ""))
    phrase = " ".join(f"{said_verb} {article} {thing}".split())
    parts = [verb, thing] if chance.random() < 0.85 else [thing, verb]
    name = "_".join(parts).replace(" ", "_")
    properties, said = _draw_arguments(words, chance)
    required = [each for each in properties if chance.random() < 0.85]
    description = _described(verb, thing, tail, chance)
    schema: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    ways = {_way_to_ask(phrase, said, required, chance) for _ in range(_WAYS)}
    return OwnTool(ToolDeclaration(name, description, schema), tuple(map(WayToAsk, sorted(ways))))


def _way_to_ask(
    phrase: str, said: Mapping[str, tuple[str, ...]], required: list[str], chance: random.Random
) -> str:
    names = [name for name in said if name in required or chance.random() < 0.5]
    chance.shuffle(names)
    slots = [chance.choice(said[name]).replace("{v}", f"{{{name}}}") for name in names]
    return " ".join((phrase, *slots))


def _described(verb: str, thing: str, tail: str, chance: random.Random) -> str:
    form = chance.choice(("{Verb} the {thing}", "{Verb} the {thing}", "{Verb} {thing}"))
    said = form.format(Verb=verb.capitalize(), thing=thing)
    return f"{said} {tail}".strip() + chance.choice(("", "", "."))


def _draw_arguments(
    words: tuple[str, ...], chance: random.Random
) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[str, ...]]]:
    """Return the schemas of the arguments, by name, and how people say each."""
    properties: dict[str, dict[str, Any]] = {}
    said: dict[str, tuple[str, ...]] = {}
    for _ in range(chance.choices((0, 1, 2), (35, 45, 20))[0]):
        sort = chance.choices((_number, _choice, _text), (50, 38, 12))[0]
        name, schema, ways = sort(words, chance)
        if name not in properties:
            properties[name], said[name] = schema, ways
    return properties, said


_Argument = tuple[str, dict[str, Any], tuple[str, ...]]
_Sort = Callable[[tuple[str, ...], random.Random], _Argument]


def _number(words: tuple[str, ...], chance: random.Random) -> _Argument:
    if chance.random() < 0.15:
        name = chance.choice(words)
        return name, {"type": "integer", "minimum": 0, "maximum": 100}, (
            f"with {name} {{v}}", f"{name} {{v}}", f"{{v}} {name}",
        )  # fmt: skip
    name = chance.choice(list(_NUMBERS))
    low, high, ways = _NUMBERS[name]
    high = chance.choice((high, high, max(low + 1, high // 2)))
    return name, {"type": "integer", "minimum": low, "maximum": high}, ways


def _choice(words: tuple[str, ...], chance: random.Random) -> _Argument:
    name = chance.choice(list(_CHOICES))
    known, ways = _CHOICES[name]
    pool = known if known and chance.random() < 0.6 else words
    values = sorted(chance.sample(pool, min(len(pool), chance.randint(2, 5))))
    return name, {"type": "string", "enum": values}, ways


def _text(_words: tuple[str, ...], chance: random.Random) -> _Argument:
    name = chance.choice(list(_TEXTS))
    return name, {"type": "string"}, _TEXTS[name]
