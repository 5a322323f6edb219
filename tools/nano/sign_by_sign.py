"""Comparing two numbers as people do on paper: sign by sign, until two differ.

A small decoder cannot tell in one step whether 80 is more than 25; it can tell it of two digits.
"""

SAME, OVER, UNDER = "same", "over", "under"


def sign_by_sign(there: str, claimed: str) -> str:
    """Return the steps in words: `0 0 same. 8 2 over.` for 080 and 025.

    The last step says how it is. Of numbers of different lengths the shorter gets zeros in front.
    """
    length = max(len(there), len(claimed))
    steps = []
    for one, other in zip(there.zfill(length), claimed.zfill(length), strict=True):
        outcome = SAME if one == other else OVER if one > other else UNDER
        steps.append(f"{one} {other} {outcome}.")
        if outcome != SAME:
            break
    return " ".join(steps)
