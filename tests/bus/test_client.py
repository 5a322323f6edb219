"""The client on real brokers: what arrives, what does not, and what is said when it cannot."""

import logging
import queue
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.broker import EmbeddedBroker
from edge_agent.bus.client import Bus
from edge_agent.bus.types import BusError, Message, Will

LONG_S = 20.0


def listening(bus: Bus, topic_filter: str) -> "queue.Queue[Message]":
    inbox: queue.Queue[Message] = queue.Queue()
    bus.subscribe(topic_filter, inbox.put)
    return inbox


def test_a_message_arrives(broker: BrokerAddress) -> None:
    with Bus.connect(broker) as bus:
        inbox = listening(bus, "a/+")
        bus.publish("a/b", "héllo")
        assert inbox.get(timeout=LONG_S) == Message("a/b", "héllo".encode())


def test_a_broker_of_mqtt_5_tells_that_nobody_listens(mosquitto) -> None:
    with Bus.connect(mosquitto.address) as bus:
        assert bus.publish("a", "x").nobody_listens
        listening(bus, "a")
        assert not bus.publish("a", "x").nobody_listens


def test_messages_arrive_in_order(broker: BrokerAddress) -> None:
    with Bus.connect(broker) as bus:
        inbox = listening(bus, "a")
        sent = [bus.send("a", str(number)) for number in range(100)]
        for future in sent:
            future.result(LONG_S)
        got = [int(inbox.get(timeout=LONG_S).payload) for _ in range(100)]
        assert got == list(range(100))


def test_a_retained_message_waits_for_whoever_comes_later(broker: BrokerAddress) -> None:
    with Bus.connect(broker) as bus:
        bus.publish("kept", "1", retain=True)
        bus.publish("passing", "2")
    with Bus.connect(broker) as bus:
        kept, passing = listening(bus, "kept"), listening(bus, "passing")
        assert kept.get(timeout=LONG_S) == Message("kept", b"1", retained=True)
        bus.publish("passing", "3")
        assert passing.get(timeout=LONG_S).payload == b"3"


def test_all_of_a_large_home_is_heard(mosquitto) -> None:
    """A mosquitto keeps 1,000 messages of QoS 1 in the queue of a client, and drops the others."""
    with Bus.connect(mosquitto.address) as bus:
        sent = [bus.send(f"kept/{number}", "x", retain=True) for number in range(3_000)]
        sent[-1].result(LONG_S)
    with Bus.connect(mosquitto.address) as bus:
        inbox = listening(bus, "kept/+")
        topics = {inbox.get(timeout=LONG_S).topic for _ in range(3_000)}
    assert len(topics) == 3_000


def test_the_identity_travels(mosquitto) -> None:
    with Bus.connect(mosquitto.address) as bus:
        inbox = listening(bus, "a")
        bus.publish("a", "x", identity="0a1b")
        assert inbox.get(timeout=LONG_S).identity == "0a1b"


def test_an_expired_message_is_not_delivered(mosquitto) -> None:
    """A sleeping subscriber with a session gets what is left of the time, and then nothing."""
    subscriber = [
        "mosquitto_sub", "-V", "5", "-p", str(mosquitto.port), "-i", "sleeper", "-c", "-x", "60",
        "-q", "1", "-t", "order",
    ]  # fmt: skip
    subprocess.run([*subscriber, "-E"], check=True)
    with Bus.connect(mosquitto.address) as bus:
        bus.publish("order", "stale", expiry_s=1)
        bus.publish("order", "lasting")
        threading.Event().wait(2.1)
    woken = subprocess.run(
        [*subscriber, "-C", "1"], check=True, capture_output=True, text=True, timeout=LONG_S
    )
    assert woken.stdout == "lasting\n"


def test_the_will_speaks_only_for_the_dead(broker: BrokerAddress) -> None:
    with Bus.connect(broker) as watcher:
        inbox = listening(watcher, "last/+")
        Bus.connect(broker, will=Will("last/polite", b"gone")).close()
        dying = Bus.connect(broker, will=Will("last/dead", b"gone"))
        dying._connection._client.socket().shutdown(socket.SHUT_RDWR)
        assert inbox.get(timeout=LONG_S).topic == "last/dead"
        dying.close()
        assert inbox.empty()


def test_a_callback_that_fails_does_not_stop_the_others(broker: BrokerAddress) -> None:
    def fail(_message: Message) -> None:
        raise ValueError

    with Bus.connect(broker) as bus:
        bus.subscribe("a", fail)
        inbox = listening(bus, "a")
        bus.publish("a", "1")
        bus.publish("a", "2")
        assert [inbox.get(timeout=LONG_S).payload for _ in range(2)] == [b"1", b"2"]


def test_threads_publish_side_by_side(broker: BrokerAddress) -> None:
    with Bus.connect(broker) as bus:
        inbox = listening(bus, "a/+")

        def work(name: int) -> None:
            for number in range(25):
                bus.publish(f"a/{name}", str(number))

        threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        got = [inbox.get(timeout=LONG_S) for _ in range(100)]
        assert {(m.topic, m.payload) for m in got} == {
            (f"a/{name}", str(number).encode()) for name in range(4) for number in range(25)
        }


def test_no_thread_is_left_behind(broker: BrokerAddress) -> None:
    before = set(threading.enumerate())
    Bus.connect(broker).close()
    assert set(threading.enumerate()) == before


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(BusError, match=f"No broker listens at 127.0.0.1:{port}: start it"):
            Bus.connect(BrokerAddress("127.0.0.1", port))


def test_no_such_host() -> None:
    with pytest.raises(BusError, match=r"no host named nowhere\.invalid"):
        Bus.connect(BrokerAddress("nowhere.invalid"))


def test_something_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = BrokerAddress("127.0.0.1", mute.getsockname()[1])
        with pytest.raises(BusError, match="is it an MQTT broker"):
            Bus.connect(address, timeout_s=0.2)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x02\x00"])
def test_something_that_is_no_broker(answer: bytes, recwarn: pytest.WarningsRecorder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_all() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(1000)
                    client.sendall(answer)

        thread = threading.Thread(target=answer_all)
        thread.start()
        address = BrokerAddress("127.0.0.1", server.getsockname()[1])
        try:
            with pytest.raises(BusError, match="is it an MQTT broker"):
                Bus.connect(address, timeout_s=1)
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
    assert [str(w.message) for w in recwarn] == []


def test_who_gives_no_password_is_told_how(start_mosquitto, password_file: Path) -> None:
    mosquitto = start_mosquitto(f"allow_anonymous false\npassword_file {password_file}")
    with pytest.raises(BusError, match="wants a user and a password: give them as mqtt://USER:PA"):
        Bus.connect(mosquitto.address)


def test_a_wrong_password_is_refused(start_mosquitto, password_file: Path) -> None:
    mosquitto = start_mosquitto(f"allow_anonymous false\npassword_file {password_file}")
    with pytest.raises(BusError, match="does not let user 'anna' in") as caught:
        Bus.connect(mosquitto.as_user("anna", "wrong"))
    assert "wrong" not in str(caught.value)
    with Bus.connect(mosquitto.as_user("anna", "right")) as bus:
        assert bus.connected


def test_a_topic_that_the_access_list_forbids(start_mosquitto, tmp_path: Path) -> None:
    rights = tmp_path / "acl"
    rights.write_text("topic readwrite allowed/#\n")
    mosquitto = start_mosquitto(f"allow_anonymous true\nacl_file {rights}")
    with Bus.connect(mosquitto.address) as bus:
        bus.publish("allowed/a", "x")
        with pytest.raises(BusError, match=r"not authorised\): check its access list"):
            bus.publish("forbidden", "x")
        assert bus.connected


def test_what_waits_fails_when_the_broker_dies(start_mosquitto: Callable) -> None:
    mosquitto = start_mosquitto()
    lost = threading.Event()
    with Bus.connect(mosquitto.address) as bus:
        bus.on_connection(lambda connected: None if connected else lost.set())
        mosquitto.kill()
        assert lost.wait(LONG_S)
        assert not bus.connected
        with pytest.raises(BusError, match="no connection"):
            bus.publish("a", "x")
        mosquitto.start()


def test_what_is_subscribed_without_a_connection_is_heard_with_it(start_mosquitto) -> None:
    mosquitto = start_mosquitto()
    mosquitto.kill()
    with Bus.connect(mosquitto.address, patient=True) as bus:
        assert not bus.connected
        inbox = listening(bus, "a")
        mosquitto.start()
        assert bus.wait_connected(LONG_S)
        bus.publish("a", "here")
        assert inbox.get(timeout=LONG_S).payload == b"here"


def test_what_comes_meanwhile_is_kept_by_a_session(mosquitto) -> None:
    with Bus.connect(mosquitto.address, client_id="keeper", session_s=60) as bus:
        inbox = listening(bus, "a")
        back = threading.Event()
        bus.on_connection(lambda connected: back.set() if connected else None)
        with Bus.connect(mosquitto.address) as other:
            bus._connection._client.socket().shutdown(socket.SHUT_RDWR)
            other.publish("a", "meanwhile")
        assert back.wait(LONG_S)
        message = inbox.get(timeout=LONG_S)
        assert (message.payload, message.retained) == (b"meanwhile", False)


def test_two_clients_of_one_name_are_told(mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    told = threading.Event()
    watch = logging.Handler(logging.WARNING)
    watch.emit = lambda record: told.set() if "of its own" in record.getMessage() else None
    logging.getLogger("edge_agent.bus.client").addHandler(watch)
    with (
        Bus.connect(mosquitto.address, client_id="twin"),
        Bus.connect(mosquitto.address, client_id="twin"),
    ):
        assert told.wait(LONG_S)
    assert "is there another client named 'twin'?" in caplog.text


def test_a_topic_for_the_answer_travels(mosquitto) -> None:
    with Bus.connect(mosquitto.address) as bus:
        inbox = listening(bus, "a")
        bus.send("a", "x", identity="1", answer_to="b").result(LONG_S)
        assert inbox.get(timeout=LONG_S).answer_to == "b"


def test_it_connects_again_and_listens_as_before(start_mosquitto: Callable) -> None:
    mosquitto = start_mosquitto()
    back = threading.Event()
    with Bus.connect(mosquitto.address) as bus:
        inbox = listening(bus, "a")
        bus.on_connection(lambda connected: back.set() if connected else None)
        mosquitto.kill()
        mosquitto.start()
        assert back.wait(LONG_S)
        with Bus.connect(mosquitto.address) as other:
            other.publish("a", "again")
        assert inbox.get(timeout=LONG_S).payload == b"again"


def test_what_was_not_acknowledged_is_never_sent_later(start_mosquitto: Callable) -> None:
    """A broker that stops answering gets no second copy when it is back."""
    mosquitto = start_mosquitto()
    with Bus.connect(mosquitto.address) as bus:
        back = threading.Event()
        bus.on_connection(lambda connected: back.set() if connected else None)
        mosquitto._process.send_signal(signal.SIGSTOP)
        with pytest.raises(BusError, match="did not acknowledge within"):
            bus.publish("order", "once", timeout_s=0.2)
        mosquitto.kill()
        mosquitto.start()
        with Bus.connect(mosquitto.address) as watcher:
            inbox = listening(watcher, "order")
            assert back.wait(LONG_S)
            threading.Event().wait(1.5)  # by then the library would have been back by itself
            bus.publish("order", "next")
            assert inbox.get(timeout=LONG_S).payload == b"next"


def test_a_client_that_knows_mqtt_5_falls_back() -> None:
    with EmbeddedBroker() as embedded:
        address = BrokerAddress(embedded.address.host, embedded.address.port)
        with Bus.connect(address) as bus:
            inbox = listening(bus, "a")
            bus.publish("a", "x", identity="left out", expiry_s=1)
            assert inbox.get(timeout=LONG_S) == Message("a", b"x")
