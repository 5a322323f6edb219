"""What a device last said of itself, and how old that is."""

from dataclasses import dataclass
from datetime import datetime

from edge_agent.home.types import State

LAST_SEEN = "last_seen"
"""The property in which a device may say when it said so, in the words of Zigbee2MQTT."""


@dataclass(frozen=True)
class Report:
    """A state that a device reported, and when it arrived (`time.time`, s).

    `retained` tells that the broker had kept it from before: when the device said it is unknown,
    unless its state holds `last_seen`.
    """

    state: State
    heard_at: float
    retained: bool

    def said_at(self) -> float | None:
        """Return when the device said it (`time.time`); None if unknown."""
        said_at = self._last_seen()
        return self.heard_at if said_at is None and not self.retained else said_at

    def age_s(self, now: float) -> float | None:
        """Return how long before `now` (`time.time`) the device said it; None if unknown."""
        said_at = self.said_at()
        return None if said_at is None else max(0.0, now - said_at)

    def _last_seen(self) -> float | None:
        """Read `last_seen` in either form that Zigbee2MQTT writes: ISO 8601, or ms since 1970."""
        value = self.state.get(LAST_SEEN)
        try:
            if isinstance(value, str):
                return datetime.fromisoformat(value).timestamp()
            return float(value) / 1000 if value is not None else None
        except (ValueError, OverflowError, OSError):
            return None
