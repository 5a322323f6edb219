"""The home file and the broker."""

from pathlib import Path

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import AddressError, BusError
from edge_agent.doctor.types import Finding, bad, good
from edge_agent.home.home_file import HomeFileError, load_home


def check_home(path: Path | None) -> Finding:
    """Read the home file."""
    if path is None:
        return good(
            "home", "no file given: devices are found on the broker; without one, the demo home"
        )
    try:
        devices = load_home(path).devices
    except HomeFileError as error:
        return bad(
            "home", str(error), "Mend that line: docs/home-file.md says what may stand there."
        )
    return good("home", f"{path}: {len(devices)} devices")


def check_broker(broker: str | None) -> Finding:
    """Connect to the broker, as the agent would, and leave again."""
    if broker is None:
        return good("broker", "none given: an embedded one")
    try:
        address = BrokerAddress.parse(broker)
    except AddressError as error:
        return bad("broker", str(error), "Correct it in the agent's settings.")
    try:
        Bus.connect(address).close()
    except BusError as error:
        return bad(
            "broker",
            str(error),
            "See that it runs, that no firewall stands between, that user and password are right."
            " For a broker on this machine: sudo apt install mosquitto.",
        )
    return good("broker", f"{address} answers")
