"""What was just spoken of: the last request and its calls, for as long as one may say "it"."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from edge_agent.model.types import Exchange, ToolCall

VALID_S = 60.0
"""How long after a request another may refer to it."""


@dataclass(frozen=True)
class _Kept:
    exchange: Exchange
    request: str
    at: float


class Recollection:
    """Keeps the last exchange of each source. One thread at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without any."""
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def keep(self, source: str, exchange: Exchange, request: str = "") -> None:
        """Remember what was said over `source`, as part of a `request` that may still go on."""
        self._kept[source] = _Kept(exchange, request, self._clock())

    def decided(self, source: str, calls: tuple[ToolCall, ...]) -> None:
        """Remember what came of the last request once a person had answered a question about it."""
        kept = self._kept.get(source)
        if kept is not None:
            exchange = replace(kept.exchange, calls=calls)
            self._kept[source] = replace(kept, exchange=exchange, at=self._clock())

    def before(self, source: str, request: str = "") -> Exchange | None:
        """Return what may be referred to over `source`: not the beginning of the same request."""
        kept = self._kept.get(source)
        if kept is None or self._clock() - kept.at > VALID_S:
            return None
        same = bool(request) and kept.request == request
        return kept.exchange if kept.exchange.calls and not same else None
