"""A text in the pieces that are spoken one after another."""

import re

_LONGEST = 240
"""Characters: a longer sentence is broken at a comma or a space, so that speech begins soon."""

_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_ABBREVIATIONS = ("Mr.", "Mrs.", "Ms.", "Dr.", "St.", "No.", "e.g.", "i.e.", "approx.")


def sentences_of(text: str) -> tuple[str, ...]:
    """Split a text into sentences, without splitting at common abbreviations."""
    sentences: list[str] = []
    begun = ""
    for piece in _END.split(text):
        begun = f"{begun} {piece.strip()}".strip()
        if begun and not begun.endswith(_ABBREVIATIONS):
            sentences += _short_enough(begun)
            begun = ""
    return (*sentences, *_short_enough(begun))


def _short_enough(sentence: str) -> list[str]:
    pieces: list[str] = []
    while len(sentence) > _LONGEST:
        at = max(sentence.rfind(", ", 0, _LONGEST) + 1, 0) or sentence.rfind(" ", 0, _LONGEST)
        at = at if at > 0 else _LONGEST
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*pieces, sentence] if sentence else pieces
