"""What packets of MQTT 5 carry beyond topic and payload, in the words of the library."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paho.mqtt.properties import Properties

_NOT_RETAINED = 2
"""Retain handling of a subscription that wants what comes, and nothing that was kept."""


def greeting(session_s: int, *, resumed: bool) -> dict[str, Any]:
    """Return how a session is asked for that is kept `session_s` (s), a new one or the old one."""
    properties = _properties("CONNECT")
    if session_s:
        properties.SessionExpiryInterval = session_s
    return {"clean_start": not resumed, "properties": properties}


def publication(
    expiry_s: float | None, identity: str | None, answer_to: str | None
) -> "Properties":
    """Return the expiry, the correlation data and the response topic of a message."""
    properties = _properties("PUBLISH")
    if expiry_s is not None:
        properties.MessageExpiryInterval = max(1, math.ceil(expiry_s))
    if identity is not None:
        properties.CorrelationData = identity.encode()
    if answer_to is not None:
        properties.ResponseTopic = answer_to
    return properties


def subscriptions(topic_filter: str, *, mqtt_5: bool) -> list[tuple[str, Any]]:
    """Return how `topic_filter` is asked for: at QoS 1, what a wildcard has retained at QoS 0.

    A broker keeps only so many messages of a higher QoS in a queue (mosquitto 1,000), and drops the
    rest of a large home. MQTT 3.1.1 cannot tell the two apart, so that there a wildcard has QoS 0
    for all.
    """
    wild = "+" in topic_filter or "#" in topic_filter
    if not mqtt_5:
        return [(topic_filter, 0 if wild else 1)]
    from paho.mqtt.subscribeoptions import SubscribeOptions  # noqa: PLC0415 - when first used

    live = (topic_filter, SubscribeOptions(qos=1, retainHandling=_NOT_RETAINED))
    first = (topic_filter, SubscribeOptions(qos=0))
    return [first, live] if wild else [(topic_filter, SubscribeOptions(qos=1))]


def _properties(packet: str) -> "Properties":
    from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415 - when first used
    from paho.mqtt.properties import Properties  # noqa: PLC0415 - when first used

    return Properties(getattr(PacketTypes, packet))  # type: ignore[no-untyped-call]  # paho's
