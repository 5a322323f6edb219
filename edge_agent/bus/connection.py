"""One MQTT connection, from its CONNECT to its end. It is never taken up again.

A connection that broke is replaced by a new one, not resumed: what the broker had not acknowledged
by then has failed for good, and is never delivered late behind its sender's back.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge_agent.bus.acknowledgements import Acknowledgements, settle
from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.complaints import hung_up, not_let_in, unreachable
from edge_agent.bus.packets import greeting, publication, subscriptions
from edge_agent.bus.tls import explained
from edge_agent.bus.types import (
    BusError,
    Message,
    NotAllowedError,
    Receipt,
    UnreachableError,
    Will,
)

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage
    from paho.mqtt.enums import MQTTProtocolVersion
    from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 15
_QUICK: int | None = getattr(socket, "TCP_QUICKACK", None)
_USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
_UNDELIVERED_MS = 10_000
_PROTOCOL_NOT_SUPPORTED = 132
_WHO_ARE_YOU = {134, 135}
_NOT_AUTHORISED = 135
_NO_MATCHING_SUBSCRIBERS = 16


@dataclass(frozen=True)
class Session:
    """What the broker keeps for a client that is away, and whether it is asked for it now.

    `kept_s` is for how long, in seconds. MQTT 3.1.1 cannot say that, and has no session here.
    """

    kept_s: int = 0
    resumed: bool = False


NO_SESSION = Session()


class NotUnderstoodError(UnreachableError):
    """The broker did not answer as one that speaks the version of MQTT it was greeted in."""


class Connection:
    """A connection to a broker, with its own network thread, in which the callbacks run.

    What is asked of the broker is answered by a `Future`: its `Receipt`, or `NotAllowedError` when
    it said no, or another `BusError` when the connection ended first.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        protocol: "MQTTProtocolVersion",
        *,
        on_message: Callable[[Message], None],
        on_lost: Callable[["Connection"], None],
        will: Will | None = None,
        session: Session = NO_SESSION,
    ) -> None:
        """Prepare a connection that calls `on_message` for all that arrives; `open` makes it."""
        self.address = address
        self._session = session
        self._opened: Future[None] = Future()
        self._answers: Acknowledgements[Receipt] = Acknowledgements()
        self._on_message = on_message
        self._on_lost = on_lost
        self._client = self._make_client(client_id, protocol, will)

    def _make_client(
        self, client_id: str, protocol: "MQTTProtocolVersion", will: Will | None
    ) -> "Client":
        from paho.mqtt.client import Client  # noqa: PLC0415 - when first used
        from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415 - when first used

        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            protocol=protocol,
            reconnect_on_failure=False,
        )
        if self.address.tls is not None:
            client.tls_set_context(self.address.tls.context())
        if self.address.user is not None:
            client.username_pw_set(self.address.user, self.address.password)
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=True)
        client.on_socket_open = _send_at_once
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_publish = self._acknowledged
        client.on_subscribe = self._subscribed
        client.on_message = self._arrived
        return client

    @property
    def alive(self) -> bool:
        """Tell whether the broker has accepted the connection and it has not ended."""
        return self._opened.done() and not self._answers.ended

    @property
    def speaks_mqtt_5(self) -> bool:
        """Tell whether messages can carry an expiry and an identity."""
        from paho.mqtt.client import MQTTv5  # noqa: PLC0415 - when first used

        return bool(self._client.protocol == MQTTv5)

    def open(self, timeout_s: float) -> None:
        """Connect and wait for the broker's yes.

        Raises `NotUnderstoodError` or another `BusError`; the connection has then ended.
        """
        self._client.connect_timeout = timeout_s
        try:
            session = self._session
            wanted = greeting(session.kept_s, resumed=session.resumed) if self.speaks_mqtt_5 else {}
            self._client.connect(self.address.host, self.address.port, KEEPALIVE_S, **wanted)
            self._client.loop_start()
            self._greeted(timeout_s)
        except BusError:
            self._end()
            raise
        except ssl.SSLError as error:
            self._end()
            raise BusError(explained(self.address, error)) from error
        except (OSError, ValueError) as error:
            self._end()
            raise UnreachableError(unreachable(self.address, error, timeout_s)) from error

    def _greeted(self, timeout_s: float) -> None:
        try:
            self._opened.result(timeout_s)
        except TimeoutError as error:
            raise NotUnderstoodError(
                f"{self.address} is open, but did not answer within {timeout_s:g} s: "
                "is it an MQTT broker?"
            ) from error

    def close(self) -> None:
        """Say goodbye and stop the network thread; the will is not published."""
        self._client.disconnect()
        self._end()

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool,
        qos: int,
        expiry_s: float | None,
        identity: str | None,
        answer_to: str | None,
    ) -> Future[Receipt]:
        """Send a message."""
        mqtt_5 = self.speaks_mqtt_5
        properties = publication(expiry_s, identity, answer_to) if mqtt_5 else None
        return self._ask(
            lambda: self._client.publish(topic, payload, qos, retain, properties),
            f"publish on {topic}",
        )

    def subscribe(self, filters: Sequence[str]) -> Future[Receipt]:
        """Ask for all that is published on `filters`, in one packet; see `subscriptions`."""
        mqtt_5 = self.speaks_mqtt_5
        asked = [it for wanted in filters for it in subscriptions(wanted, mqtt_5=mqtt_5)]
        return self._ask(lambda: self._client.subscribe(asked), f"subscribe to {filters[0]}")

    def _ask(self, send: Callable[[], Any], what: str) -> Future[Receipt]:
        try:
            sent = send()
        except ValueError as error:
            raise BusError(f"Cannot {what}: {error}.") from error
        code, number = (sent[0], sent[1]) if isinstance(sent, tuple) else (sent.rc, sent.mid)
        if code != 0:
            self._answers.end(self._lost())
        return self._answers.of(number)

    def _end(self) -> None:
        self._answers.end(self._lost())
        self._client.loop_stop()

    def _lost(self) -> BusError:
        return BusError(f"The connection to the broker at {self.address} was lost.")

    # Called by paho in the network thread.

    def _connected(
        self, _client: object, _data: object, _flags: object, code: "ReasonCode", _props: object
    ) -> None:
        if not code.is_failure:
            settle(self._opened, None)
        elif code.value == _PROTOCOL_NOT_SUPPORTED:
            settle(self._opened, NotUnderstoodError(f"{self.address}: {code}"))
        elif code.value in _WHO_ARE_YOU:
            settle(self._opened, BusError(not_let_in(self.address)))
        else:
            refusal = f"The broker at {self.address} refused the connection: {code}."
            settle(self._opened, BusError(refusal))

    def _disconnected(
        self, _client: object, _data: object, _flags: object, code: "ReasonCode", _props: object
    ) -> None:
        settle(self._opened, NotUnderstoodError(hung_up(self.address, code)))
        self._answers.end(self._lost())
        self._on_lost(self)

    def _acknowledged(
        self, _client: object, _data: object, number: int, code: "ReasonCode", _props: object
    ) -> None:
        self._hurry()
        self._answers.arrived(number, self._receipt("publish", code))

    def _subscribed(
        self,
        _client: object,
        _data: object,
        number: int,
        codes: "list[ReasonCode]",
        _props: object,
    ) -> None:
        refused = next((code for code in codes if code.is_failure), codes[0])
        self._answers.arrived(number, self._receipt("subscribe", refused))

    def _receipt(self, what: str, code: "ReasonCode") -> Receipt | BusError:
        if not code.is_failure:
            return Receipt(time.monotonic(), code.value == _NO_MATCHING_SUBSCRIBERS)
        if code.value == _NOT_AUTHORISED:
            return NotAllowedError(
                f"The broker at {self.address} does not allow to {what} there (not authorised): "
                "check its access list."
            )
        return NotAllowedError(f"The broker at {self.address} refused to {what}: {code}.")

    def _hurry(self) -> None:
        """Have the system confirm to the broker's system at once that this packet came.

        A broker that leaves Nagle's algorithm on, as mosquitto does unless told otherwise, holds
        back its next small packet until then, which on Linux is up to 40 ms. The option holds for
        one packet only.
        """
        connected = self._client.socket()
        if _QUICK is not None and isinstance(connected, socket.socket):
            connected.setsockopt(socket.IPPROTO_TCP, _QUICK, 1)

    def _arrived(self, _client: object, _data: object, message: "MQTTMessage") -> None:
        self._hurry()
        correlation = getattr(message.properties, "CorrelationData", None)
        identity = correlation.decode(errors="replace") if correlation is not None else None
        self._on_message(
            Message(
                message.topic,
                bytes(message.payload),
                bool(message.retain),
                identity,
                getattr(message.properties, "ResponseTopic", None),
                time.monotonic(),
            )
        )


def _send_at_once(_client: object, _data: object, sock: object) -> None:
    """Have small packets leave at once, or never.

    Nagle's algorithm would hold them back for up to 40 ms. And what the other side has not
    acknowledged for `_UNDELIVERED_MS` ends the connection: a command that got stuck in a cable that
    was pulled must not arrive when it is put in again.
    """
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if _USER_TIMEOUT is not None:
            sock.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, _UNDELIVERED_MS)
