"""A small home for the tools to act on."""

import pytest

from edge_agent.home.types import Capability, Device, Kind


def device(id_: str, name: str, kind: Kind, *can: Capability) -> Device:
    return Device(id_, name, "house", kind, frozenset(can))


DEVICES = (
    device(
        "lamp",
        "kitchen light",
        Kind.LIGHT,
        Capability.ON_OFF,
        Capability.BRIGHTNESS,
        Capability.COLOR,
    ),
    device("fan", "fan", Kind.FAN, Capability.ON_OFF, Capability.SPEED),
    device("door", "front door", Kind.LOCK, Capability.LOCK),
    device("blinds", "blinds", Kind.COVER, Capability.POSITION),
    device("heating", "heating", Kind.CLIMATE, Capability.TEMPERATURE),
    device("radio", "Anna's radio", Kind.MEDIA_PLAYER, Capability.VOLUME, Capability.PLAYBACK),
    device("porch", "porch thermometer", Kind.SENSOR, Capability.STATE),
    device("movie", "movie night", Kind.SCENE),
)


@pytest.fixture
def home() -> dict[str, Device]:
    """Return devices of every sort, by id."""
    return {it.id: it for it in DEVICES}
