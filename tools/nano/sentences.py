"""How people ask for each tool: sentences to train on, and others that are for testing only."""

import random
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tools.nano.names import Words

Sentences = Mapping[str, tuple[str, ...]]
"""Sentences by the heading that they stand under: the name of a tool, mostly."""

NOT_FOR_THE_HOUSE = "not for the house"
ON_OR_OFF = "state of what is on or off"

_BETWEEN = (
    " and ", " and ", " and ", " and then ", " and also ", ", ", ", and ", " then ", " plus ",
    ", then ", " after that ", " and after that ", " also ", " and afterwards ",
    " and while you are at it ", " and at the same time ", ". ", ", and then ",
)  # fmt: skip
CITIES = (
    "Paris", "London", "Tokyo", "Berlin", "Madrid", "Cairo", "Sydney", "Toronto", "Boston",
    "Chicago", "Delhi", "Lima", "Oslo", "Rome", "Vienna", "Dublin", "Lisbon", "Warsaw", "Athens",
    "Moscow",
)  # fmt: skip
FOODS = (
    "bread", "rice", "soup", "pasta", "cheese", "apples", "cake", "butter", "coffee", "salad",
    "fish", "chicken", "eggs", "milk", "pizza", "potatoes", "chocolate", "beans", "ice cream",
    "tomatoes", "honey", "pancakes", "tea", "bananas", "noodles", "sugar", "onions", "cookies",
    "lemonade", "orange juice", "lasagna", "curry", "strawberries", "popcorn", "cereal",
)  # fmt: skip
ANIMALS = (
    "dog", "cat", "horse", "rabbit", "bird", "fox", "elephant", "spider", "snake", "turtle",
    "hamster", "goat", "cow", "sheep", "bear", "parrot", "duck", "frog", "tiger", "whale",
    "penguin", "monkey", "pig", "bee", "lion", "giraffe", "shark", "owl", "squirrel",
)  # fmt: skip
JOBS = (
    "doctor", "dentist", "bakery", "plumber", "teacher", "wedding", "concert", "library",
    "hospital", "police", "president", "farmer", "singer", "lawyer", "restaurant", "hairdresser",
    "meeting", "museum", "post office", "engineer", "interview", "party", "pharmacy", "nurse",
    "painter", "football club", "bank", "cinema", "supermarket", "electrician", "church",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

FILMS = (
    "titanic", "frozen", "casablanca", "jaws", "the godfather", "star wars", "king kong", "cabaret",
    "toy story", "the jungle book", "peter pan", "the lion king", "psycho", "gandhi", "rocky",
)  # fmt: skip
SPORTS = (
    "football", "tennis", "basketball", "hockey", "golf", "baseball", "volleyball", "swimming",
    "boxing", "rugby", "cricket", "badminton", "skiing", "cycling", "chess", "karate", "bowling",
)  # fmt: skip
MUSICIANS = (
    "Mozart", "Beethoven", "Queen", "Abba", "Elvis", "Bach", "Adele", "Madonna", "Prince",
    "Vivaldi", "Coldplay", "Bob Dylan", "Miles Davis", "Chopin", "Nirvana", "Taylor Swift",
)  # fmt: skip
SUBJECTS = (
    "maths", "history", "biology", "physics", "geography", "english", "latin", "chemistry", "art",
    "spelling", "french", "algebra", "german", "economics", "music theory", "spanish",
)  # fmt: skip
CLOTHES = (
    "coat", "shirt", "jacket", "dress", "hat", "scarf", "sweater", "suit", "tie", "raincoat",
    "skirt", "uniform", "jumper", "blouse", "backpack", "wallet", "umbrella", "phone", "bicycle",
)  # fmt: skip
CHORES = (
    "do the laundry", "mow the lawn", "take out the trash", "feed the fish", "pay the bills",
    "call the bank", "book the flight", "buy a present", "iron my shirt", "walk the dog",
    "water the roses", "return the books", "see the dentist", "renew my passport", "vacuum",
    "bake a cake", "change the sheets", "pack my bag", "wash the car", "pick up the kids",
    "empty the dishwasher", "send the invoice", "take my pills", "sign the form", "buy stamps",
)  # fmt: skip
TIMES = (
    "five minutes", "ten minutes", "half an hour", "an hour", "two hours", "twenty minutes",
    "ninety seconds", "three days", "a week", "a month", "forty five minutes", "six weeks",
)  # fmt: skip
CLOCK = (
    "six", "seven", "half past eight", "noon", "midnight", "quarter to nine", "ten thirty",
    "five o'clock", "eleven", "three in the afternoon", "six thirty", "twenty past four",
)  # fmt: skip
COUNTRIES = (
    "France", "Japan", "Brazil", "Egypt", "Canada", "Italy", "Spain", "Kenya", "India", "Norway",
    "Mexico", "Peru", "Poland", "Greece", "China", "Australia", "Ireland", "Turkey", "Chile",
)  # fmt: skip
NUMBERS = (
    "two", "three", "five", "seven", "nine", "twelve", "fifteen", "twenty", "thirty one", "forty",
    "sixty four", "eighty", "ninety nine", "a hundred", "a thousand", "a million",
)  # fmt: skip

OURS = (
    "my {clothes}", "my {clothes}", "{owner}'s {clothes}", "your {clothes}",
    "the {animal}", "the car", "the laundry", "the homework", "the letter", "the parcel",
    "the present for {owner}", "my hair", "the ticket to {city}", "the cake for {day}", "the dog",
    "the baby", "the suitcase", "my passport", "the invoice", "my essay",
)  # fmt: skip


def training_sentences() -> Sentences:
    """Return the sentences to train on."""
    return _read("sentences_training.txt")


def test_sentences() -> Sentences:
    """Return the sentences to test with; none of them is trained on."""
    return _read("sentences_test.txt")


def plain_sentences() -> Sentences:
    """Return sentences to test with that training has, or composes, too."""
    return _read("sentences_plain.txt")


@cache
def _read(name: str) -> Sentences:
    return read_lines(Path(__file__).with_name(name))


def read_lines(path: Path) -> Sentences:
    """Read a file of lines under headings in square brackets; `#` begins a comment."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return {heading: tuple(said) for heading, said in found.items()}


def fill(said: str, words: Words, chance: random.Random) -> str:
    """Put words into the slots of a sentence that asks the house for nothing."""
    choices = {
        "D": OURS, "d": OURS, "city": CITIES, "day": DAYS, "thing": words.things,
        "room": words.rooms, "owner": words.owners, "quality": words.qualities, "food": FOODS,
        "animal": ANIMALS, "job": JOBS, "film": FILMS, "sport": SPORTS, "musician": MUSICIANS,
        "subject": SUBJECTS, "clothes": CLOTHES, "chore": CHORES, "while": TIMES, "clock": CLOCK,
        "country": COUNTRIES, "number": NUMBERS,
    }  # fmt: skip
    for slot, values in choices.items():
        while f"{{{slot}}}" in said:
            said = said.replace(f"{{{slot}}}", chance.choice(values), 1)
    return mended(said)


def followed_by(said: str, more: str, chance: random.Random) -> str:
    """Say one request after another; an "and" of its own is not said twice."""
    said += chance.choice(_BETWEEN)
    return said + (more.removeprefix("and ") if said.endswith("and ") else more)


def mended(said: str) -> str:
    """Mend what does not go together once the slots are filled."""
    said = re.sub(r"\b([Aa]) (?=[aeio]|u(?!ni))", r"\1n ", said)
    said = re.sub(r"\b(are|were) them\b", r"\1 they", said)
    said = re.sub(r"\bthem (are|were|has|have|needs?|gets?)\b", r"they \1", said)
    return said.replace(" mode mode", " mode").replace("sheeps", "sheep")
