"""The embedded broker: amqtt inside this process, for a home without a broker of its own.

It speaks MQTT 3.1.1, listens on the loopback interface alone, keeps nothing on disk, and is meant
for trying things out and for tests. A home that matters has mosquitto.
"""

import asyncio
import logging
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.types import BusError

if TYPE_CHECKING:
    from amqtt.broker import Broker  # type: ignore[import-untyped]  # it has no stubs

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
_START_TIMEOUT_S = 10.0


class EmbeddedBroker:
    """A broker in a thread of its own: `with EmbeddedBroker() as broker: … broker.address`."""

    def __init__(self, port: int = 0) -> None:
        """Make a broker for `port`, or for any free port; `start` starts it."""
        self._port = port
        self._ready: Future[int] = Future()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="embedded-broker", daemon=True)

    @property
    def address(self) -> BrokerAddress:
        """Where it listens; the port is a free one unless one was asked for."""
        return BrokerAddress(HOST, self._ready.result(_START_TIMEOUT_S), mqtt_5=False)

    def start(self) -> Self:
        """Start it, and return when it listens. Raises `BusError` if it cannot."""
        self._thread.start()
        try:
            self._ready.result(_START_TIMEOUT_S)
        except (OSError, TimeoutError) as error:
            raise BusError(f"The embedded broker could not start: {error}.") from error
        return self

    def stop(self) -> None:
        """Close all connections and wait for the thread to end."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        """Start it."""
        return self.start()

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            if not self._ready.done():
                self._ready.set_exception(OSError(str(error)))

    async def _serve(self) -> None:
        from amqtt.broker import Broker  # noqa: PLC0415 - heavy, and only for this broker

        for noisy in ("amqtt", "transitions"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_note)
        self._stop = asyncio.Event()
        broker = Broker(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{self._port}"}},
                "plugins": {
                    "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
                },
            }
        )
        await broker.start()
        self._ready.set_result(_port_of(broker))
        await self._stop.wait()
        await broker.shutdown()


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note what went wrong with one client; asyncio would print it on standard error."""
    _log.debug("Embedded broker: %s", context.get("exception") or context["message"])


def _port_of(broker: "Broker") -> int:
    """Return the port that the system chose; amqtt has no public way to it."""
    server = broker._servers["default"].instance
    port: int = server.sockets[0].getsockname()[1]
    return port
