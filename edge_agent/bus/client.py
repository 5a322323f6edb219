"""The MQTT client: publish with acknowledgement, subscribe, and stay connected."""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.connection import Connection
from edge_agent.bus.opening import Opener
from edge_agent.bus.reconnecting import Reconnecting
from edge_agent.bus.subscriptions import OnMessage, Subscriptions
from edge_agent.bus.topics import require_filter, require_topic
from edge_agent.bus.types import (
    BusError,
    Message,
    NotAllowedError,
    Receipt,
    UnreachableError,
    Will,
)

_log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
ACKNOWLEDGE_TIMEOUT_S = 5.0
_FILTERS_A_PACKET = 100


class Bus:
    """A client of one broker: MQTT 5, or 3.1.1 where the broker speaks no more than that.

    Callbacks run in the network thread: they must be quick, and must not wait for the bus. When
    the connection breaks, everything that waits for it fails with `BusError`; the bus connects
    again by itself, with growing, jittered pauses, and subscribes anew, but sends nothing again.
    With a session, the broker keeps what is published meanwhile (MQTT 5 only).
    """

    def __init__(
        self, address: BrokerAddress, client_id: str, will: Will | None, session_s: int
    ) -> None:
        """Make a bus without a connection; `connect` is the way to one that has it."""
        self.address = address
        self._lock = threading.Lock()
        self._subscriptions = Subscriptions()
        self._listeners: list[Callable[[bool], None]] = []
        self._online = threading.Event()
        self._connection: Connection | None = None
        self._opener = Opener(
            address,
            client_id,
            will,
            session_s,
            on_message=self._deliver,
            on_lost=self._notice_loss,
        )
        self._reconnecting = Reconnecting(
            self._reconnect, lambda: self.connected, self._suspect_a_namesake
        )

    @classmethod
    def connect(
        cls,
        address: BrokerAddress,
        *,
        client_id: str | None = None,
        will: Will | None = None,
        session_s: int = 0,
        patient: bool = False,
        timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> Self:
        """Connect to the broker at `address`, or raise `BusError` with what stands in the way.

        With `session_s`, which wants a `client_id` of its own, the broker keeps for so long what
        comes while the connection is away. A `patient` bus takes a broker that nobody reaches for
        one that comes later.
        """
        bus = cls(address, client_id or f"edge-agent-{uuid.uuid4().hex[:12]}", will, session_s)
        try:
            bus._connection = bus._opener.open(timeout_s)
            bus._online.set()
        except UnreachableError as error:
            if not patient:
                raise
            _log.warning("%s It is waited for.", error)
            bus._reconnecting.lost()
        bus._reconnecting.start()
        return bus

    def __enter__(self) -> Self:
        """Return the bus itself: it is connected already."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        self.close()

    def close(self) -> None:
        """Disconnect with a goodbye, so that the will stays unpublished, and stop the threads."""
        self._reconnecting.close()
        if self._connection is not None:
            self._connection.close()

    @property
    def connected(self) -> bool:
        """Tell whether there is a connection now."""
        connection = self._connection
        return connection is not None and connection.alive

    @property
    def speaks_mqtt_5(self) -> bool:
        """Tell whether the broker does, as far as is known."""
        return self._opener.mqtt_5

    @property
    def client_id(self) -> str:
        """Return the name by which the broker knows this client."""
        return self._opener.client_id

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait for a connection; tell whether there was one in time."""
        return self._online.wait(timeout_s)

    def publish(
        self,
        topic: str,
        payload: bytes | str,
        *,
        retain: bool = False,
        qos: int = 1,
        expiry_s: float | None = None,
        identity: str | None = None,
        timeout_s: float = ACKNOWLEDGE_TIMEOUT_S,
    ) -> Receipt:
        """Publish and return when the broker has acknowledged; see `send`."""
        sent = self.send(
            topic, payload, retain=retain, qos=qos, expiry_s=expiry_s, identity=identity
        )
        try:
            return sent.result(timeout_s)
        except TimeoutError:
            raise BusError(
                f"The broker at {self.address} did not acknowledge within {timeout_s:g} s."
            ) from None

    def send(
        self,
        topic: str,
        payload: bytes | str,
        *,
        retain: bool = False,
        qos: int = 1,
        expiry_s: float | None = None,
        identity: str | None = None,
        answer_to: str | None = None,
    ) -> Future[Receipt]:
        """Hand a message to the broker, and return what its receipt will settle.

        `qos` is 0 (at most once, no receipt but that it was written), 1 (at least once) or 2.

        The broker drops the message if it cannot pass it on within `expiry_s`; `identity` travels
        as correlation data, so that a receiver knows a repeated message for what it is, and
        `answer_to` is the topic for an answer. All three need MQTT 5, and are left out where the
        broker speaks less.

        Raises `BusError` at once if there is no connection. The future fails with
        `NotAllowedError` if the broker refuses, with another `BusError` if the connection breaks
        first. Nothing is kept to be sent later.
        """
        require_topic(topic)
        data = payload.encode() if isinstance(payload, str) else payload
        return self._require_connection().publish(
            topic,
            data,
            retain=retain,
            qos=qos,
            expiry_s=expiry_s,
            identity=identity,
            answer_to=answer_to,
        )

    def subscribe(
        self,
        topic_filter: str,
        on_message: OnMessage,
        *,
        timeout_s: float = ACKNOWLEDGE_TIMEOUT_S,
    ) -> None:
        """Have `on_message` called for every message on `topic_filter`, retained ones first.

        Returns when the broker has agreed, or at once where there is no connection: then it is
        asked as soon as there is one. Raises `NotAllowedError` if it refuses.
        """
        require_filter(topic_filter)
        with self._lock:
            self._subscriptions.add(topic_filter, on_message)
        connection = self._connection
        if connection is None or not connection.alive:
            return
        try:
            connection.subscribe([topic_filter]).result(timeout_s)
        except NotAllowedError:
            with self._lock:
                self._subscriptions.remove(topic_filter, on_message)
            raise
        except (BusError, TimeoutError) as error:
            _log.info("%s is subscribed to later: %s", topic_filter, error or "no answer")

    def on_connection(self, listener: Callable[[bool], None]) -> None:
        """Have `listener` called with False when the connection is lost, True when it is back."""
        with self._lock:
            self._listeners.append(listener)

    def _require_connection(self) -> Connection:
        connection = self._connection
        if connection is None or not connection.alive:
            raise BusError(f"There is no connection to the broker at {self.address} now.")
        return connection

    def _deliver(self, message: Message) -> None:
        with self._lock:
            wanted = self._subscriptions.for_topic(message.topic)
        for on_message in wanted:
            try:
                on_message(message)
            except Exception:
                _log.exception("A message on %s could not be dealt with", message.topic)

    def _notice_loss(self, connection: Connection) -> None:
        if connection is self._connection:
            self._online.clear()
        self._reconnecting.lost()
        if connection is self._connection and not self._reconnecting.closing:
            self._tell(connected=False)

    def _tell(self, *, connected: bool) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(connected)

    def _suspect_a_namesake(self) -> None:
        _log.warning(
            "The connection to the broker at %s breaks as soon as it is made: is there another"
            " client named '%s'? Give each agent a `node` of its own.",
            self.address,
            self.client_id,
        )

    def _reconnect(self) -> None:
        connection = self._opener.open(CONNECT_TIMEOUT_S)
        first = self._connection is None
        with self._lock:
            filters = self._subscriptions.filters
        try:
            for packet in batched(filters, _FILTERS_A_PACKET):
                self._subscribe_again(connection, packet)
        except (BusError, TimeoutError):
            connection.close()
            raise
        self._connection = connection
        with self._lock:
            late = set(self._subscriptions.filters) - set(filters)
        for topic_filter in late:
            self._subscribe_again(connection, (topic_filter,))
        self._online.set()
        _log.info("Connected to the broker at %s%s", self.address, "" if first else " again")
        self._tell(connected=True)

    def _subscribe_again(self, connection: Connection, filters: tuple[str, ...]) -> None:
        try:
            connection.subscribe(filters).result(ACKNOWLEDGE_TIMEOUT_S)
        except NotAllowedError as error:
            _log.warning("Not all of %s can be heard: %s", ", ".join(filters), error)


def batched(items: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    """Return `items` in pieces of `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
