"""A Wyoming server, with asyncio in a thread of its own.

Wyoming knows neither passwords nor encryption, so it listens on loopback unless told otherwise;
in Home Assistant, add the integration "Wyoming Protocol" with this host and port.
"""

import asyncio
import threading
from typing import TYPE_CHECKING, Self

from edge_agent.senses.types import SoundError
from edge_agent.senses.wyoming.answers import Ask, Replies
from edge_agent.senses.wyoming.conversation import Conversation
from edge_agent.senses.wyoming.wire import LONGEST_LINE_BYTES

if TYPE_CHECKING:
    from wyoming.event import Event

DEFAULT_PORT = 10_300
"""The port that Wyoming's speech-to-text servers use."""

_MOST_CLIENTS = 8


class WyomingServer:
    """Serves from entering it as a context until leaving. `port` 0 takes a free one."""

    def __init__(self, ask: Ask, host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
        """Hand what clients ask to `ask`, which must not wait."""
        self.port = port
        self._host = host
        self._ask = ask
        self._replies = Replies()
        self._clients: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wyoming", daemon=True)

    def __enter__(self) -> Self:
        """Open the port. Raises `SoundError`."""
        self._thread.start()
        try:
            self._server = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        except OSError as error:
            self._end_loop()
            raise SoundError(
                f"The Wyoming server cannot listen on {self._host}:{self.port} "
                f"({error.strerror}): another program may have that port."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        """Let every client go, and close the port."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._end_loop()

    async def _open(self) -> asyncio.Server:
        server = await asyncio.start_server(
            self._converse, self._host, self.port, limit=LONGEST_LINE_BYTES
        )
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._clients) >= _MOST_CLIENTS:
            writer.close()
            return
        self._clients.add(task)
        try:
            await Conversation(reader, writer, self._ask, self._replies, _described()).run()
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client left, or the server ends: both are the end of this conversation
        finally:
            self._clients.discard(task)
            writer.close()

    async def _close(self) -> None:
        self._server.close()
        clients = list(self._clients)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _described() -> "Event":
    """Say what this server does: it turns speech into words, and words into deeds."""
    from wyoming.event import Event  # noqa: PLC0415 - only where a server runs

    hears = _program("Hears a request and does it")
    handles = {**_program("Does what is asked and replies"), "supports_home_control": True}
    return Event("info", {"asr": [hears], "handle": [handles]})


def _program(description: str) -> dict[str, object]:
    about: dict[str, object] = {
        "name": "edge-agent",
        "attribution": {"name": "edge-agent", "url": ""},
        "installed": True,
        "description": description,
        "version": None,
    }
    return {**about, "models": [{**about, "languages": ["en"]}]}
