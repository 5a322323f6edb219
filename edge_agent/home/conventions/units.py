"""From percent, as people say it, to the ranges that devices count in, and back."""

from edge_agent.home.conventions.untrusted import number


def to_percent(value: object, low: float, high: float) -> int | None:
    """Return where `value` lies between `low` (0) and `high` (100), which may be the smaller."""
    found = number(value)
    if found is None or low == high:
        return None
    share = (found - low) / (high - low)
    return round(100 * min(1.0, max(0.0, share)))


def from_percent(percent: float, low: float, high: float) -> int:
    """Return the whole number that lies `percent` of the way from `low` to `high`."""
    return round(low + (high - low) * min(100.0, max(0.0, percent)) / 100)


def brightness_from_percent(percent: float, scale: float) -> int:
    """Return a brightness of 1 to `scale`: a light that shines is never sent 0."""
    return max(1, from_percent(percent, 0, scale))


def to_celsius(value: object, unit: str) -> float | None:
    """Return a temperature in °C; `unit` is °C unless it is, or ends in, F."""
    found = number(value)
    if found is None:
        return None
    return round((found - 32) / 1.8, 1) if unit.strip().upper().endswith("F") else round(found, 2)


def from_celsius(celsius: float, unit: str) -> float:
    """Return a temperature in `unit`, as `to_celsius` understands it."""
    return round(celsius * 1.8 + 32, 1) if unit.strip().upper().endswith("F") else celsius
