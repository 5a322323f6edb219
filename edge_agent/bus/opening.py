"""How a connection is opened: in the version of MQTT that the broker speaks, with its session."""

from collections.abc import Callable
from dataclasses import replace

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.connection import Connection, NotUnderstoodError, Session
from edge_agent.bus.types import Message, Will


class Opener:
    """Opens one connection after another for the same client. One thread at a time.

    MQTT 5 is tried first, and 3.1.1 from then on where the broker does not understand it. A session
    that was asked for is resumed from the second connection on.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        will: Will | None,
        session_s: int,
        *,
        on_message: Callable[[Message], None],
        on_lost: Callable[[Connection], None],
    ) -> None:
        """Take what each connection begins with, and what it calls in its network thread."""
        self.address = address
        self.client_id = client_id
        self.mqtt_5 = address.mqtt_5
        self._will = will
        self._session = Session(session_s)
        self._on_message = on_message
        self._on_lost = on_lost
        self._has_spoken_mqtt_5 = False

    def open(self, timeout_s: float) -> Connection:
        """Return a connection that the broker has accepted. Raises `BusError`."""
        from paho.mqtt.client import MQTTv5, MQTTv311  # noqa: PLC0415 - when first used

        while True:
            connection = Connection(
                self.address,
                self.client_id,
                MQTTv5 if self.mqtt_5 else MQTTv311,
                on_message=self._on_message,
                on_lost=self._on_lost,
                will=self._will,
                session=self._session,
            )
            try:
                connection.open(timeout_s)
            except NotUnderstoodError:
                if not self.mqtt_5 or self._has_spoken_mqtt_5:
                    raise
                self.mqtt_5 = False
            else:
                self._has_spoken_mqtt_5 = self.mqtt_5
                self._session = replace(self._session, resumed=self._session.kept_s > 0)
                return connection
