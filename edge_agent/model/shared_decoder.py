"""One decoder for several sessions: whose turn it is, and whose rows are in the cache."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Protocol

from edge_agent.model.decoder import Decoder
from edge_agent.model.errors import ModelError
from edge_agent.model.kv_cache import KVCache


class CacheUser(Protocol):
    """What keeps rows in the cache from turn to turn."""

    def set_aside(self, cache: KVCache) -> None:
        """Copy what is needed out of `cache`: another is about to use it."""

    def bring_back(self, cache: KVCache) -> None:
        """Put into `cache` what was there when it was set aside."""


class SharedDecoder:
    """Lends the decoder to one user at a time."""

    def __init__(self, decoder: Decoder) -> None:
        """Share `decoder`, whose cache holds nothing yet."""
        self._decoder = decoder
        self._turn = Lock()
        self._thread: int | None = None
        self._resident: CacheUser | None = None
        self._closed = False

    @property
    def context(self) -> int:
        """Return how many tokens the decoder's cache holds."""
        return self._decoder.cache.context

    @contextmanager
    def lend(self, user: CacheUser) -> Iterator[Decoder]:
        """Wait for the decoder and hold it, with the user's rows in place.

        Raises `ModelError` if the engine is closed, or if this thread holds it already: a stream
        that was not read to its end keeps it until it is closed.
        """
        if self._thread == get_ident():
            raise ModelError("the turn before is not finished: read its stream to the end first")
        with self._turn:
            if self._closed:
                raise ModelError("the engine is closed")
            self._thread = get_ident()
            try:
                self._bring_in(user)
                yield self._decoder
            finally:
                self._thread = None

    def close(self) -> None:
        """Lend the decoder no more, once the turn that another thread has is over."""
        if self._thread == get_ident():  # a stream that was left unread
            self._closed = True
            return
        with self._turn:
            self._closed = True

    def _bring_in(self, user: CacheUser) -> None:
        if self._resident is user:
            return
        cache = self._decoder.cache
        if self._resident is not None:
            self._resident.set_aside(cache)
        self._resident = None
        user.bring_back(cache)
        self._resident = user
