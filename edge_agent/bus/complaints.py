"""What stands in the way of a connection, each in a sentence that says what to do."""

import socket

from edge_agent.bus.address import BrokerAddress


def unreachable(address: BrokerAddress, error: OSError | ValueError, timeout_s: float) -> str:
    """Say why nobody answered."""
    match error:
        case socket.gaierror():
            return f"There is no host named {address.host}: check the broker's name."
        case ConnectionRefusedError():
            return f"No broker listens at {address}: start it, or correct the address."
        case ConnectionResetError():
            return f"{address} hung up: does it speak MQTT, and TLS where it is asked to?"
        case TimeoutError():
            return (
                f"The broker at {address} did not answer within {timeout_s:g} s: "
                "check the address and the network."
            )
    return f"The broker at {address} cannot be reached: {error}."


def not_let_in(address: BrokerAddress) -> str:
    """Say what a broker wants to know that asks who is there."""
    if address.user is None:
        return (
            f"The broker at {address} wants a user and a password: "
            f"give them as mqtt://USER:PASSWORD@{address}."
        )
    return (
        f"The broker at {address} does not let user '{address.user}' in: "
        "check the user and the password."
    )


def hung_up(address: BrokerAddress, reason: object) -> str:
    """Say what may be wrong with one who hangs up at the greeting."""
    if address.tls is None:
        suspicion = "is it an MQTT broker, and not one that wants TLS (mqtts://)?"
    elif address.tls.certificate is None:
        suspicion = (
            "does it want a client certificate? Name one with `broker_tls: certificate, key`."
        )
    else:
        suspicion = "does it know the authority of this client's certificate?"
    return f"{address} hung up ({reason}): {suspicion}"
