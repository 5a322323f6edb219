"""TLS to a real mosquitto: who is believed, and what is said when nobody is."""

import subprocess
from pathlib import Path

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.tls import Tls
from edge_agent.bus.types import BusError


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def authority(folder: Path, name: str) -> None:
    openssl(
        folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}", "-days", "2",
    )  # fmt: skip


def certificate(folder: Path, name: str, signer: str, host: str) -> None:
    openssl(
        folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
    )  # fmt: skip
    (folder / "names").write_text(f"subjectAltName={host}\n")
    openssl(
        folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey",
        f"{signer}.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", "2",
        "-extfile", "names",
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two authorities, and certificates of a broker and a client."""
    folder = tmp_path_factory.mktemp("tls")
    for name in ("ours", "theirs"):
        authority(folder, name)
    certificate(folder, "broker", "ours", "IP:127.0.0.1")
    certificate(folder, "elsewhere", "ours", "DNS:elsewhere.example")
    certificate(folder, "client", "ours", "DNS:client.example")
    return folder


def settings(files: Path, name: str = "broker", more: str = "") -> str:
    return (
        f"allow_anonymous true\ncafile {files}/ours.pem\n"
        f"certfile {files}/{name}.pem\nkeyfile {files}/{name}.key\n{more}"
    )


def at(mosquitto, files: Path | None, ca: str = "ours", client: bool = False) -> BrokerAddress:
    own = (files / "client.pem", files / "client.key") if client else (None, None)
    return BrokerAddress("127.0.0.1", mosquitto.port, tls=Tls(files / f"{ca}.pem", *own))


def test_who_is_believed_is_spoken_to(start_mosquitto, files: Path) -> None:
    mosquitto = start_mosquitto(settings(files))
    with Bus.connect(at(mosquitto, files)) as bus:
        bus.publish("a", "x")


def test_a_client_certificate_opens_the_door(start_mosquitto, files: Path) -> None:
    mosquitto = start_mosquitto(settings(files, more="require_certificate true"))
    with Bus.connect(at(mosquitto, files, client=True)) as bus:
        bus.publish("a", "x")
    with pytest.raises(BusError, match="does it want a client certificate"):
        Bus.connect(at(mosquitto, files))


def test_a_certificate_of_somebody_else(start_mosquitto, files: Path) -> None:
    mosquitto = start_mosquitto(settings(files))
    with pytest.raises(BusError, match=r"cannot be trusted \(.*\): name the authority") as caught:
        Bus.connect(at(mosquitto, files, ca="theirs"), patient=True)
    assert str(mosquitto.address) in str(caught.value)


def test_a_certificate_for_another_host(start_mosquitto, files: Path) -> None:
    mosquitto = start_mosquitto(settings(files, "elsewhere"))
    with pytest.raises(BusError, match="IP address mismatch"):
        Bus.connect(at(mosquitto, files))


def test_a_broker_without_tls(mosquitto, files: Path) -> None:
    with pytest.raises(BusError, match=r"does not speak TLS|hung up"):
        Bus.connect(at(mosquitto, files), timeout_s=2)


def test_tls_that_is_not_asked_for(start_mosquitto, files: Path) -> None:
    mosquitto = start_mosquitto(settings(files))
    with pytest.raises(BusError, match="one that wants TLS"):
        Bus.connect(mosquitto.address, timeout_s=2)


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        (Tls(ca=Path("/nowhere/ca.pem")), "There is no file /nowhere/ca.pem"),
        (Tls(ca=Path(__file__)), "must be PEM files"),
    ],
)
def test_files_that_are_none(tls: Tls, said: str) -> None:
    with pytest.raises(BusError, match=said):
        Bus.connect(BrokerAddress("127.0.0.1", 1, tls=tls))
